package planner

import "github.com/penstock/penstock/internal/sqlerr"

// The bounds of a statement. Past them planning ends with 54001 or 54011.
const (
	// MaxExprDepth bounds how deep expressions and queries nest.
	MaxExprDepth = 1000
	// MaxViewDepth bounds views within views.
	MaxViewDepth = 64
	// MaxPlanExprs bounds the expressions and FROM items bound for one statement,
	// with views and CTEs expanded at each use.
	MaxPlanExprs = 100_000
	// MaxColumns bounds the columns of any relation in a plan (PostgreSQL's own
	// limit of a target list).
	MaxColumns = 1664
)

// enter counts a level of nesting and a piece of the statement; leave undoes the level.
func (b *binder) enter() error {
	b.depth++
	b.size++
	if b.depth > MaxExprDepth {
		return sqlerr.New(sqlerr.StatementTooComplex, "stack depth limit exceeded").
			Hint("the statement nests deeper than %d levels", MaxExprDepth)
	}
	if b.size > MaxPlanExprs {
		return sqlerr.New(sqlerr.StatementTooComplex, "statement too complex").
			Hint("with views and CTEs expanded it has more than %d expressions", MaxPlanExprs)
	}
	return nil
}

func (b *binder) leave() { b.depth-- }
