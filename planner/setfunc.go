package planner

import (
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// setFuncs are the functions that give any number of rows in FROM. Each is
// UNNEST of an array that the scalar function of the registry makes; columns are
// the names of the rows' fields, or of the one column, "" standing for the
// function's own name.
var setFuncs = map[string]struct {
	array   string
	columns []string
}{
	"generate_series":       {"generate_series", []string{""}},
	"generate_subscripts":   {"generate_subscripts", []string{""}},
	"regexp_matches":        {"regexp_matches", []string{""}},
	"regexp_split_to_table": {"regexp_split_to_array", []string{""}},
	"string_to_table":       {"string_to_array", []string{""}},
	"json_array_elements":   {"json_array_elements", []string{"value"}}, "jsonb_array_elements": {"json_array_elements", []string{"value"}},
	"json_array_elements_text": {"json_array_elements_text", []string{"value"}}, "jsonb_array_elements_text": {"json_array_elements_text", []string{"value"}},
	"json_each": {"json_each", []string{"key", "value"}}, "jsonb_each": {"json_each", []string{"key", "value"}},
	"json_each_text": {"json_each_text", []string{"key", "value"}}, "jsonb_each_text": {"json_each_text", []string{"key", "value"}},
	"json_object_keys": {"json_object_keys", []string{""}}, "jsonb_object_keys": {"json_object_keys", []string{""}},
}

// setOnly are those among them that stand in FROM alone.
func setOnly(name string) bool {
	f, ok := setFuncs[name]
	return ok && (f.array == name || len(f.columns) == 2 || f.columns[0] == "value" || f.array == "json_object_keys")
}

// setFunc binds f(x) in FROM as UNNEST(f(x)).
func (b *binder) setFunc(f *parser.TableFunc, left *rel, outer bool) (*rel, error) {
	name := callName(f.Call)
	if f.Call.Star || f.Call.Distinct || f.Call.Filter != nil || f.Call.Over != nil || len(f.Call.OrderBy) > 0 {
		return nil, b.unsupported(f.Call.P, "DISTINCT, FILTER, ORDER BY or OVER of a function in FROM")
	}
	call := *f.Call
	call.Name = parser.Name{{Text: setFuncs[name].array, P: f.Call.P}}
	g := *f
	g.Call = &parser.Call{P: f.Call.P, Name: parser.Name{{Text: "unnest", P: f.Call.P}}, Args: []parser.Expr{&call}}
	b.inSet++
	r, err := b.unnest(&g, left, outer)
	b.inSet--
	if err != nil {
		return nil, err
	}
	nameSetColumns(r, f, name)
	return r, nil
}

// nameSetColumns gives the columns that no alias names those of the function.
func nameSetColumns(r *rel, f *parser.TableFunc, name string) {
	columns := setFuncs[name].columns
	node, ok := r.node.(*plan.Unnest)
	if !ok {
		return
	}
	base := len(r.cols) - len(node.Cols)
	table := &r.tables[len(r.tables)-1]
	if f.Alias.Name.Text == "" {
		table.name = name
	}
	for i, c := range columns {
		switch {
		case i < len(f.Alias.Columns):
			continue
		case c == "" && f.Alias.Name.Text != "":
			c = f.Alias.Name.Text
		case c == "":
			c = name
		}
		r.cols[base+i].name, node.Cols[i].Name = c, c
	}
}
