package expr

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// Compile turns an expression into its evaluation. Env may be nil.
func Compile(e plan.Expr, env *Env) (exec.Eval, error) {
	p, err := CompileAll([]plan.Expr{e}, env)
	if err != nil {
		return nil, err
	}
	return &single{p}, nil
}

// single is a Program of one expression.
type single struct{ p *Program }

func (e *single) Eval(b *exec.Batch) (*exec.Column, error) {
	cols, err := e.p.Eval(b)
	if err != nil {
		return nil, err
	}
	return cols[0], nil
}

// column is a column of the batch.
type column struct{ index int }

func (e *column) Eval(b *exec.Batch) (*exec.Column, error) { return b.Cols[e.index], nil }

// maxDepth bounds the nesting of expressions that are compiled.
const maxDepth = 10000

// compiler compiles the expressions of one Program.
type compiler struct {
	env  *Env
	prog *Program
	// uses counts how often a sub-expression is evaluated unconditionally;
	// shared holds those of them that are shared.
	uses   map[int]int
	shared map[int]*shared
	facts  *facts
	// lazy is above zero where rows may be left out, and nothing is shared.
	lazy, depth int
}

// compile compiles e, sharing it if another place computes the same.
func (c *compiler) compile(e plan.Expr) (exec.Eval, error) {
	if c.depth++; c.depth > maxDepth {
		return nil, sqlerr.New(sqlerr.StatementTooComplex, "expression is nested deeper than %d levels", maxDepth).At(e.Pos())
	}
	defer func() { c.depth-- }()
	f := c.facts.of(e)
	if c.lazy > 0 || !f.shareable {
		return c.fresh(e)
	}
	key := f.id
	if s := c.shared[key]; s != nil {
		return s, nil
	}
	n, err := c.fresh(e)
	if err != nil || c.uses[key] < 2 || constOf(n) != nil {
		return n, err
	}
	s := &shared{prog: c.prog, inner: n}
	c.shared[key] = s
	return s, nil
}

// conditionally compiles what is evaluated only for some rows.
func (c *compiler) conditionally(e plan.Expr) (exec.Eval, error) {
	c.lazy++
	defer func() { c.lazy-- }()
	return c.compile(e)
}

// fresh compiles e and folds it if it depends on nothing.
func (c *compiler) fresh(e plan.Expr) (exec.Eval, error) {
	n, err := c.node(e)
	if err != nil {
		return nil, err
	}
	if _, done := n.(*constant); done || !c.facts.of(e).foldable() {
		return n, nil
	}
	// A fault is kept for the run, which may never come here.
	if col, err := n.Eval(&constRow); err == nil {
		one := col.Like()
		one.AppendFrom(col, 0)
		return newConstant(one), nil
	}
	return n, nil
}

func (c *compiler) node(e plan.Expr) (exec.Eval, error) {
	switch e := e.(type) {
	case *plan.Col:
		return &column{e.Index}, nil
	case *plan.Const:
		return c.constant(e)
	case *plan.Param:
		return nil, sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $%d", e.N).At(e.P)
	case *plan.Call:
		return c.call(e)
	case *plan.Case:
		return c.caseOf(e)
	case *plan.Cast:
		x, err := c.compile(e.X)
		if err != nil {
			return nil, err
		}
		if e.Assign && isText(e.T) && e.T.P > 0 && !sameValues(e.X.Type(), e.T) {
			return newAssignText(x, e.X.Type(), e.T, e.P, c.env), nil
		}
		return newCast(x, e.X.Type(), e.T, e.Try, e.P, c.env)
	case *plan.FieldOf:
		x, err := c.compile(e.X)
		if err != nil {
			return nil, err
		}
		t := e.X.Type()
		if t.Kind != catalog.Row || e.Index < 0 || e.Index >= len(t.Fields) {
			return nil, sqlerr.New(sqlerr.InternalError, "no field %d in %s", e.Index, t).At(e.P)
		}
		return &field{x: x, index: e.Index}, nil
	}
	return nil, sqlerr.New(sqlerr.InternalError, "unknown expression %T", e)
}

