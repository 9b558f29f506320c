package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxSeries bounds the rows that generate_series makes of one row.
const maxSeries = 10_000_000

var setFunctions = []function{
	{name: "generate_series", sigs: "int, int -> any[]; int, int, int -> any[]; bigint, bigint -> any[]; bigint, bigint, bigint -> any[]; " +
		"decimal, decimal -> any[]; decimal, decimal, decimal -> any[]; ts, ts, interval -> any[]; tstz, tstz, interval -> any[]",
		ret: arrayOfFirst, kernel: newSeries, doc: "in FROM: the values from one to another by a step", example: "(SELECT SUM(x) FROM generate_series(1, 4) x) → 10"},
	{name: "generate_subscripts", sigs: "any[], int -> int[]", doc: "in FROM: the subscripts of an array", example: "(SELECT MAX(x) FROM generate_subscripts(ARRAY[5, 6], 1) x) → 2",
		kernel: strictly(func(c *call, i int) error {
			if d, k := c.dims(i), c.int(1, i); k >= 1 && k <= int64(len(d)) {
				for n := range d[k-1] {
					c.out.Kids[0].AppendInt(int64(n) + 1)
				}
			}
			return nil
		})},
	{name: "json_array_elements", sigs: "json -> any[]", ret: arrayOf(catalog.JSON), kernel: strictly(elementsOf(false)), doc: "in FROM: the elements of a JSON array",
		example: "(SELECT COUNT(*) FROM json_array_elements('[1,2]')) → 2"},
	{name: "json_array_elements_text", sigs: "json -> text[]", kernel: strictly(elementsOf(true)), doc: "in FROM: the elements of a JSON array as text",
		example: `(SELECT MAX(value) FROM json_array_elements_text('["a","b"]')) → b`},
	{name: "json_each", sigs: "json -> any[]", ret: pairsOf(catalog.JSON), kernel: strictly(membersOf(false)), doc: "in FROM: the members of a JSON object",
		example: `(SELECT MAX(key) FROM json_each('{"a":1,"b":2}')) → b`},
	{name: "json_each_text", sigs: "json -> any[]", ret: pairsOf(catalog.Varchar), kernel: strictly(membersOf(true)), doc: "in FROM: the members of a JSON object, values as text",
		example: `(SELECT MAX(value) FROM json_each_text('{"a":"x","b":"y"}')) → y`},
	{name: "json_object_keys", sigs: "json -> text[]", doc: "in FROM: the names of the members of a JSON object", example: `(SELECT MAX(x) FROM json_object_keys('{"a":1,"b":2}') x) → b`,
		kernel: strictly(func(c *call, i int) error {
			kind := jsonEach(c.str(0, i), func(k, _ []byte) bool {
				if k != nil {
					c.buf = jsonString(c.buf[:0], k)
					c.out.Kids[0].AppendBytes(c.buf)
				}
				return true
			})
			return needKind(kind, '{', "json_object_keys")
		})},
}

func arrayOfFirst(t []catalog.Type) (catalog.Type, error) { return catalog.ArrayOf(t[0]), nil }

func arrayOf(k catalog.Kind) func([]catalog.Type) (catalog.Type, error) {
	return func([]catalog.Type) (catalog.Type, error) { return catalog.ArrayOf(catalog.Of(k)), nil }
}

func pairsOf(k catalog.Kind) func([]catalog.Type) (catalog.Type, error) {
	return func([]catalog.Type) (catalog.Type, error) {
		return catalog.ArrayOf(catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{
			{Name: "key", Type: catalog.Of(catalog.Varchar)}, {Name: "value", Type: catalog.Of(k)}}}), nil
	}
}

// needKind is an error if a value is not the array or object that it must be.
func needKind(kind, want byte, fn string) error {
	switch {
	case kind == want:
		return nil
	case want == '{' && kind == '[':
		return sqlerr.New(sqlerr.InvalidParameterValue, "cannot call %s on an array", fn)
	case want == '{':
		return sqlerr.New(sqlerr.InvalidParameterValue, "cannot call %s on a scalar", fn)
	case kind == '{':
		return sqlerr.New(sqlerr.InvalidParameterValue, "cannot call %s on a non-array", fn)
	}
	return sqlerr.New(sqlerr.InvalidParameterValue, "cannot call %s on a scalar", fn)
}

