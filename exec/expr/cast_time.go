package expr

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// parseTimestamps is CAST(text AS TIMESTAMP(p)), which most streams need for
// every row.
type parseTimestamps struct {
	x      exec.Eval
	parser datum.TimestampParser
	try    bool
	digits int
	pos    sqlerr.Pos
	out    exec.Column
}

func (e *parseTimestamps) Eval(b *exec.Batch) (*exec.Column, error) {
	x, err := e.x.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	copyValid(&e.out, x, b.N)
	if b.Sel == nil && !x.Nulls {
		return &e.out, e.whole(x, b.N)
	}
	for k := range b.Rows() {
		if i := b.Row(k); !x.IsNull(i) {
			if err := e.row(x, i, b.N); err != nil {
				return nil, err
			}
		}
	}
	return &e.out, nil
}

// whole parses n rows, all of which count and have a value.
func (e *parseTimestamps) whole(x *exec.Column, n int) error {
	out, offs := e.out.Int[:n], x.Offs[:n+1]
	from := offs[0]
	millis := e.digits == 3
	for i := range out {
		to := offs[i+1]
		v, err := e.parser.Parse(x.Data[from:to])
		from = to
		if err != nil || !millis && e.digits != 6 || millis && v%1000 != 0 {
			if err := e.row(x, i, n); err != nil {
				return err
			}
			continue
		}
		out[i] = v
	}
	return nil
}

func (e *parseTimestamps) row(x *exec.Column, i, n int) error {
	v, err := e.parser.Parse(x.Str(i))
	if err != nil {
		if !e.try {
			return rowError(i, err, e.pos)
		}
		setNull(&e.out, i, n)
		return nil
	}
	e.out.Int[i] = datum.RoundTimestamp(v, e.digits)
	return nil
}

// castTime gives the conversions among the types of time.
func castTime(from, to catalog.Type) rowFunc {
	switch from.Kind {
	case catalog.Date:
		return castFromDate(to)
	case catalog.Timestamp, catalog.TimestampLTZ:
		return castFromTimestamp(from, to)
	case catalog.Time:
		return castFromTime(to)
	case catalog.Interval:
		if to.Kind == catalog.Time {
			return func(c *call, i int) error {
				_, inDay := datum.SplitTimestamp(c.args[0].Ivl[i].Micros)
				c.out.Int[i] = datum.RoundMicros(inDay, c.ret.FracDigits())
				return nil
			}
		}
	}
	return nil
}

func castFromTime(to catalog.Type) rowFunc {
	switch to.Kind {
	case catalog.Time:
		return func(c *call, i int) error {
			c.out.Int[i] = datum.RoundMicros(c.int(0, i), c.ret.FracDigits())
			return nil
		}
	case catalog.Interval:
		return func(c *call, i int) error {
			c.out.Ivl[i] = datum.Interval{Micros: c.int(0, i)}
			return nil
		}
	}
	return nil
}

func castFromDate(to catalog.Type) rowFunc {
	switch to.Kind {
	case catalog.Timestamp:
		return func(c *call, i int) (err error) {
			c.out.Int[i], err = datum.TimestampFromDate(c.int(0, i))
			return err
		}
	case catalog.TimestampLTZ:
		return func(c *call, i int) error {
			t, err := datum.TimestampFromDate(c.int(0, i))
			c.out.Int[i] = datum.UTCMicros(t, c.env.Timezone)
			return err
		}
	}
	return nil
}

func castFromTimestamp(from, to catalog.Type) rowFunc {
	zoned := from.Kind == catalog.TimestampLTZ
	local := func(c *call, i int) int64 {
		v := c.int(0, i)
		if zoned {
			v, _ = datum.LocalMicros(v, c.env.Timezone)
		}
		return v
	}
	switch to.Kind {
	case catalog.Date:
		return func(c *call, i int) error {
			c.out.Int[i] = datum.DateFromTimestamp(local(c, i))
			return nil
		}
	case catalog.Time:
		return func(c *call, i int) error {
			v := local(c, i)
			if !datum.IsFinite(v) {
				c.null = true
				return nil
			}
			_, v = datum.SplitTimestamp(v)
			c.out.Int[i] = datum.RoundMicros(v, c.ret.FracDigits())
			return nil
		}
	case catalog.Timestamp:
		return func(c *call, i int) error {
			c.out.Int[i] = datum.RoundTimestamp(local(c, i), c.ret.FracDigits())
			return nil
		}
	case catalog.TimestampLTZ:
		return func(c *call, i int) error {
			v := c.int(0, i)
			if !zoned {
				v = datum.UTCMicros(v, c.env.Timezone)
			}
			c.out.Int[i] = datum.RoundTimestamp(v, c.ret.FracDigits())
			return nil
		}
	}
	return nil
}
