package expr

import (
	"bytes"
	"math"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// newCast converts x, of type from, to type to. With try a value that cannot be
// converted becomes NULL.
func newCast(x exec.Eval, from, to catalog.Type, try bool, pos sqlerr.Pos, env *Env) (exec.Eval, error) {
	if sameValues(from, to) {
		return x, nil
	}
	s := &site{name: "cast", args: []exec.Eval{x}, types: []catalog.Type{from}, ret: to, pos: pos, env: env}
	if isText(from) && to.Kind == catalog.Timestamp {
		return &parseTimestamps{x: x, try: try, digits: to.FracDigits(), pos: pos, out: exec.Column{Layout: exec.Ints}}, nil
	}
	if nested(from) && nested(to) {
		n, err := newNestedCast(s, try)
		if n != nil || err != nil {
			return n, err
		}
	}
	fn := castFunc(from, to)
	if fn == nil {
		return nil, sqlerr.New(sqlerr.CannotCoerce, "cannot cast type %s to %s", typeName(from), typeName(to)).At(pos)
	}
	if try {
		fn = tried(fn)
	}
	return newCall(s, fn, true), nil
}

// CanCast tells whether an explicit cast between two types exists.
func CanCast(from, to catalog.Type) bool {
	n, err := newCast(&column{}, from, to, false, 0, noEnv)
	return n != nil && err == nil
}

// tried gives NULL in the place of an error.
func tried(fn rowFunc) rowFunc {
	return func(c *call, i int) error {
		if fn(c, i) != nil {
			c.null = true
		}
		return nil
	}
}

func isText(t catalog.Type) bool { return t.Kind == catalog.Varchar || t.Kind == catalog.Unknown }

func nested(t catalog.Type) bool { return t.Kind >= catalog.Array && t.Kind <= catalog.Map }

// sameValues tells conversions that change nothing in memory.
func sameValues(from, to catalog.Type) bool {
	if from.Equal(to) {
		return true
	}
	switch {
	case from.IsInteger() && to.IsInteger(), from.Kind == catalog.Real && to.Kind == catalog.Double:
		return from.Kind <= to.Kind
	case isText(from) && isText(to), from.Kind == catalog.Bytes && to.Kind == catalog.Bytes:
		return to.P == 0 || from.P > 0 && from.P <= to.P
	case from.Kind == catalog.JSON && isText(to):
		return to.P == 0
	case from.Kind != to.Kind:
		return false
	case from.Kind == catalog.Decimal:
		return to.P == 0
	case from.Kind == catalog.Time || from.IsTimestamp():
		return from.FracDigits() <= to.FracDigits()
	case nested(from):
		return sameNested(from, to)
	}
	return true
}

func sameNested(from, to catalog.Type) bool {
	if len(from.Fields) != len(to.Fields) ||
		from.Elem != nil && !sameValues(*from.Elem, *to.Elem) || from.Key != nil && !sameValues(*from.Key, *to.Key) {
		return false
	}
	for i := range from.Fields {
		if !sameValues(from.Fields[i].Type, to.Fields[i].Type) {
			return false
		}
	}
	return true
}

// castFunc gives the conversion between two types, or nil.
func castFunc(from, to catalog.Type) rowFunc {
	switch {
	case isText(to):
		return toText(from, to)
	case isText(from):
		return castFromText(to)
	case from.IsInteger():
		return castFromInt(to)
	case from.Kind == catalog.Real || from.Kind == catalog.Double:
		return castFromFloat(from, to)
	case from.Kind == catalog.Decimal:
		return castFromDecimal(to)
	case from.Kind == catalog.Boolean && to.IsInteger():
		return func(c *call, i int) error {
			c.out.Int[i] = 0
			if c.args[0].Bool[i] {
				c.out.Int[i] = 1
			}
			return nil
		}
	case from.Kind == catalog.Bytes && to.Kind == catalog.Bytes:
		return func(c *call, i int) error {
			b := c.str(0, i)
			c.put(b[:min(len(b), c.ret.P)])
			return nil
		}
	}
	return castTime(from, to)
}

// toText gives the conversion to VARCHAR: what streams write most has a
// function of its own.
func toText(from, to catalog.Type) rowFunc {
	switch {
	case to.P > 0:
	case from.IsInteger():
		return func(c *call, i int) error {
			c.out.Data = appendInt(c.out.Data, c.int(0, i))
			return nil
		}
	case from.Kind == catalog.Timestamp:
		return func(c *call, i int) error {
			c.out.Data = datum.AppendTimestamp(c.out.Data, c.int(0, i))
			return nil
		}
	}
	return castToText
}

func castToText(c *call, i int) error {
	n := len(c.out.Data)
	if c.types[0].Kind == catalog.Boolean {
		if c.args[0].Bool[i] {
			c.out.Data = append(c.out.Data, "true"...)
		} else {
			c.out.Data = append(c.out.Data, "false"...)
		}
	} else {
		c.out.Data = AppendTextIn(c.out.Data, c.types[0], c.args[0], i, c.env.Timezone)
	}
	if c.ret.P > 0 {
		c.out.Data = c.out.Data[:n+len(cutVarchar(c.out.Data[n:], c.ret))]
	}
	return nil
}

// newAssignText converts to VARCHAR(n) for a column: what is cut off must be
// blanks, where a cast that the user asked for cuts anything.
func newAssignText(x exec.Eval, from, to catalog.Type, pos sqlerr.Pos, env *Env) exec.Eval {
	s := &site{name: "cast", args: []exec.Eval{x}, types: []catalog.Type{from}, ret: catalog.Of(catalog.Varchar), pos: pos, env: env}
	return newCall(s, func(c *call, i int) error {
		n := len(c.out.Data)
		if err := castToText(c, i); err != nil {
			return err
		}
		all := c.out.Data[n:]
		kept := cutVarchar(all, to)
		if len(bytes.TrimRight(all[len(kept):], " ")) > 0 {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type character varying(%d)", to.P)
		}
		c.out.Data = c.out.Data[:n+len(kept)]
		return nil
	}, true)
}

func castFromText(to catalog.Type) rowFunc {
	switch exec.LayoutOf(to) {
	case exec.Bools:
		return func(c *call, i int) (err error) {
			c.out.Bool[i], err = datum.ParseBool(c.str(0, i))
			return err
		}
	case exec.Ints:
		if to.IsInteger() {
			bits := bitsOf(to.Kind)
			return func(c *call, i int) (err error) {
				c.out.Int[i], err = datum.ParseInt64(c.str(0, i), bits)
				return err
			}
		}
		return func(c *call, i int) (err error) {
			c.out.Int[i], err = parseInteger(c.str(0, i), c.ret, c.env.Timezone)
			return err
		}
	case exec.Floats:
		return func(c *call, i int) (err error) {
			c.out.Float[i], err = parseFloat(c.str(0, i), c.ret.Kind)
			return err
		}
	case exec.Decimals:
		return func(c *call, i int) error {
			d, err := datum.ParseDecimal(c.str(0, i))
			if err != nil {
				return err
			}
			return c.putDecimal(i, d)
		}
	case exec.Intervals:
		return func(c *call, i int) (err error) {
			c.out.Ivl[i], err = datum.ParseInterval(c.str(0, i))
			return err
		}
	}
	return castNestedText
}

// castNestedText reads BYTES, JSON, arrays, rows and maps. The input function
// ends the row itself, which is taken back because the caller does so too.
func castNestedText(c *call, i int) error {
	switch c.ret.Kind {
	case catalog.JSON:
		if err := checkJSON(c.str(0, i)); err != nil {
			return err
		}
		c.put(c.str(0, i))
		return nil
	case catalog.Bytes:
		data, err := datum.ParseBytea(c.out.Data, c.str(0, i))
		c.out.Data = data
		return err
	}
	if c.state == nil {
		c.state = exec.NewColumnOf(c.ret)
	}
	tmp := c.state.(*exec.Column)
	tmp.Reset()
	if err := AppendConstIn(tmp, c.ret, c.str(0, i), c.env.Timezone); err != nil {
		return err
	}
	c.putKids(tmp, 0)
	return nil
}

// putKids appends the elements or fields of row i of src to the result's kids.
func (c *call) putKids(src *exec.Column, i int) {
	from, to := i, i+1
	if src.Layout != exec.Struct {
		from, to = int(src.Offs[i]), int(src.Offs[i+1])
	}
	for j := from; j < to; j++ {
		for k, kid := range c.out.Kids {
			kid.AppendFrom(src.Kids[k], j)
		}
	}
}

// putDecimal sets a DECIMAL result, rescaled to its type.
func (c *call) putDecimal(i int, d datum.Decimal) (err error) {
	if c.ret.P > 0 {
		d, err = d.Rescale(c.ret.P, c.ret.S)
	}
	c.out.Dec[i] = d
	return err
}

func castFromInt(to catalog.Type) rowFunc {
	switch to.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return func(c *call, i int) error {
			v := c.int(0, i)
			c.out.Int[i] = v
			if !inRange(v, c.ret.Kind) {
				return errIntRange(c.ret.Kind)
			}
			return nil
		}
	case catalog.Real, catalog.Double:
		single := to.Kind == catalog.Real
		return func(c *call, i int) error {
			v := float64(c.int(0, i))
			if single {
				v = float64(float32(c.int(0, i)))
			}
			c.out.Float[i] = v
			return nil
		}
	case catalog.Decimal:
		return func(c *call, i int) error { return c.putDecimal(i, datum.DecimalFromInt64(c.int(0, i))) }
	case catalog.Boolean:
		return func(c *call, i int) error {
			c.out.Bool[i] = c.int(0, i) != 0
			return nil
		}
	}
	return nil
}