func (c *compiler) constant(e *plan.Const) (exec.Eval, error) {
	one := exec.NewColumnOf(e.T)
	if e.Null {
		one.AppendNull()
	} else if err := AppendConstIn(one, e.T, []byte(e.Text), c.env.Timezone); err != nil {
		return nil, sqlerr.From(err).At(e.P)
	}
	return newConstant(one), nil
}

func (c *compiler) caseOf(e *plan.Case) (exec.Eval, error) {
	conds, thens := make([]exec.Eval, len(e.Whens)), make([]exec.Eval, len(e.Whens))
	var err error
	for k, w := range e.Whens {
		if k == 0 {
			conds[k], err = c.compile(w.Cond)
		} else {
			conds[k], err = c.conditionally(w.Cond)
		}
		if err == nil {
			err = c.wants(w.Cond, catalog.Of(catalog.Boolean))
		}
		if err == nil {
			thens[k], err = c.conditionally(w.Then)
		}
		if err == nil {
			err = c.wants(w.Then, e.T)
		}
		if err != nil {
			return nil, err
		}
	}
	var otherwise exec.Eval
	if e.Else != nil {
		if otherwise, err = c.conditionally(e.Else); err == nil {
			err = c.wants(e.Else, e.T)
		}
		if err != nil {
			return nil, err
		}
	}
	return newCase(conds, thens, otherwise, exec.NewColumnOf(e.T)), nil
}

// wants checks that e lies in memory as values of t do: the planner has put in
// all casts.
func (c *compiler) wants(e plan.Expr, t catalog.Type) error {
	if !sameLayout(e.Type(), t) {
		return sqlerr.New(sqlerr.InternalError, "a value of type %s stands where %s is wanted", e.Type(), t).At(e.Pos())
	}
	return nil
}

func sameLayout(a, b catalog.Type) bool {
	if exec.LayoutOf(a) != exec.LayoutOf(b) || len(a.Fields) != len(b.Fields) {
		return false
	}
	if a.Elem != nil && b.Elem != nil && !sameLayout(*a.Elem, *b.Elem) ||
		a.Key != nil && b.Key != nil && !sameLayout(*a.Key, *b.Key) {
		return false
	}
	for i := range a.Fields {
		if !sameLayout(a.Fields[i].Type, b.Fields[i].Type) {
			return false
		}
	}
	return true
}

// lazyFrom gives the first argument that a function evaluates only for some
// rows, or as many as there are.
func lazyFrom(fn string, args int) int {
	switch fn {
	case "and", "or", "coalesce", "ifnull", "if":
		return 1
	}
	return args
}

func (c *compiler) call(e *plan.Call) (exec.Eval, error) {
	fn := strings.ToLower(e.Fn)
	f := builtin.find(fn)
	if f == nil || f.kernel == nil {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", e.Fn).At(e.P)
	}
	s := &site{name: fn, ret: e.T, pos: e.P, env: c.env}
	lazy := lazyFrom(fn, len(e.Args))
	for k, a := range e.Args {
		compile := c.compile
		if k >= lazy {
			compile = c.conditionally
		}
		n, err := compile(a)
		if err != nil {
			return nil, err
		}
		s.args, s.types = append(s.args, n), append(s.types, a.Type())
	}
	if !f.accepts(s.types, s.ret) {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", spell(fn, s.types)).At(e.P)
	}
	n, err := f.kernel(s)
	if err != nil {
		return nil, sqlerr.From(err).At(e.P)
	}
	return n, nil
}

// spell writes a call with the types of its arguments, for errors.
func spell(fn string, types []catalog.Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = typeName(t)
	}
	return fn + "(" + strings.Join(names, ", ") + ")"
}

// field is a field of a row.
type field struct {
	x     exec.Eval
	index int
	out   exec.Column
}

func (e *field) Eval(b *exec.Batch) (*exec.Column, error) {
	c, err := e.x.Eval(b)
	if err != nil {
		return nil, err
	}
	kid := c.Kids[e.index]
	if !c.Nulls {
		return kid, nil
	}
	valid := e.out.Valid
	e.out = *kid
	e.out.Valid = valid
	joinValid(&e.out, c, kid, b.N)
	return &e.out, nil
}
