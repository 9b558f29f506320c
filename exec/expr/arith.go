package expr

import (
	"math"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func errDivision() error { return sqlerr.New(sqlerr.DivisionByZero, "division by zero") }

// errIntRange is what PostgreSQL says when a result does not fit its type.
func errIntRange(k catalog.Kind) error {
	name := "bigint"
	switch k {
	case catalog.SmallInt:
		name = "smallint"
	case catalog.Int:
		name = "integer"
	}
	return sqlerr.New(sqlerr.NumericOutOfRange, "%s out of range", name)
}

// intArith is + - * / % of integers.
type intArith struct {
	op    byte
	l, r  exec.Eval
	k     int64 // the right side where known is set
	known bool
	kind  catalog.Kind
	pos   sqlerr.Pos
	out   exec.Column
}

func newIntArith(op byte, s *site) (exec.Eval, error) {
	l, r := s.args[0], s.args[1]
	if constOf(l) != nil && constOf(r) == nil && (op == '+' || op == '*') {
		l, r = r, l
	}
	e := &intArith{op: op, l: l, r: r, kind: s.ret.Kind, pos: s.pos, out: exec.Column{Layout: exec.Ints}}
	if c := constOf(r); c != nil && !c.IsNull(0) {
		e.k, e.known = c.Int[0], true
	}
	return e, nil
}

func (e *intArith) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	var r *exec.Column
	prepare(&e.out, b.N)
	if e.known {
		copyValid(&e.out, l, b.N)
	} else {
		if r, err = e.r.Eval(b); err != nil {
			return nil, err
		}
		joinValid(&e.out, l, r, b.N)
	}
	if dense(b) && e.whole(l, r, b.N) {
		return &e.out, nil
	}
	for j := range b.Rows() {
		i := b.Row(j)
		if e.out.IsNull(i) {
			continue
		}
		y := e.k
		if !e.known {
			y = r.Int[i]
		}
		v, ok := intOp(e.op, l.Int[i], y, e.kind)
		if !ok {
			if y == 0 && (e.op == '/' || e.op == '%') {
				return nil, rowError(i, errDivision(), e.pos)
			}
			return nil, rowError(i, errIntRange(e.kind), e.pos)
		}
		e.out.Int[i] = v
	}
	return &e.out, nil
}

// whole computes all rows, those that do not count included. It gives false if
// any of them is out of range: then the rows must be looked at one by one.
func (e *intArith) whole(l, r *exec.Column, n int) bool {
	out, x := e.out.Int[:n], l.Int[:n]
	if e.known {
		switch {
		case e.op == '/' && e.k != 0 && e.k != -1:
			for i, v := range x {
				out[i] = v / e.k
			}
			return true
		case e.op == '%' && e.k != 0 && e.k != -1:
			for i, v := range x {
				out[i] = v % e.k
			}
			return true
		}
		return wholeConst(e.op, e.kind, out, x, e.k)
	}
	y := r.Int[:n]
	bad, high := int64(0), int64(0)
	switch e.op {
	case '+':
		for i, v := range x {
			s := v + y[i]
			bad |= (v ^ s) & (y[i] ^ s)
			high |= s ^ s<<1
			out[i] = s
		}
	case '-':
		for i, v := range x {
			s := v - y[i]
			bad |= (v ^ y[i]) & (v ^ s)
			high |= s ^ s<<1
			out[i] = s
		}
	case '*':
		for i, v := range x {
			bad |= wide(v) | wide(y[i])
			s := v * y[i]
			high |= s ^ s<<1
			out[i] = s
		}
	default:
		return false
	}
	return bad >= 0 && fits(high, e.kind)
}

func wholeConst(op byte, kind catalog.Kind, out, x []int64, k int64) bool {
	bad, high := int64(0), int64(0)
	switch op {
	case '-':
		if k == math.MinInt64 {
			return false
		}
		k = -k
		fallthrough
	case '+':
		for i, v := range x {
			s := v + k
			bad |= (v ^ s) & (k ^ s)
			high |= s ^ s<<1
			out[i] = s
		}
	case '*':
		bad = wide(k)
		for i, v := range x {
			bad |= wide(v)
			s := v * k
			high |= s ^ s<<1
			out[i] = s
		}
	default:
		return false
	}
	return bad >= 0 && fits(high, kind)
}

// wide is negative if v does not fit in 32 bits, where a product cannot
// overflow.
func wide(v int64) int64 { return -int64(uint64(v+1<<31) >> 32) }

// fits looks at the gathered v ^ v<<1: bit k is set where bits k and k-1 of a
// value differ, so that a bit above the sign tells a value that is too long.
func fits(high int64, kind catalog.Kind) bool {
	switch kind {
	case catalog.SmallInt:
		return high>>16 == 0
	case catalog.Int:
		return high>>32 == 0
	}
	return true
}

