package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	numberPairs = "smallint, smallint -> smallint; int, int -> int; bigint, bigint -> bigint; " +
		"real, real -> real; double, double -> double; decimal, decimal -> decimal"
	integerPairs = "smallint, smallint -> smallint; int, int -> int; bigint, bigint -> bigint"
)

var operators = []function{
	{name: "+", kernel: arithmetic('+'), doc: "adds", example: "2 + 3 → 5",
		sigs: numberPairs + "; smallint -> smallint; int -> int; bigint -> bigint; real -> real; double -> double; decimal -> decimal; " +
			"date, int -> date; int, date -> date; date, interval -> ts; interval, date -> ts; ts, interval -> ts; interval, ts -> ts; " +
			"tstz, interval -> tstz; interval, tstz -> tstz; time, interval -> time; interval, time -> time; " +
			"date, time -> ts; time, date -> ts; interval, interval -> interval"},
	{name: "-", kernel: arithmetic('-'), doc: "subtracts, or negates a single value", example: "2 - 3 → -1",
		sigs: numberPairs + "; smallint -> smallint; int -> int; bigint -> bigint; real -> real; double -> double; decimal -> decimal; " +
			"interval -> interval; date, int -> date; date, date -> int; date, interval -> ts; ts, interval -> ts; tstz, interval -> tstz; " +
			"time, interval -> time; time, time -> interval; ts, ts -> interval; tstz, tstz -> interval; interval, interval -> interval; json, text -> json; json, int -> json; json, text[] -> json"},
	{name: "*", kernel: arithmetic('*'), doc: "multiplies", example: "2 * 3 → 6",
		sigs: numberPairs + "; interval, double -> interval; double, interval -> interval"},
	{name: "/", kernel: arithmetic('/'), doc: "divides; integers towards zero", example: "5 / 2 → 2",
		sigs: numberPairs + "; interval, double -> interval"},
	{name: "%", kernel: arithmetic('%'), doc: "remainder, with the sign of the dividend", example: "5 % 3 → 2",
		sigs: integerPairs + "; decimal, decimal -> decimal"},
	{name: "&", kernel: bitwise('&'), doc: "bitwise AND", example: "91 & 15 → 11", sigs: integerPairs},
	{name: "|", kernel: bitwise('|'), doc: "bitwise OR", example: "32 | 3 → 35", sigs: integerPairs},
	{name: "#", kernel: bitwise('#'), doc: "bitwise exclusive OR", example: "17 # 5 → 20", sigs: integerPairs},
	{name: "<<", kernel: bitwise('<'), doc: "shifts bits to the left", example: "1 << 4 → 16",
		sigs: "smallint, int -> smallint; int, int -> int; bigint, int -> bigint"},
	{name: ">>", kernel: bitwise('>'), doc: "shifts bits to the right", example: "8 >> 2 → 2",
		sigs: "smallint, int -> smallint; int, int -> int; bigint, int -> bigint"},
	{name: "bitnot", doc: "bitwise NOT, written ~", example: "~1 → -2",
		sigs: "smallint -> smallint; int -> int; bigint -> bigint",
		kernel: strictly(func(c *call, i int) error {
			c.out.Int[i] = ^c.int(0, i)
			return nil
		})},
}

