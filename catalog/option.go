package catalog

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Option is a 'key' = 'value' of WITH. The positions are those in the
// statement; they are not kept.
type Option struct {
	Key      string     `json:"key"`
	Value    string     `json:"value"`
	KeyPos   sqlerr.Pos `json:"-"`
	ValuePos sqlerr.Pos `json:"-"`
	// Resolved is set by ResolveSecrets where Value no longer is what was written.
	Resolved *Resolution `json:"-"`
}

// Options are in the order they were written.
type Options []Option

// Get finds an option's value.
func (o Options) Get(key string) (string, bool) {
	for _, x := range o {
		if x.Key == key {
			return x.Value, true
		}
	}
	return "", false
}

// String is the list as SQL, secrets masked.
func (o Options) String() string {
	var b strings.Builder
	for i, x := range o {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(QuoteLiteral(x.Key) + " = " + QuoteLiteral(x.shown()))
	}
	return b.String()
}

// QuoteLiteral writes an SQL string.
func QuoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// OptionKind is the type of an option's value.
type OptionKind uint8

// The kinds of options.
const (
	OptString OptionKind = iota
	OptInt
	OptDuration
	OptBytes // a size: 64MB, 1GiB
	OptBool
	OptEnum
)

// OptionSpec declares an option of a connector or format.
type OptionSpec struct {
	Key  string
	Kind OptionKind
	// Default is the value when the option is not given; empty: none.
	Default string
	// Enum lists the values of OptEnum.
	Enum []string
	// Min and Max bound OptInt, OptBytes and OptDuration (in nanoseconds) where
	// Max is not 0.
	Min, Max int64
	Required bool
	Secret   bool
	// Prefix makes Key the beginning of any number of keys, as 'properties.' is.
	Prefix bool
	Doc    string
}

// bool spellings, as PostgreSQL's settings take them.
var boolWords = map[string]bool{"true": true, "on": true, "yes": true, "1": true, "false": false, "off": false, "no": false, "0": false}

// Validate checks the options of a table against what its connector and
// formats declare. Unknown and repeated keys, bad values and missing ones are
// 22023, at the place in the statement where the fault is.
func Validate(specs []OptionSpec, options []Option) (*OptionValues, error) {
	v := &OptionValues{specs: specs, values: make(map[string]optionValue, len(specs))}
	for _, s := range specs {
		if s.Default == "" || s.Prefix {
			continue
		}
		val, err := s.parse(s.Default)
		if err != nil {
			return nil, sqlerr.New(sqlerr.InternalError, "default of option '%s': %v", s.Key, err)
		}
		v.values[s.Key] = val
	}
	for _, o := range options {
		s := findSpec(specs, o.Key)
		if s == nil {
			return nil, unknownOption(specs, o)
		}
		if v.IsSet(o.Key) {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' is given twice", o.Key).At(o.KeyPos)
		}
		val, err := s.parse(o.Value)
		if err != nil {
			return nil, badOption(s, o, err)
		}
		val.set = true
		v.values[o.Key] = val
		if s.Prefix {
			v.prefixed = append(v.prefixed, o)
		}
	}
	for _, s := range specs {
		if s.Required && !v.IsSet(s.Key) {
			e := sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' is missing", s.Key)
			if s.Doc != "" {
				e = e.Hint("'%s': %s", s.Key, s.Doc)
			}
			return nil, e
		}
	}
	return v, nil
}

// findSpec prefers a key declared as such to one that only a prefix allows.
func findSpec(specs []OptionSpec, key string) *OptionSpec {
	var prefix *OptionSpec
	for i := range specs {
		s := &specs[i]
		if !s.Prefix && s.Key == key {
			return s
		}
		if s.Prefix && strings.HasPrefix(key, s.Key) && len(key) > len(s.Key) {
			prefix = s
		}
	}
	return prefix
}

func unknownOption(specs []OptionSpec, o Option) error {
	e := sqlerr.New(sqlerr.InvalidParameterValue, "unknown option '%s'", o.Key).At(o.KeyPos)
	keys := make([]string, len(specs))
	for i, s := range specs {
		keys[i] = s.Key
		if s.Prefix {
			keys[i] += "…"
		}
	}
	if s, ok := Suggest(o.Key, keys); ok {
		return e.Hint("did you mean '%s'?", s)
	}
	slices.Sort(keys)
	return e.Hint("The options are: %s.", strings.Join(keys, ", "))
}

func badOption(s *OptionSpec, o Option, err error) error {
	shown := o.shown()
	if s.Secret && (o.Resolved == nil || !isReference(o.Resolved.Text)) {
		shown = mask
	}
	e := sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option '%s': '%s'", o.Key, shown).At(o.ValuePos)
	if s.Kind == OptEnum {
		if w, ok := Suggest(o.Value, s.Enum); ok {
			return e.Hint("did you mean '%s'? The values are: %s.", w, strings.Join(s.Enum, ", "))
		}
		return e.Hint("The values are: %s.", strings.Join(s.Enum, ", "))
	}
	return e.Hint("%s", err)
}
