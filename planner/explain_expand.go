package planner

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// expandDetails describes an Expand and gives the node's name.
func expandDetails(n *plan.Expand, add func(name, value string)) string {
	in := columnNames(n.Input.Schema())
	name := "lookup"
	if n.Function != nil {
		name = "call"
		add("", catalog.QuoteIdent(n.Name())+"("+exprList(n.Args, in)+")")
		add("", "["+callLimits(n.Function)+"]")
	} else {
		add("", catalog.QuoteIdent(n.Name()))
		add("", "("+cacheMode(n.Lookup)+")")
		keys := make([]string, len(n.Keys))
		for i, k := range n.Keys {
			keys[i] = catalog.QuoteIdent(n.Lookup.Columns[k].Name) + " = " + exprText(n.Args[i], in)
		}
		if len(keys) > 0 {
			add("on", "["+strings.Join(keys, ", ")+"]")
		}
	}
	if n.Residual != nil {
		add("and", "["+exprText(n.Residual, columnNames(n.Schema()))+"]")
	}
	cols := make([]string, len(n.Cols))
	for i, c := range n.Cols {
		cols[i] = catalog.QuoteIdent(c.Name) + " " + c.Type.String()
	}
	add("columns", "["+strings.Join(cols, ", ")+"]")
	if n.Version {
		add("", "version")
	}
	if n.Errors {
		add("", "errors")
	}
	if n.Left {
		add("", "left")
	}
	if n.First {
		add("", "first")
	}
	if n.Pushed != "" {
		add("source", "["+n.Pushed+"]")
	}
	if n.WindowEnd >= 0 {
		add("window", in[n.WindowEnd])
	}
	if n.Pin {
		add("pin", "window")
	}
	return name
}

// callLimits tells how a function is called.
func callLimits(f *catalog.Function) string {
	parts := []string{f.Language}
	if v, ok := f.Options.Get("batch.max-rows"); ok {
		parts = append(parts, "≤ "+v+" rows a batch")
	}
	if v, ok := f.Options.Get("max-in-flight"); ok {
		parts = append(parts, v+" in flight")
	}
	return strings.Join(parts, ", ")
}