// arithmetic builds an arithmetic operator for whatever types it stands between.
func arithmetic(op byte) kernel {
	return func(s *site) (exec.Eval, error) {
		if len(s.args) == 1 {
			if op == '+' {
				return s.args[0], nil
			}
			return newCall(s, negate(s.types[0].Kind), true), nil
		}
		l, r := s.types[0], s.types[1]
		switch {
		case l.Kind == catalog.JSON:
			return jsonMinus(s)
		case l.IsInteger() && r.IsInteger():
			return newIntArith(op, s)
		case exec.LayoutOf(l) == exec.Floats && exec.LayoutOf(r) == exec.Floats:
			return newFloatArith(op, s)
		case l.Kind == catalog.Decimal && r.Kind == catalog.Decimal:
			return newCall(s, decimalOp(op), true), nil
		}
		if op == '+' && (l.IsInteger() || l.Kind == catalog.Interval && r.Kind != catalog.Interval || l.Kind == catalog.Time && r.Kind == catalog.Date) ||
			op == '*' && r.Kind == catalog.Interval {
			s.args[0], s.args[1] = s.args[1], s.args[0]
			s.types = []catalog.Type{r, l}
		}
		fn := timeOp(op, s.types[0].Kind, s.types[1].Kind)
		if fn == nil {
			return nil, sqlerr.New(sqlerr.UndefinedFunction, "operator does not exist: %s %c %s", typeName(l), op, typeName(r))
		}
		return newCall(s, fn, true), nil
	}
}

func negate(k catalog.Kind) rowFunc {
	switch exec.LayoutOf(catalog.Of(k)) {
	case exec.Ints:
		least := int64(-1) << (bitsOf(k) - 1)
		return func(c *call, i int) error {
			v := c.int(0, i)
			if v == least {
				return errIntRange(k)
			}
			c.out.Int[i] = -v
			return nil
		}
	case exec.Floats:
		return func(c *call, i int) error {
			c.out.Float[i] = -c.args[0].Float[i]
			return nil
		}
	case exec.Decimals:
		return func(c *call, i int) error {
			c.out.Dec[i] = c.args[0].Dec[i].Neg()
			return nil
		}
	}
	return func(c *call, i int) (err error) {
		c.out.Ivl[i], err = c.args[0].Ivl[i].Neg()
		return err
	}
}

func decimalOp(op byte) rowFunc {
	fn := map[byte]func(a, b datum.Decimal) (datum.Decimal, error){
		'+': datum.Decimal.Add, '-': datum.Decimal.Sub, '*': datum.Decimal.Mul, '/': datum.Decimal.Div, '%': datum.Decimal.Mod}[op]
	return func(c *call, i int) error {
		d, err := fn(c.args[0].Dec[i], c.args[1].Dec[i])
		if err != nil {
			return err
		}
		return c.putDecimal(i, d)
	}
}

// timeOp gives the operators on dates, times and intervals. Of a sum the left
// side is the point in time.
func timeOp(op byte, l, r catalog.Kind) rowFunc {
	switch {
	case op == '*' && l == catalog.Interval && r == catalog.Double:
		return func(c *call, i int) (err error) {
			c.out.Ivl[i], err = c.args[0].Ivl[i].Mul(c.args[1].Float[i])
			return err
		}
	case op == '/' && l == catalog.Interval && r == catalog.Double:
		return func(c *call, i int) (err error) {
			c.out.Ivl[i], err = c.args[0].Ivl[i].Div(c.args[1].Float[i])
			return err
		}
	case op != '+' && op != '-':
		return nil
	case l == catalog.Interval && r == catalog.Interval:
		return func(c *call, i int) (err error) {
			if op == '+' {
				c.out.Ivl[i], err = c.args[0].Ivl[i].Add(c.args[1].Ivl[i])
			} else {
				c.out.Ivl[i], err = c.args[0].Ivl[i].Sub(c.args[1].Ivl[i])
			}
			return err
		}
	case r == catalog.Interval:
		return shiftTime(op, l)
	case l == catalog.Date:
		return dateOp(op, r)
	case op == '-' && l == r && (l == catalog.Timestamp || l == catalog.TimestampLTZ):
		return func(c *call, i int) (err error) {
			c.out.Ivl[i], err = datum.SubTimestamps(c.int(0, i), c.int(1, i))
			return err
		}
	case op == '-' && l == catalog.Time && r == catalog.Time:
		return func(c *call, i int) error {
			c.out.Ivl[i] = datum.Interval{Micros: c.int(0, i) - c.int(1, i)}
			return nil
		}
	}
	return nil
}

