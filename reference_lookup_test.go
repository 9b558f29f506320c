package penstock_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/sources"
)

// lookupPage lists the options of lookup tables. Those of formats are on the
// page of CREATE TABLE.
func lookupPage(t *testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Options of CREATE LOOKUP TABLE … WITH (…)\n\n" + generated +
		"[lookup.md](../lookup.md) says what the cache does with them, [lookup-sources.md](../lookup-sources.md) what the connectors are.\n" +
		"The options of formats (`json.…`, `csv.…`) are those of [tables](options.md).\n")
	options(b, "All lookup tables", lookup.Options())
	formats := map[string]bool{}
	for _, name := range format.Names() {
		f, err := format.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.AllOptions() {
			formats[s.Key], formats["key."+s.Key] = true, true
		}
	}
	all := sources.All(sources.Config{})
	for _, name := range slices.Sorted(maps.Keys(all)) {
		own := slices.DeleteFunc(all[name].Options(), func(s catalog.OptionSpec) bool { return formats[s.Key] })
		options(b, "Connector "+name, own)
	}
	return b.String()
}
