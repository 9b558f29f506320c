package plan

import (
	"slices"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Expand asks a lookup table or a remote function a question for each row, and
// adds the answers' columns: a lookup join, LATERAL TABLE(f(x)), a remote
// function's scalar use, and LOOKUP() are all this node. Its columns: the input's, then Cols.
type Expand struct {
	Input Node `json:"-"`
	// One of the two is set: the definition in force when the query was planned.
	Lookup   *catalog.Table    `json:"lookup,omitempty"`
	Function *catalog.Function `json:"function,omitempty"`
	// Args are the questions, over the input's columns: one a key of a lookup
	// table, one an argument of a function.
	Args []Expr `json:"-"`
	// Keys are the lookup table's columns that Args equal, in the order of Args.
	// They need not be its primary key. Without keys and without Columns a row gets one answer (Version alone).
	Keys []int `json:"keys,omitempty"`
	// Columns are the answers' columns that are wanted: of the lookup table, or
	// of the function's Returns.
	Columns []int `json:"columns,omitempty"`
	// Cols are the columns added: those of Columns, then, with Version, the
	// lookup table's version (BIGINT), or, with Errors, error VARCHAR (NULL: none) and attempts INT.
	Cols    catalog.Schema `json:"cols"`
	Version bool           `json:"version,omitempty"`
	Errors  bool           `json:"errors,omitempty"`
	// Left keeps a row without an answer, with NULLs.
	Left bool `json:"left,omitempty"`
	// First takes the first answer alone, for scalar use.
	First bool `json:"first,omitempty"`
	// Residual, over the input's columns followed by Cols, tells which answers
	// count; nil: all.
	Residual Expr `json:"-"`
	// WindowEnd is the input's column with the end of the row's window, or -1:
	// batches of questions do not wait beyond it, and Pin keeps to one version
	// of the lookup table for all rows of a window.
	WindowEnd int  `json:"window_end"`
	Pin       bool `json:"pin,omitempty"`
	// Pushed tells, for EXPLAIN, the conditions that the source itself applies.
	Pushed string     `json:"pushed,omitempty"`
	P      sqlerr.Pos `json:"pos,omitempty"`
}

// Name is that of the lookup table or function.
func (n *Expand) Name() string {
	if n.Lookup != nil {
		return n.Lookup.Name
	}
	return n.Function.Name
}

// Schema gives the columns.
func (n *Expand) Schema() catalog.Schema {
	return append(append(catalog.Schema{}, n.Input.Schema()...), n.Cols...)
}

// Inputs gives the inputs.
func (n *Expand) Inputs() []Node { return []Node{n.Input} }

// Bounded is the input's.
func (n *Expand) Bounded() bool { return n.Input.Bounded() }

func (*Expand) isNode() {}

// exprs are the arguments and then the residual.
func (n *Expand) exprs() []Expr {
	if n.Residual == nil {
		return n.Args
	}
	return append(slices.Clone(n.Args), n.Residual)
}

func (n *Expand) mapExprs(f func(Expr) Expr) Node {
	args, changed := mapList(n.Args, f)
	residual := n.Residual
	if residual != nil {
		residual = f(residual)
	}
	if !changed && residual == n.Residual {
		return n
	}
	c := *n
	c.Args, c.Residual = args, residual
	return &c
}

// take gives the node the expressions that exprs has listed: Keys tells how
// many arguments a lookup has, the signature those of a function.
func (n *Expand) take(xs []Expr) error {
	args := len(n.Keys)
	if n.Function != nil {
		args = len(n.Function.Args)
	}
	if n.Lookup == nil && n.Function == nil || len(xs) < args || len(xs) > args+1 {
		return errShape
	}
	n.Args = xs[:args:args]
	if len(xs) > args {
		n.Residual = xs[args]
	}
	return nil
}

func (n *Expand) canonical() Node {
	c := *n
	c.P, c.Pushed = 0, ""
	if n.Lookup != nil {
		t := *n.Lookup
		t.SQL, t.Comment, t.Created = "", "", time.Time{}
		c.Lookup = &t
	}
	if n.Function != nil {
		f := *n.Function
		f.SQL, f.Created = "", time.Time{}
		c.Function = &f
	}
	return &c
}
