package rpc

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pair ties a path on the wire to an argument or column. Path "." is the element
// itself.
type pair struct {
	path  string
	index int // of the argument or column
	// byName: the user named no path, it is that of the same name.
	byName bool
}

// self is the path of an element itself.
const self = "."

// mapping reads request.columns ('field=argument;…') or response.columns
// ('column=field;…', which turns the sides around). Arguments that are not
// mentioned have no place on the wire, which is an error; all of them go by their
// names when the option is missing.
func mapping(d *definition, key string, cols catalog.Schema, what string) ([]pair, error) {
	if !d.values.IsSet(key) {
		out := make([]pair, len(cols))
		for i, c := range cols {
			out[i] = pair{path: c.Name, index: i, byName: true}
		}
		return out, nil
	}
	pos := position(d.options)(key)
	bad := func(format string, args ...any) error {
		return sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option '%s': '%s'", key, d.values.String(key)).At(pos).Hint(format, args...)
	}
	form := "'field=argument;…'"
	if key == "response.columns" {
		form = "'column=field;…'"
	}
	var out []pair
	seen := make([]bool, len(cols))
	for _, part := range splitList(d.values.String(key)) {
		left, right, ok := strings.Cut(part, "=")
		left, right = strings.TrimSpace(left), strings.TrimSpace(right)
		if !ok || left == "" || right == "" {
			return nil, bad("The form is %s.", form)
		}
		path, name := left, right
		if key == "response.columns" {
			path, name = right, left
		}
		i := columnIndex(cols, name)
		switch {
		case i < 0:
			return nil, bad("%s is no %s of the function.", catalog.QuoteIdent(name), what)
		case seen[i] && key == "response.columns":
			return nil, bad("%s %s stands twice.", what, catalog.QuoteIdent(name))
		}
		seen[i] = true
		out = append(out, pair{path: path, index: i})
	}
	for i, s := range seen {
		if !s {
			return nil, bad("%s %s has no field.", what, catalog.QuoteIdent(cols[i].Name))
		}
	}
	return out, nil
}
