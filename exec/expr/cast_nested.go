package expr

import (
	"errors"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// nestedCast converts the elements or fields of a value.
type nestedCast struct {
	x     exec.Eval
	kids  []exec.Eval // over a batch of one column each
	pos   sqlerr.Pos
	batch exec.Batch
	one   [1]*exec.Column
	sel   []int32
	out   exec.Column
}

// newNestedCast gives nil where the two types are not built alike.
func newNestedCast(s *site, try bool) (exec.Eval, error) {
	from, to := s.types[0], s.ret
	if from.Kind != to.Kind || len(from.Fields) != len(to.Fields) {
		return nil, nil
	}
	var ft, tt []catalog.Type
	switch from.Kind {
	case catalog.Array:
		ft, tt = []catalog.Type{*from.Elem}, []catalog.Type{*to.Elem}
	case catalog.Map:
		ft, tt = []catalog.Type{*from.Key, *from.Elem}, []catalog.Type{*to.Key, *to.Elem}
	default:
		for i := range from.Fields {
			ft, tt = append(ft, from.Fields[i].Type), append(tt, to.Fields[i].Type)
		}
	}
	e := &nestedCast{x: s.args[0], pos: s.pos, sel: []int32{}}
	for k := range ft {
		n, err := newCast(&column{0}, ft[k], tt[k], try, s.pos, s.env)
		if err != nil {
			return nil, err
		}
		e.kids = append(e.kids, n)
	}
	return e, nil
}

func (e *nestedCast) Eval(b *exec.Batch) (*exec.Column, error) {
	x, err := e.x.Eval(b)
	if err != nil {
		return nil, err
	}
	kids, valid := e.out.Kids, e.out.Valid
	e.out = *x
	e.out.Kids, e.out.Valid = kids[:0], valid
	copyValid(&e.out, x, b.N)
	// Elements of rows that do not count must not fault.
	e.sel = e.sel[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		if x.IsNull(i) {
			continue
		}
		from, to := int32(i), int32(i+1)
		if x.Layout != exec.Struct {
			from, to = x.Offs[i], x.Offs[i+1]
		}
		for j := from; j < to; j++ {
			e.sel = append(e.sel, j)
		}
	}
	for k, kid := range x.Kids {
		e.one[0] = kid
		e.batch = exec.Batch{Cols: e.one[:], N: kid.Len(), Sel: e.sel, Split: -1}
		c, err := e.kids[k].Eval(&e.batch)
		if err != nil {
			return nil, e.outer(x, b, err)
		}
		e.out.Kids = append(e.out.Kids, c)
	}
	return &e.out, nil
}

// outer turns the fault of an element into that of the row it stands in.
func (e *nestedCast) outer(x *exec.Column, b *exec.Batch, err error) error {
	fault, ok := errors.AsType[*exec.RowError](err)
	if !ok || x.Layout == exec.Struct {
		return err
	}
	for k := range b.Rows() {
		if i := b.Row(k); fault.Row >= int(x.Offs[i]) && fault.Row < int(x.Offs[i+1]) {
			return &exec.RowError{Row: i, Err: fault.Err}
		}
	}
	return err
}
