package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// join binds a JOIN. The node that comes out is not settled yet: its condition
// stands in Residual until the block's WHERE is known (settle.go).
func (b *binder) join(j *parser.Join, scope *ctes) (*rel, error) {
	left, err := b.fromItem(j.Left, nil, "INNER", scope)
	if err != nil {
		return nil, err
	}
	if f, ok := j.Right.(*parser.TableFunc); ok {
		if bind := b.besideFunc(f); bind != nil {
			return b.joinBeside(j, f, left, bind)
		}
	}
	right, err := b.tableItem(j.Right, scope)
	if err != nil {
		return nil, err
	}
	if err := b.checkAsOf(j.Right, left, right); err != nil {
		return nil, err
	}
	kind := map[string]plan.JoinKind{"INNER": plan.Inner, "CROSS": plan.Inner, "LEFT": plan.Left, "RIGHT": plan.Right, "FULL": plan.Full}[j.Kind]
	if kind == "" {
		return nil, b.unsupported(j.P, j.Kind+" JOIN")
	}
	if j.Natural || len(j.Using) > 0 {
		return b.joinUsing(j, left, right, kind)
	}
	return b.joinRels(left, right, kind, j.On, j.P)
}

var trueText = boolConst(true, 0).Text

// joinRels joins two relations on a condition over both.
func (b *binder) joinRels(left, right *rel, kind plan.JoinKind, on parser.Expr, pos parser.Pos) (*rel, error) {
	if err := b.checkNames(left, right); err != nil {
		return nil, sqlerr.From(err).At(b.pos(pos))
	}
	out := combine(left, right)
	j := &plan.Join{Left: left.node, Right: right.node, Kind: kind}
	out.node = j
	if on != nil {
		cond, err := b.boolean(on, &exprScope{rel: out, clause: "JOIN conditions"}, "argument of JOIN/ON")
		if err != nil {
			return nil, err
		}
		if asks(cond) {
			return b.askingJoin(left, right, kind, cond, pos)
		}
		j.Residual = cond
	}
	b.place(j, pos)
	if len(out.cols) > MaxColumns {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "a join can have at most %d columns", MaxColumns).At(b.pos(pos))
	}
	return out, nil
}

// place remembers where a join stands, for the errors that come later.
func (b *binder) place(j *plan.Join, pos parser.Pos) {
	if b.joins == nil {
		b.joins = map[*plan.Join]sqlerr.Pos{}
	}
	b.joins[j] = b.pos(pos)
}

// checkNames refuses the same alias twice.
func (b *binder) checkNames(left, right *rel) error {
	for _, t := range right.tables {
		for _, u := range left.tables {
			if t.name != "" && t.name == u.name && t.schema == u.schema {
				return sqlerr.New(sqlerr.DuplicateAlias, "table name \"%s\" specified more than once", t.name)
			}
		}
	}
	return nil
}

// combine puts the names of two relations side by side.
func combine(left, right *rel) *rel {
	out := &rel{cols: slices.Clone(left.cols), tables: slices.Concat(left.tables, right.tables)}
	base := len(left.node.Schema())
	for _, c := range right.cols {
		c.index += base
		out.cols = append(out.cols, c)
	}
	return out
}