// shiftTime adds or subtracts an interval.
func shiftTime(op byte, l catalog.Kind) rowFunc {
	switch l {
	case catalog.Time:
		return func(c *call, i int) error {
			d := c.args[1].Ivl[i].Micros % datum.MicrosPerDay
			if op == '-' {
				d = -d
			}
			_, c.out.Int[i] = datum.SplitTimestamp(c.int(0, i) + d)
			return nil
		}
	case catalog.Date:
		return func(c *call, i int) error {
			t, err := datum.TimestampFromDate(c.int(0, i))
			if err != nil {
				return err
			}
			c.out.Int[i], err = shifted(op, t, c.args[1].Ivl[i], nil)
			return err
		}
	case catalog.Timestamp, catalog.TimestampLTZ:
		return func(c *call, i int) error {
			iv, t := c.args[1].Ivl[i], c.int(0, i)
			if iv.Months == 0 && iv.Days == 0 && datum.IsFinite(t) { // the usual case
				d := iv.Micros
				if op == '-' {
					d = -d
				}
				if v := t + d; (v < t) == (d < 0) && datum.TimestampInRange(v) && iv.Micros != -1<<63 {
					c.out.Int[i] = v
					return nil
				}
			}
			zone := c.env.Timezone
			if l == catalog.Timestamp {
				zone = nil
			}
			var err error
			c.out.Int[i], err = shifted(op, t, iv, zone)
			return err
		}
	}
	return nil
}

func dateOp(op byte, r catalog.Kind) rowFunc {
	switch {
	case r == catalog.Time && op == '+':
		return func(c *call, i int) error {
			t, err := datum.TimestampFromDate(c.int(0, i))
			if err == nil && datum.IsFinite(t) {
				t += c.int(1, i)
			}
			c.out.Int[i] = t
			return err
		}
	case r == catalog.Date && op == '-':
		return func(c *call, i int) error {
			a, b := c.int(0, i), c.int(1, i)
			if !datum.IsFinite(a) || !datum.IsFinite(b) {
				return sqlerr.New(sqlerr.DatetimeOverflow, "cannot subtract infinite dates")
			}
			c.out.Int[i] = a - b
			return nil
		}
	case r == catalog.Int || r == catalog.SmallInt || r == catalog.BigInt:
		return func(c *call, i int) error {
			d, n := c.int(0, i), c.int(1, i)
			if op == '-' {
				n = -n
			}
			if datum.IsFinite(d) {
				if d += n; !datum.DateInRange(d) {
					return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range")
				}
			}
			c.out.Int[i] = d
			return nil
		}
	}
	return nil
}

func bitwise(op byte) kernel {
	return func(s *site) (exec.Eval, error) {
		width := uint64(bitsOf(s.ret.Kind))
		mask := max(width, 32) - 1 // C shifts a short as an int
		kind := s.ret.Kind
		return newCall(s, func(c *call, i int) error {
			x, y := c.int(0, i), c.int(1, i)
			switch op {
			case '&':
				x &= y
			case '|':
				x |= y
			case '#':
				x ^= y
			case '<':
				x = narrow(x<<(uint64(y)&mask), kind)
			default:
				x = narrow(x>>(uint64(y)&mask), kind)
			}
			c.out.Int[i] = x
			return nil
		}, true), nil
	}
}

// narrow cuts the bits that do not fit, as shifts do.
func narrow(v int64, k catalog.Kind) int64 {
	switch k {
	case catalog.SmallInt:
		return int64(int16(v))
	case catalog.Int:
		return int64(int32(v))
	}
	return v
}

// shifted moves a timestamp by an interval by the clock of a zone.
func shifted(op byte, t int64, iv datum.Interval, zone *time.Location) (int64, error) {
	if op == '-' {
		var err error
		if iv, err = iv.Neg(); err != nil {
			return 0, err
		}
	}
	return datum.AddIntervalIn(t, iv, zone)
}
