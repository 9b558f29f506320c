package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// PlanQuery plans a query. src is the text that its positions speak of.
func PlanQuery(q *parser.Query, src string, env *Env) (*plan.Query, error) {
	b := newBinder(env)
	node, err := b.query(q, nil, nil)
	if err != nil {
		return nil, located(err, src)
	}
	out, err := b.finish(node)
	return out, located(err, src)
}

// located fills in line and column.
func located(err error, src string) error {
	if err == nil {
		return nil
	}
	return sqlerr.From(err).Locate(src)
}

// finish turns what was bound into a plan.
func (b *binder) finish(node plan.Node) (*plan.Query, error) {
	for i, t := range b.params {
		if t.Kind == catalog.Unknown {
			return nil, sqlerr.New(sqlerr.IndeterminateDatatype, "could not determine data type of parameter $%d", i+1)
		}
	}
	node = b.typeParams(node)
	node, err := b.finishExpands(node)
	if err != nil {
		return nil, err
	}
	node = b.rewrite(node)
	q := &plan.Query{Root: node, Params: b.params, Uses: b.uses, Parallelism: max(b.env.Parallelism, 1)}
	q.Notices = implicitNotices(node)
	q.Root = distribute(node, q.Parallelism)
	return q, nil
}

// typeParams gives every $N the type that its first use has decided.
func (b *binder) typeParams(node plan.Node) plan.Node {
	if len(b.params) == 0 {
		return node
	}
	fix := func(x plan.Expr) plan.Expr {
		if p, ok := x.(*plan.Param); ok && p.T.Kind == catalog.Unknown {
			return &plan.Param{N: p.N, T: b.params[p.N-1], P: p.P}
		}
		return x
	}
	return plan.Transform(node, func(n plan.Node) plan.Node {
		return plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.TransformExpr(x, fix) })
	})
}

// implicitNotices tells of the watermarks that nobody declared.
func implicitNotices(node plan.Node) (notices []string) {
	plan.Walk(node, func(n plan.Node) bool {
		if w, ok := n.(*plan.Watermark); ok && w.Implicit {
			text := "no watermark is declared for \"" + w.Schema()[w.Time].Name + "\": using a delay of " + microsText(w.Delay) +
				" (SET watermark.default-delay changes it)"
			if !slices.Contains(notices, text) {
				notices = append(notices, text)
			}
		}
		return true
	})
	return notices
}

// Dependencies lists the tables and views that a plan was made from, those
// inside views included.
func Dependencies(q *plan.Query) []string { return slices.Clone(q.Uses) }
