package expr

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/planner/plan"
)

// fact is what the compiler must know of an expression before it compiles it.
type fact struct {
	// id is the same for expressions that compute the same.
	id int
	// volatile: another evaluation may give another value. varying: it depends
	// on the row. unsettled: it asks for the time of the query or the session.
	volatile, varying, unsettled bool
	// shareable: two places may use one result, and gain by it.
	shareable bool
}

func (f fact) foldable() bool { return !f.volatile && !f.varying }

// facts are those of the expressions met, each looked at once.
type facts struct {
	known map[plan.Expr]fact
	ids   map[string]int
}

func newFacts() *facts { return &facts{known: map[plan.Expr]fact{}, ids: map[string]int{}} }

func (fs *facts) of(e plan.Expr) fact {
	if f, ok := fs.known[e]; ok {
		return f
	}
	f := fact{shareable: true}
	key := fs.describe(e, &f)
	id, ok := fs.ids[key]
	if !ok {
		id = len(fs.ids) + 1
		fs.ids[key] = id
	}
	f.id = id
	f.shareable = f.shareable && !f.volatile
	fs.known[e] = f
	return f
}

// describe fills f and writes e with its arguments as their ids.
func (fs *facts) describe(e plan.Expr, f *fact) string {
	b := make([]byte, 0, 64)
	child := func(x plan.Expr) {
		g := fs.of(x)
		b = append(strconv.AppendInt(b, int64(g.id), 10), ',')
		f.volatile = f.volatile || g.volatile
		f.varying = f.varying || g.varying
		f.unsettled = f.unsettled || g.unsettled
	}
	switch e := e.(type) {
	case *plan.Col:
		f.varying, f.shareable = true, false
		b = strconv.AppendInt(append(b, "col "...), int64(e.Index), 10)
	case *plan.Const:
		f.shareable = false
		b = append(strconv.AppendQuote(strconv.AppendBool(b, e.Null), e.Text), e.T.String()...)
	case *plan.Param:
		f.varying, f.shareable = true, false
		b = strconv.AppendInt(append(b, '$'), int64(e.N), 10)
	case *plan.Call:
		fn := strings.ToLower(e.Fn)
		b = append(append(b, "call "...), fn...)
		b = append(b, ' ')
		if d := builtin.find(fn); d == nil || d.volatile {
			f.volatile = true
		} else {
			f.unsettled = d.stable
		}
		for _, a := range e.Args {
			child(a)
		}
		b = append(b, e.T.String()...)
	case *plan.Case:
		b = append(b, "case "...)
		for _, w := range e.Whens {
			child(w.Cond)
			child(w.Then)
		}
		if e.Else != nil {
			b = append(b, "else "...)
			child(e.Else)
		}
		b = append(b, e.T.String()...)
	case *plan.Cast:
		b = append(strconv.AppendBool(append(b, "cast "...), e.Try), ' ')
		b = append(strconv.AppendBool(b, e.Assign), ' ')
		child(e.X)
		b = append(append(append(b, e.X.Type().String()...), " to "...), e.T.String()...)
	case *plan.FieldOf:
		b = append(b, "field "...)
		child(e.X)
		b = strconv.AppendInt(b, int64(e.Index), 10)
	}
	return string(b)
}

// count notes the sub-expressions of e that are evaluated unconditionally.
func (c *compiler) count(e plan.Expr) {
	if f := c.facts.of(e); f.shareable {
		if c.uses[f.id]++; c.uses[f.id] > 1 {
			return // what is beneath is shared with it
		}
	}
	switch e := e.(type) {
	case *plan.Call:
		for _, a := range e.Args[:min(lazyFrom(strings.ToLower(e.Fn), len(e.Args)), len(e.Args))] {
			c.count(a)
		}
	case *plan.Case:
		if len(e.Whens) > 0 {
			c.count(e.Whens[0].Cond)
		}
	case *plan.Cast:
		c.count(e.X)
	case *plan.FieldOf:
		c.count(e.X)
	}
}