func castFromFloat(from, to catalog.Type) rowFunc {
	switch to.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return func(c *call, i int) error {
			v := math.RoundToEven(c.args[0].Float[i])
			if !(v >= -(1<<63) && v < 1<<63) || !inRange(int64(v), c.ret.Kind) {
				return errIntRange(c.ret.Kind)
			}
			c.out.Int[i] = int64(v)
			return nil
		}
	case catalog.Real:
		return func(c *call, i int) error {
			v := c.args[0].Float[i]
			r := float64(float32(v))
			c.out.Float[i] = r
			if math.IsInf(r, 0) && !math.IsInf(v, 0) {
				return errOverflow()
			}
			if r == 0 && v != 0 {
				return errUnderflow()
			}
			return nil
		}
	case catalog.Decimal:
		single := from.Kind == catalog.Real
		return func(c *call, i int) error {
			var d datum.Decimal
			var err error
			if single {
				d, err = datum.DecimalFromFloat32(float32(c.args[0].Float[i]))
			} else {
				d, err = datum.DecimalFromFloat64(c.args[0].Float[i])
			}
			if err != nil {
				return err
			}
			return c.putDecimal(i, d)
		}
	}
	return nil
}

func castFromDecimal(to catalog.Type) rowFunc {
	switch to.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		bits := bitsOf(to.Kind)
		return func(c *call, i int) (err error) {
			c.out.Int[i], err = c.args[0].Dec[i].ToInt64(bits)
			return err
		}
	case catalog.Real:
		return func(c *call, i int) error {
			v := c.args[0].Dec[i]
			r := v.ToFloat32()
			c.out.Float[i] = float64(r)
			if math.IsInf(float64(r), 0) && !v.IsInf() {
				return sqlerr.New(sqlerr.NumericOutOfRange, `"%s" is out of range for type real`, v)
			}
			return nil
		}
	case catalog.Double:
		return func(c *call, i int) error {
			c.out.Float[i] = c.args[0].Dec[i].ToFloat64()
			return nil
		}
	case catalog.Decimal:
		return func(c *call, i int) error { return c.putDecimal(i, c.args[0].Dec[i]) }
	}
	return nil
}
