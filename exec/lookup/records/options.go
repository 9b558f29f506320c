package records

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Options reads those of a table's options that specs declare; the others are
// the cache's. Secrets that they refer to are resolved. hide takes those out of an
// error and points it at the option it quotes; every error that may have seen a
// value passes through it.
func Options(t *catalog.Table, specs []catalog.OptionSpec) (v *catalog.OptionValues, hide func(error) error, err error) {
	all, err := catalog.ResolveSecrets(t.Options)
	if err != nil {
		return nil, nil, err
	}
	var own catalog.Options
	for _, o := range all {
		if slices.ContainsFunc(specs, func(s catalog.OptionSpec) bool {
			return s.Key == o.Key || s.Prefix && strings.HasPrefix(o.Key, s.Key)
		}) {
			own = append(own, o)
		}
	}
	hide = func(err error) error {
		if err == nil {
			return nil
		}
		return catalog.HideSecrets(all, atOption(err, all))
	}
	v, err = catalog.Validate(specs, own)
	return v, hide, hide(err)
}

// atOption points an error at the option that its message quotes.
func atOption(err error, opts catalog.Options) error {
	e := sqlerr.From(err)
	if e.Pos > 0 {
		return err
	}
	for _, o := range opts {
		if o.ValuePos > 0 && strings.Contains(e.Message, `"`+o.Key+`"`) {
			return e.At(o.ValuePos)
		}
	}
	return err
}

// Invalid is the error for an option that does not do.
func Invalid(key, message string, args ...any) *sqlerr.Error {
	return sqlerr.New(sqlerr.InvalidParameterValue, `option "`+key+`": `+message, args...)
}

// FormatSpecs are the options of formats, for connectors that take several.
func FormatSpecs(names ...string) []catalog.OptionSpec {
	var out []catalog.OptionSpec
	for _, name := range names {
		f, err := format.Lookup(name)
		if err != nil {
			continue // named in a list of ours
		}
		for _, s := range f.AllOptions() {
			s.Required = false // it is, where the format is the one
			if !slices.ContainsFunc(out, func(o catalog.OptionSpec) bool { return o.Key == s.Key }) {
				out = append(out, s)
			}
		}
	}
	return out
}

// FormatOf finds the format that an option names, and its options. Options of
// other formats are refused.
func FormatOf(v *catalog.OptionValues, key string, names ...string) (*format.Format, map[string]string, error) {
	f, opts, err := FormatNamed(v, v.String(key))
	if err != nil {
		return nil, nil, err
	}
	own := f.AllOptions()
	for _, s := range FormatSpecs(names...) {
		if v.IsSet(s.Key) && !slices.ContainsFunc(own, func(o catalog.OptionSpec) bool { return o.Key == s.Key }) {
			return nil, nil, Invalid(s.Key, "it is not one of format %s", f.Name)
		}
	}
	return f, opts, nil
}

// FormatNamed finds a format, and its options.
func FormatNamed(v *catalog.OptionValues, name string) (*format.Format, map[string]string, error) {
	f, err := format.Lookup(name)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Given(v), nil
}

// Whole tells whether a table is loaded as a whole, as 'cache' says.
func Whole(t *catalog.Table) bool {
	mode, ok := t.Option("cache")
	return !ok || strings.EqualFold(strings.TrimSpace(mode), "full")
}
