package expr

import (
	"errors"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// Fold evaluates an expression that has the same value for every row. It gives
// nil and no error for one that has not, that is volatile, that asks for the
// time of the query while env.Now is not known, or whose type has no text form
// to keep (arrays, rows, maps). The error is the fault that evaluation meets:
// one who cannot tell whether the expression will be evaluated at all leaves it be.
func Fold(e plan.Expr, env *Env) (*plan.Const, error) {
	if env == nil {
		env = noEnv
	}
	t := e.Type()
	switch t.Kind {
	case catalog.Array, catalog.Row, catalog.Map, catalog.Void:
		return nil, nil
	}
	if k, ok := e.(*plan.Const); ok {
		return k, nil
	}
	if f := newFacts().of(e); !f.foldable() || env.Now == nil && f.unsettled {
		return nil, nil
	}
	n, err := Compile(e, env)
	if err != nil {
		return nil, err
	}
	col, err := n.Eval(&exec.Batch{N: 1, Split: -1})
	if err != nil {
		if fault, ok := errors.AsType[*exec.RowError](err); ok {
			return nil, sqlerr.From(fault.Err)
		}
		return nil, err
	}
	k := &plan.Const{T: t, P: e.Pos(), Null: col.IsNull(0)}
	if !k.Null {
		k.Text = string(AppendTextIn(nil, t, col, 0, env.Timezone))
	}
	return k, nil
}