// joinUsing joins on columns of equal names, which come out once.
func (b *binder) joinUsing(j *parser.Join, left, right *rel, kind plan.JoinKind) (*rel, error) {
	names := j.Using
	if j.Natural {
		names = commonNames(left, right)
	}
	out, err := b.joinRels(left, right, kind, nil, j.P)
	if err != nil {
		return nil, err
	}
	join := out.node.(*plan.Join)
	base := len(left.node.Schema())
	var conds []plan.Expr
	merged := &plan.Project{}
	var cols []scopeCol
	for _, id := range names {
		l, err := b.usingColumn(left, id, "left")
		if err != nil {
			return nil, err
		}
		r, err := b.usingColumn(right, id, "right")
		if err != nil {
			return nil, err
		}
		rc := *r
		rc.index += base
		lx, rx := l.ref(b.pos(id.P)), rc.ref(b.pos(id.P))
		both := []plan.Expr{lx, rx}
		t, err := b.unite(both, "JOIN/USING")
		if err != nil {
			return nil, err
		}
		cond, err := b.compare("=", lx, rx, b.pos(id.P))
		if err != nil {
			return nil, err
		}
		conds = append(conds, cond)
		m := scopeCol{name: l.name, index: l.index, typ: l.typ}
		switch same := l.typ.SameKind(t); {
		case kind == plan.Right || kind == plan.Inner && !same && rc.typ.SameKind(t):
			m.index, m.typ = rc.index, rc.typ
		case kind == plan.Full:
			both[0] = &plan.Call{Fn: "coalesce", Args: slices.Clone(both), T: t}
		}
		if kind == plan.Full || !m.typ.SameKind(t) {
			x := both[0]
			if kind == plan.Right {
				x = both[1]
			}
			merged.Exprs, merged.Names = append(merged.Exprs, x), append(merged.Names, l.name)
			m.index, m.typ = -len(merged.Exprs), t // known when the join's width is
		}
		cols = append(cols, m)
		hide(out, l.index, rc.index)
	}
	join.Residual = conjunction(conds)
	if len(merged.Exprs) > 0 {
		if err := b.mergeFull(out, merged, cols); err != nil {
			return nil, err
		}
	}
	out.cols = append(cols, out.cols...)
	return out, nil
}

// mergeFull computes the columns that FULL JOIN USING merges, above the join,
// which must be settled for that.
func (b *binder) mergeFull(out *rel, merged *plan.Project, cols []scopeCol) error {
	node, err := b.settleJoins(out.node, nil)
	if err != nil {
		return err
	}
	p := passAll(node)
	width := len(p.Exprs)
	p.Exprs, p.Names = append(p.Exprs, merged.Exprs...), append(p.Names, merged.Names...)
	for i := range cols {
		cols[i].index = width - cols[i].index - 1
	}
	out.node = p
	return nil
}

// hide keeps merged columns from * and bare names.
func hide(r *rel, indexes ...int) {
	for i := range r.cols {
		if slices.Contains(indexes, r.cols[i].index) {
			r.cols[i].qualifiedOnly = true
		}
	}
}

func (b *binder) usingColumn(r *rel, id parser.Ident, side string) (*scopeCol, error) {
	cols := r.find(id, func(c *scopeCol) bool { return !c.qualifiedOnly })
	switch len(cols) {
	case 1:
		return cols[0], nil
	case 0:
		return nil, sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" specified in USING clause does not exist in %s table", id.Text, side).At(b.pos(id.P))
	}
	return nil, sqlerr.New(sqlerr.AmbiguousColumn, "common column name \"%s\" appears more than once in %s table", id.Text, side).At(b.pos(id.P))
}

func commonNames(left, right *rel) (names []parser.Ident) {
	for _, l := range left.cols {
		for _, r := range right.cols {
			if l.name == r.name && !l.qualifiedOnly && !r.qualifiedOnly {
				names = append(names, parser.Ident{Text: l.name, Quoted: true})
				break
			}
		}
	}
	return names
}

// conjuncts takes an AND apart.
func conjuncts(x plan.Expr) []plan.Expr {
	if x == nil {
		return nil
	}
	c, ok := x.(*plan.Call)
	if !ok || c.Fn != "and" {
		return []plan.Expr{x}
	}
	var out []plan.Expr
	for _, a := range c.Args {
		out = append(out, conjuncts(a)...)
	}
	return out
}

// conjunction puts conditions together again; nil for none.
func conjunction(xs []plan.Expr) plan.Expr {
	switch len(xs) {
	case 0:
		return nil
	case 1:
		return xs[0]
	}
	return &plan.Call{Fn: "and", Args: xs, T: catalog.Of(catalog.Boolean), P: xs[0].Pos()}
}

func filter(n plan.Node, conds []plan.Expr) plan.Node {
	if len(conds) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Cond: conjunction(conds)}
}

// joinName spells a kind of join for errors.
func joinKindName(k plan.JoinKind) string { return strings.ToUpper(string(k)) + " JOIN" }