// appendJSONTo adds a value to a column, as JSON or as text.
func (c *call) appendJSONTo(dst *exec.Column, v []byte, asText bool) {
	switch {
	case !asText:
		dst.AppendBytes(v)
	case jsonKind(v) == "null":
		dst.AppendNull()
	case v[0] == '"':
		c.buf = jsonString(c.buf[:0], v)
		dst.AppendBytes(c.buf)
	default:
		dst.AppendBytes(v)
	}
}

func elementsOf(asText bool) rowFunc {
	return func(c *call, i int) error {
		kind := jsonEach(c.str(0, i), func(k, v []byte) bool {
			if k == nil {
				c.appendJSONTo(c.out.Kids[0], v, asText)
			}
			return k == nil
		})
		return needKind(kind, '[', c.name)
	}
}

func membersOf(asText bool) rowFunc {
	return func(c *call, i int) error {
		pair := c.out.Kids[0]
		kind := jsonEach(c.str(0, i), func(k, v []byte) bool {
			if k != nil {
				c.buf = jsonString(c.buf[:0], k)
				pair.Kids[0].AppendBytes(c.buf)
				c.appendJSONTo(pair.Kids[1], v, asText)
				pair.EndStruct()
			}
			return k != nil
		})
		return needKind(kind, '{', c.name)
	}
}

func errZeroStep() error {
	return sqlerr.New(sqlerr.InvalidParameterValue, "step size cannot equal zero")
}

func errLongSeries() error {
	return sqlerr.New(sqlerr.ProgramLimitExceeded, "generate_series gives more than %d rows", maxSeries)
}

func newSeries(s *site) (exec.Eval, error) {
	switch s.types[0].Kind {
	case catalog.Decimal:
		return newCall(s, seriesOfDecimals, true), nil
	case catalog.Timestamp, catalog.TimestampLTZ:
		return newCall(s, seriesOfTimes, true), nil
	}
	return newCall(s, func(c *call, i int) error {
		v, to, step := c.int(0, i), c.int(1, i), int64(1)
		if len(c.args) == 3 {
			step = c.int(2, i)
		}
		if step == 0 {
			return errZeroStep()
		}
		for n := 0; step > 0 && v <= to || step < 0 && v >= to; n++ {
			if n == maxSeries {
				return errLongSeries()
			}
			c.out.Kids[0].AppendInt(v)
			next := v + step
			if (next > v) != (step > 0) {
				break
			}
			v = next
		}
		return nil
	}, true), nil
}

func seriesOfDecimals(c *call, i int) error {
	v, to, step := c.args[0].Dec[i], c.args[1].Dec[i], datum.DecimalFromInt64(1)
	if len(c.args) == 3 {
		step = c.args[2].Dec[i]
	}
	for k, d := range []datum.Decimal{v, to, step} {
		if what := [3]string{"start value", "stop value", "step size"}[k]; d.IsNaN() {
			return sqlerr.New(sqlerr.InvalidParameterValue, "%s cannot be NaN", what)
		} else if d.IsInf() {
			return sqlerr.New(sqlerr.InvalidParameterValue, "%s cannot be infinity", what)
		}
	}
	if step.IsZero() {
		return errZeroStep()
	}
	for n := 0; v.Cmp(to)*step.Sign() <= 0; n++ {
		if n == maxSeries {
			return errLongSeries()
		}
		c.out.Kids[0].AppendDecimal(v)
		var err error
		if v, err = v.Add(step); err != nil {
			return err
		}
	}
	return nil
}

func seriesOfTimes(c *call, i int) error {
	v, to, step := c.int(0, i), c.int(1, i), c.args[2].Ivl[i]
	sign := step.Cmp(datum.Interval{})
	if sign == 0 {
		return errZeroStep()
	}
	var zone *time.Location
	if c.types[0].Kind == catalog.TimestampLTZ {
		zone = c.env.Timezone
	}
	for n := 0; sign > 0 && v <= to || sign < 0 && v >= to; n++ {
		if n == maxSeries {
			return errLongSeries()
		}
		c.out.Kids[0].AppendInt(v)
		next, err := datum.AddIntervalIn(v, step, zone)
		if err != nil {
			return err
		}
		v = next
	}
	return nil
}
