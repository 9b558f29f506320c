package pgwire

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// value is one column of the relation types: a type and a value of it, with
// the text that PostgreSQL prints for it and the expression that makes it there.
type value struct {
	name  string
	typ   catalog.Type
	write func(c *exec.Column)
	text  string
	sql   string
}

func ints(vs ...int64) func(*exec.Column) {
	return func(c *exec.Column) {
		for _, v := range vs {
			c.AppendInt(v)
		}
	}
}

func array(write func(*exec.Column)) func(*exec.Column) {
	return func(c *exec.Column) { write(c.Kids[0]); c.EndList() }
}

var values = []value{
	{"b", catalog.Of(catalog.Boolean), func(c *exec.Column) { c.AppendBool(true) }, "t", "true"},
	{"i2", catalog.Of(catalog.SmallInt), ints(-32768), "-32768", "(-32768)::int2"},
	{"i4", catalog.Of(catalog.Int), ints(-7), "-7", "-7"},
	{"i8", catalog.Of(catalog.BigInt), ints(9007199254740993), "9007199254740993", "9007199254740993"},
	{"f4", catalog.Of(catalog.Real), func(c *exec.Column) { c.AppendFloat(float64(float32(1.1))) }, "1.1", "1.1::real"},
	{"f8", catalog.Of(catalog.Double), func(c *exec.Column) { c.AppendFloat(1e20) }, "1e+20", "1e20::float8"},
	{"num", catalog.Of(catalog.Decimal), func(c *exec.Column) { c.AppendDecimal(datum.DecimalFromScaled(-1234500, 4)) }, "-123.4500", "-123.4500"},
	{"txt", catalog.Of(catalog.Varchar), func(c *exec.Column) { c.AppendString("a\tö\\\"") }, "a\tö\\\"", `E'a\tö\\"'`},
	{"raw", catalog.Of(catalog.Bytes), func(c *exec.Column) { c.AppendBytes([]byte{0, 255, 'a'}) }, `\x00ff61`, `'\x00ff61'::bytea`},
	{"d", catalog.Of(catalog.Date), ints(19723), "2024-01-01", "'2024-01-01'::date"},
	{"t", catalog.Of(catalog.Time), ints(45296789000), "12:34:56.789", "'12:34:56.789'::time"},
	{"ts", catalog.Of(catalog.Timestamp), ints(1704067200500000), "2024-01-01 00:00:00.5", "'2024-01-01 00:00:00.5'::timestamp"},
	{"tz", catalog.Of(catalog.TimestampLTZ), ints(1704067200000000), "2024-01-01 00:00:00+00", "'2024-01-01 00:00:00+00'::timestamptz"},
	{"iv", catalog.Of(catalog.Interval), func(c *exec.Column) {
		c.AppendInterval(datum.Interval{Months: -1, Days: 3})
	}, "-1 mons +3 days", "'-1 mons 3 days'::interval"},
	{"js", catalog.Of(catalog.JSON), func(c *exec.Column) { c.AppendString(`{"a": 1}`) }, `{"a": 1}`, `'{"a": 1}'::json`},
	{"inf", catalog.Of(catalog.Timestamp), ints(datum.TimestampInfinity), "infinity", "'infinity'::timestamp"},
	{"dinf", catalog.Of(catalog.Date), ints(datum.TimestampNegInfinity), "-infinity", "'-infinity'::date"},
	{"ai", catalog.ArrayOf(catalog.Of(catalog.Int)), array(func(c *exec.Column) {
		c.AppendInt(1)
		c.AppendNull()
		c.AppendInt(-3)
	}), "{1,NULL,-3}", "'{1,NULL,-3}'::int[]"},
	{"at", catalog.ArrayOf(catalog.Of(catalog.Varchar)), array(func(c *exec.Column) {
		for _, s := range []string{"a", "", "null", `b "c"`, `\`, "x,y", "{"} {
			c.AppendString(s)
		}
	}), `{a,"","null","b \"c\"","\\","x,y","{"}`, `ARRAY['a','','null','b "c"','\','x,y','{']`},
	{"atz", catalog.ArrayOf(catalog.Of(catalog.TimestampLTZ)), array(ints(1704067200000000)), `{"2024-01-01 00:00:00+00"}`,
		"ARRAY['2024-01-01 00:00:00+00'::timestamptz]"},
	{"empty", catalog.ArrayOf(catalog.Of(catalog.BigInt)), array(func(*exec.Column) {}), "{}", "'{}'::int8[]"},
	{"anum", catalog.ArrayOf(catalog.Of(catalog.Decimal)), array(func(c *exec.Column) {
		c.AppendDecimal(datum.DecimalFromScaled(150, 2))
	}), "{1.50}", "ARRAY[1.50]"},
	{"rw", catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{
		{Name: "x", Type: catalog.Of(catalog.Int)}, {Name: "y", Type: catalog.Of(catalog.Varchar)}, {Name: "z", Type: catalog.Of(catalog.Varchar)},
	}}, func(c *exec.Column) {
		c.Kids[0].AppendInt(1)
		c.Kids[1].AppendString(`a "b" \`)
		c.Kids[2].AppendNull()
		c.EndStruct()
	}, `{"x":1,"y":"a \"b\" \\","z":null}`, `row_to_json(r) FROM (SELECT 1 x, 'a "b" \' y, NULL::text z) r`},
}

func typesSchema() catalog.Schema {
	var s catalog.Schema
	for _, v := range values {
		s = append(s, catalog.Column{Name: v.name, Type: v.typ})
	}
	return s
}

// appendTypes adds a row of the values and a row of NULLs.
func appendTypes(b *exec.Batch) {
	for i, v := range values {
		v.write(b.Cols[i])
		b.Cols[i].AppendNull()
	}
	b.N = 2
}
