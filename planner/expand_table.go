package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// errorColumns are what WITH ERRORS adds to a call in FROM.
func errorColumns() catalog.Schema {
	return catalog.Schema{{Name: "error", Type: catalog.Of(catalog.Varchar)}, {Name: "attempts", Type: catalog.Of(catalog.Int)}}
}

// besideArgs binds the arguments of a function in FROM over what stands left of it
// (nil: nothing), with what they ask themselves taken out.
func (b *binder) besideArgs(args []parser.Expr, left *rel) ([]plan.Expr, *rel, error) {
	xs, err := b.exprs(args, &exprScope{rel: left, clause: "FROM"})
	if err != nil {
		return nil, nil, err
	}
	if left == nil {
		left = &rel{node: oneRow()}
	}
	h := &hoister{b: b, node: left.node}
	if err := h.exprs(xs); err != nil {
		return nil, nil, err
	}
	return xs, &rel{node: h.node, cols: left.cols, tables: left.tables}, nil
}

// remoteTable binds TABLE(f(x)) [WITH ERRORS] beside the columns it may use.
func (b *binder) remoteTable(f *parser.TableFunc, left *rel, outer bool) (*rel, error) {
	fn := b.userFunction(callName(f.Call))
	pos := b.pos(f.Call.P)
	if err := b.checkTableFunc(f, fn); err != nil {
		return nil, err
	}
	args, left, err := b.besideArgs(f.Call.Args, left)
	if err != nil {
		return nil, err
	}
	if args, err = b.functionArgs(f.Call, fn, args); err != nil {
		return nil, err
	}
	b.depends(fn.Name + "()")
	e := &plan.Expand{Input: left.node, Function: fn, Args: args, Cols: slices.Clone(fn.Returns), Errors: f.WithErrors, Left: outer, WindowEnd: -1, P: pos}
	for i := range fn.Returns {
		e.Columns = append(e.Columns, i)
	}
	if f.WithErrors {
		e.Cols = append(e.Cols, errorColumns()...)
	}
	alias := f.Alias.Name.Text
	if alias == "" {
		alias = fn.Name
	}
	if len(f.Alias.Columns) > len(e.Cols) {
		return nil, sqlerr.New(sqlerr.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified",
			alias, len(e.Cols), len(f.Alias.Columns)).At(b.pos(f.Alias.Columns[len(e.Cols)].P))
	}
	for i, c := range f.Alias.Columns {
		e.Cols[i].Name = c.Text
	}
	return b.beside(left, e, e.Cols, alias, pos)
}

// beside names the columns that a node adds to those of left.
func (b *binder) beside(left *rel, node plan.Node, cols catalog.Schema, alias string, pos sqlerr.Pos) (*rel, error) {
	b.tables++
	right := &rel{tables: []scopeTable{{name: alias, id: b.tables}}}
	if err := b.checkNames(left, right); err != nil {
		return nil, sqlerr.From(err).At(pos)
	}
	base := len(left.node.Schema())
	out := &rel{node: node, cols: slices.Clone(left.cols), tables: slices.Concat(left.tables, right.tables)}
	for i, c := range cols {
		out.cols = append(out.cols, scopeCol{name: c.Name, table: b.tables, index: base + i, typ: c.Type})
	}
	if base+len(cols) > MaxColumns {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "a join can have at most %d columns", MaxColumns).At(pos)
	}
	return out, nil
}

// checkTableFunc refuses what a call in FROM cannot have.
func (b *binder) checkTableFunc(f *parser.TableFunc, fn *catalog.Function) error {
	c := f.Call
	name := catalog.QuoteIdent(fn.Name)
	switch {
	case fn.Aggregate != nil:
		return sqlerr.New(sqlerr.GroupingError, "aggregate functions are not allowed in functions in FROM").At(b.pos(c.P))
	case !fn.Remote() || !fn.Table:
		return b.unsupported(c.P, "the scalar function "+fn.Name+" in FROM").Hint("call it in SELECT: SELECT %s(…)", name)
	case f.WithOrdinality:
		return b.unsupported(c.P, "WITH ORDINALITY of "+fn.Name)
	case c.Over != nil:
		return b.unsupported(c.P, "OVER (a window function)")
	}
	return b.userCall(c, fn.Name)
}

// joinBeside binds t JOIN LATERAL TABLE(f(t.x)) and t JOIN UNNEST(t.x).
func (b *binder) joinBeside(j *parser.Join, f *parser.TableFunc, left *rel, bind func(*parser.TableFunc, *rel, bool) (*rel, error)) (*rel, error) {
	if j.Kind != "INNER" && j.Kind != "CROSS" && j.Kind != "LEFT" || j.Natural || len(j.Using) > 0 {
		what := j.Kind + " JOIN"
		if j.Natural {
			what = "NATURAL JOIN"
		} else if len(j.Using) > 0 {
			what = "JOIN … USING"
		}
		return nil, b.unsupported(j.P, what+" with "+upper(callName(f.Call))+" on its right")
	}
	out, err := bind(f, left, j.Kind == "LEFT")
	if err != nil || j.On == nil {
		return out, err
	}
	cond, err := b.boolean(j.On, &exprScope{rel: out, clause: "JOIN conditions"}, "argument of JOIN/ON")
	if err != nil {
		return nil, err
	}
	if c, ok := cond.(*plan.Const); ok && !c.Null && c.Text == trueText {
		return out, nil
	}
	if asks(cond) {
		if j.Kind == "LEFT" {
			return nil, b.unsupported(j.P, "a LEFT JOIN whose condition asks a lookup table or remote function")
		}
		h := &hoister{b: b, node: out.node}
		if err := h.filter(cond); err != nil {
			return nil, err
		}
		out.node = h.node
		return out, nil
	}
	if e, ok := out.node.(*plan.Expand); ok {
		e.Residual = cond // e was made for this join alone
		return out, nil
	}
	if j.Kind == "LEFT" {
		return nil, b.unsupported(j.P, "LEFT JOIN UNNEST with a condition other than TRUE")
	}
	out.node = &plan.Filter{Input: out.node, Cond: cond}
	return out, nil
}