// inRange tells whether v is a value of an integer type.
func inRange(v int64, kind catalog.Kind) bool {
	switch kind {
	case catalog.SmallInt:
		return v == int64(int16(v))
	case catalog.Int:
		return v == int64(int32(v))
	}
	return true
}

// intOp computes one value; ok is false out of range and for division by zero.
func intOp(op byte, x, y int64, kind catalog.Kind) (v int64, ok bool) {
	switch op {
	case '+':
		v = x + y
		ok = (x^v)&(y^v) >= 0
	case '-':
		v = x - y
		ok = (x^y)&(x^v) >= 0
	case '*':
		v, ok = mulInt(x, y)
	case '/':
		if y == 0 || y == -1 && x == math.MinInt64 {
			return 0, false
		}
		v, ok = x/y, true
	case '%':
		switch y {
		case 0:
			return 0, false
		case -1:
			return 0, true
		}
		v, ok = x%y, true
	}
	return v, ok && inRange(v, kind)
}

func mulInt(x, y int64) (int64, bool) {
	v := x * y
	if wide(x)|wide(y) >= 0 {
		return v, true
	}
	if x == 0 || y == 0 {
		return 0, true
	}
	if x == -1 && y == math.MinInt64 || y == -1 && x == math.MinInt64 {
		return 0, false
	}
	return v, v/y == x
}

// floatArith is + - * / of floats.
type floatArith struct {
	op     byte
	l, r   exec.Eval
	single bool // REAL
	pos    sqlerr.Pos
	out    exec.Column
}

func newFloatArith(op byte, s *site) (exec.Eval, error) {
	return &floatArith{op: op, l: s.args[0], r: s.args[1], single: s.ret.Kind == catalog.Real, pos: s.pos, out: exec.Column{Layout: exec.Floats}}, nil
}

func (e *floatArith) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	r, err := e.r.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	joinValid(&e.out, l, r, b.N)
	if dense(b) && e.whole(l.Float[:b.N], r.Float[:b.N]) {
		return &e.out, nil
	}
	for j := range b.Rows() {
		i := b.Row(j)
		if e.out.IsNull(i) {
			continue
		}
		v, err := floatOp(e.op, l.Float[i], r.Float[i], e.single)
		if err != nil {
			return nil, rowError(i, err, e.pos)
		}
		e.out.Float[i] = v
	}
	return &e.out, nil
}

// whole computes all rows; it gives false if one of them is NaN or infinite, or
// has become zero, and must be looked at.
func (e *floatArith) whole(x, y []float64) bool {
	if !e.wholeDouble(x, y) {
		return false
	}
	// A sum, product or quotient of two REAL is the same REAL when it is
	// computed as DOUBLE and then rounded.
	for i, v := range e.out.Float[:len(x)] {
		if !e.single {
			break
		}
		s := float64(float32(v))
		if s-s != 0 || s == 0 && v != 0 {
			return false
		}
		e.out.Float[i] = s
	}
	return true
}

func (e *floatArith) wholeDouble(x, y []float64) bool {
	out := e.out.Float[:len(x)]
	y = y[:len(x)]
	bad := false
	switch e.op {
	case '+':
		for i, v := range x {
			s := v + y[i]
			bad = bad || s-s != 0
			out[i] = s
		}
	case '-':
		for i, v := range x {
			s := v - y[i]
			bad = bad || s-s != 0
			out[i] = s
		}
	case '*':
		for i, v := range x {
			s := v * y[i]
			bad = bad || s-s != 0 || s == 0 && v != 0 && y[i] != 0
			out[i] = s
		}
	default:
		for i, v := range x {
			s := v / y[i]
			bad = bad || s-s != 0 || s == 0 && v != 0 && y[i] != 0
			out[i] = s
		}
	}
	return !bad
}

func floatOp(op byte, x, y float64, single bool) (float64, error) {
	var v float64
	switch op {
	case '+':
		v = x + y
	case '-':
		v = x - y
	case '*':
		v = x * y
	case '/':
		if y == 0 && x == x {
			return 0, errDivision()
		}
		v = x / y
	}
	if single {
		v = float64(float32(v))
	}
	if math.IsInf(v, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return 0, errOverflow()
	}
	if v == 0 && x != 0 && (op == '*' && y != 0 || op == '/' && !math.IsInf(y, 0)) {
		return 0, errUnderflow()
	}
	return v, nil
}

func errOverflow() error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "value out of range: overflow")
}

func errUnderflow() error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "value out of range: underflow")
}
