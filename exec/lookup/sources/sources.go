package sources

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/exec/postgres"
	"github.com/penstock/penstock/exec/web"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Config is what all connectors of a process share.
type Config struct {
	// AllowPaths and AllowHosts are the lists of --allow-paths and
	// --allow-hosts, see allow.New.
	AllowPaths, AllowHosts []string
	// Allow, when not nil, stands for both.
	Allow *allow.List
}

// All gives the connectors by name.
func All(c Config) map[string]lookup.Connector {
	list := c.Allow
	if list == nil {
		list = allow.New(c.AllowPaths, c.AllowHosts)
	}
	return map[string]lookup.Connector{
		"values":   Values{},
		"file":     File{list},
		"http":     web.Connector{Allow: list},
		"postgres": postgres.Connector{Allow: list},
		"kafka":    Kafka{list},
	}
}

// loadsOnly refuses the caches that ask for single keys, for a source that can
// only be read as a whole.
func loadsOnly(t *catalog.Table, connector string) error {
	if records.Whole(t) {
		return nil
	}
	mode, _ := t.Option("cache")
	e := sqlerr.New(sqlerr.FeatureNotSupported, "'cache' = '%s' is not supported by connector '%s'", strings.ToLower(mode), connector).
		Hint("It cannot be asked for single keys; 'cache' = 'full' loads it.")
	for _, o := range t.Options {
		if o.Key == "cache" {
			e = e.At(o.ValuePos)
		}
	}
	return e
}

// without takes options of the given keys, or with the given beginnings (which
// end with a dot), away.
func without(specs []catalog.OptionSpec, keys ...string) []catalog.OptionSpec {
	var out []catalog.OptionSpec
next:
	for _, s := range specs {
		for _, k := range keys {
			if s.Key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(s.Key, k) {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

// merge adds specs whose keys are not there yet.
func merge(specs []catalog.OptionSpec, more ...catalog.OptionSpec) []catalog.OptionSpec {
	seen := make(map[string]bool, len(specs))
	for _, s := range specs {
		seen[s.Key] = true
	}
	for _, s := range more {
		if !seen[s.Key] {
			specs, seen[s.Key] = append(specs, s), true
		}
	}
	return specs
}

// own gives the options that specs declare, as written or resolved.
func own(all catalog.Options, specs []catalog.OptionSpec) catalog.Options {
	var out catalog.Options
	for _, o := range all {
		for _, s := range specs {
			if s.Key == o.Key || s.Prefix && strings.HasPrefix(o.Key, s.Key) {
				out = append(out, o)
				break
			}
		}
	}
	return out
}
