package expr

import (
	"fmt"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/planner/plan"
)

// benchRows is the size of a batch in the benchmarks.
const benchRows = 1024

// benchBatch has the columns that the benchmarked expressions speak of: 0 and 1
// BIGINT, 2 and 3 DOUBLE, 4 TIMESTAMP text of milliseconds, 5 TIMESTAMP, 6 a short
// text, 7 a URL, 8 DECIMAL, 9 BIGINT with NULLs.
func benchBatch() *exec.Batch {
	types := benchTypes()
	b := &exec.Batch{N: benchRows, Split: -1}
	for _, t := range types {
		b.Cols = append(b.Cols, exec.NewColumnOf(t))
	}
	start := time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC)
	for i := range benchRows {
		ts := start.Add(time.Duration(i) * 17 * time.Millisecond)
		b.Cols[0].AppendInt(int64(i * 7919 % 1000))
		b.Cols[1].AppendInt(int64(i*31%97 + 1))
		b.Cols[2].AppendFloat(float64(i) * 1.25)
		b.Cols[3].AppendFloat(float64(i%17) + 0.5)
		b.Cols[4].AppendString(ts.Format("2006-01-02T15:04:05.000Z"))
		b.Cols[5].AppendInt(ts.UnixMicro())
		b.Cols[6].AppendString([]string{"apple", "google", "baidu", "other"}[i%4])
		b.Cols[7].AppendString(fmt.Sprintf("https://www.example.com/item.htm?query=%d&channel_id=%d", i, i*7))
		b.Cols[8].AppendDecimal(datum.DecimalFromScaled(int64(i*13+1), 2))
		if i%10 == 0 {
			b.Cols[9].AppendNull()
		} else {
			b.Cols[9].AppendInt(int64(i))
		}
	}
	return b
}

func benchTypes() []catalog.Type {
	var types []catalog.Type
	for _, k := range []catalog.Kind{catalog.BigInt, catalog.BigInt, catalog.Double, catalog.Double, catalog.Varchar, catalog.Timestamp, catalog.Varchar,
		catalog.Varchar, catalog.Decimal, catalog.BigInt} {
		types = append(types, catalog.Of(k))
	}
	return types
}

func BenchmarkEval(b *testing.B) {
	types := benchTypes()
	col := func(i int) plan.Expr { return &plan.Col{Index: i, T: types[i]} }
	lit := func(k catalog.Kind, text string) plan.Expr { return &plan.Const{T: catalog.Of(k), Text: text} }
	cast := func(x plan.Expr, t catalog.Type) plan.Expr { return &plan.Cast{X: x, T: t} }
	call := func(fn string, args ...plan.Expr) plan.Expr { return callOf(b, fn, args...) }
	text := catalog.Of(catalog.Varchar)
	for _, c := range []struct {
		name string
		e    plan.Expr
	}{
		{"bigint=const", call("=", col(0), lit(catalog.BigInt, "123"))},
		{"bigint<bigint", call("<", col(0), col(1))},
		{"double>const", call(">", col(2), lit(catalog.Double, "500"))},
		{"text=const", call("=", col(6), lit(catalog.Varchar, "apple"))},
		{"bigint+const", call("+", col(0), lit(catalog.BigInt, "5"))},
		{"bigint+bigint", call("+", col(0), col(1))},
		{"bigint+bigintnull", call("+", col(0), col(9))},
		{"bigint*bigint", call("*", col(0), col(1))},
		{"bigint/bigint", call("/", col(0), col(1))},
		{"bigint%const", call("%", col(0), lit(catalog.BigInt, "123"))},
		{"double*const", call("*", col(2), lit(catalog.Double, "0.908"))},
		{"decimal*const", call("*", col(8), lit(catalog.Decimal, "0.908"))},
		{"decimal+decimal", call("+", col(8), col(8))},
		{"and", call("and", call(">", col(0), lit(catalog.BigInt, "100")), call("<", col(2), lit(catalog.Double, "900")))},
		{"case", &plan.Case{Whens: []plan.When{{Cond: call("=", col(6), lit(catalog.Varchar, "apple")), Then: lit(catalog.Varchar, "0")}},
			Else: col(6), T: text}},
		{"casttextts", cast(col(4), catalog.Of(catalog.Timestamp))},
		{"casttextts3", cast(col(4), catalog.Of(catalog.Timestamp).WithFrac(3))},
		{"casttstext", cast(col(5), text)},
		{"castbiginttext", cast(col(0), text)},
		{"castbigintdouble", cast(col(0), catalog.Of(catalog.Double))},
		{"ts-interval", call("-", col(5), lit(catalog.Interval, "5 seconds"))},
		{"like", call("like", col(7), lit(catalog.Varchar, "%channel_id=7%"))},
		{"in", call("in", col(6), lit(catalog.Varchar, "baidu"), lit(catalog.Varchar, "facebook"))},
		{"lower", call("lower", col(7))},
		{"concat", call("||", col(6), col(6))},
		{"split_index", call("split_index", col(7), lit(catalog.Varchar, "/"), lit(catalog.Int, "3"))},
		{"regexp_extract", call("regexp_extract", col(7), lit(catalog.Varchar, "(&|^)channel_id=([^&]*)"), lit(catalog.Int, "2"))},
		{"date_format", call("date_format", col(5), lit(catalog.Varchar, "yyyy-MM-dd"))},
		{"hour", call("hour", col(5))},
		{"count_char", call("count_char", col(7), lit(catalog.Varchar, "c"))},
		{"coalesce", call("coalesce", col(9), lit(catalog.BigInt, "0"))},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := Compile(c.e, testEnv())
			if err != nil {
				b.Fatal(err)
			}
			batch := benchBatch()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := n.Eval(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

func BenchmarkAggregate(b *testing.B) {
	batch := benchBatch()
	types := benchTypes()
	groups := make([]int32, benchRows)
	for i := range groups {
		groups[i] = int32(i * 7919 % 1000)
	}
	big, intT := catalog.Of(catalog.BigInt), catalog.Of(catalog.Int)
	for _, c := range []struct {
		name, fn string
		arg      int
		typ, ret catalog.Type
		distinct bool
	}{
		{"count", "count", -1, big, big, false},
		{"count(x)", "count", 9, types[9], big, false},
		{"sum(int)", "sum", 0, intT, big, false},
		{"sum(bigint)", "sum", 0, big, catalog.Of(catalog.Decimal), false},
		{"sum(double)", "sum", 2, types[2], types[2], false},
		{"sum(decimal)", "sum", 8, types[8], types[8], false},
		{"max(bigint)", "max", 0, big, big, false},
		{"max(text)", "max", 7, types[7], types[7], false},
		{"count(distinctbigint)", "count", 0, big, big, true},
		{"count(distincttext)", "count", 7, types[7], big, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			var args []*exec.Column
			var argTypes []catalog.Type
			if c.arg >= 0 {
				args, argTypes = batch.Cols[c.arg:c.arg+1], []catalog.Type{c.typ}
			}
			a, err := NewAggregate(c.fn, argTypes, c.ret, c.distinct)
			if err != nil {
				b.Fatal(err)
			}
			a.Resize(1000)
			b.ReportAllocs()
			for b.Loop() {
				if err := a.Update(groups, args, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

// BenchmarkTemplates are the functions that read or write by a pattern, which is
// constant and so compiled once.
func BenchmarkTemplates(b *testing.B) {
	ts := catalog.Of(catalog.Timestamp)
	text := func(s string) *plan.Const { return &plan.Const{T: catalog.Of(catalog.Varchar), Text: s} }
	for _, c := range []struct {
		fn, pattern string
		in, out     catalog.Type
	}{
		{"to_char", "YYYY-MM-DD HH24:MI:SS.MS", ts, catalog.Of(catalog.Varchar)},
		{"to_char", "FM999G999D00", catalog.Of(catalog.Double), catalog.Of(catalog.Varchar)},
		{"date_format", "yyyy-MM-dd HH:mm:ss.SSS", ts, catalog.Of(catalog.Varchar)},
	} {
		b.Run(c.fn+" "+c.pattern, func(b *testing.B) {
			col := exec.NewColumnOf(c.in)
			for i := range 1024 {
				if col.Layout == exec.Floats {
					col.AppendFloat(float64(i) * 12.34)
				} else {
					col.AppendInt(1714262400000000 + int64(i)*1234567)
				}
			}
			batch := &exec.Batch{Cols: []*exec.Column{col}, N: 1024}
			e, err := Compile(&plan.Call{Fn: c.fn, Args: []plan.Expr{&plan.Col{T: c.in}, text(c.pattern)}, T: c.out}, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Eval(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
		})
	}
}

// BenchmarkTwentyAggregates is one batch into a hundred groups of twenty aggregates.
func BenchmarkTwentyAggregates(b *testing.B) {
	d, n := catalog.Of(catalog.Double), catalog.Of(catalog.Int)
	floats, ints := exec.NewColumnOf(d), exec.NewColumnOf(n)
	groups := make([]int32, 1024)
	for i := range groups {
		floats.AppendFloat(float64(i) / 3)
		ints.AppendInt(int64(i * 7))
		groups[i] = int32(i % 100)
	}
	var aggs []exec.Aggregate
	var args [][]*exec.Column
	add := func(name string, ret catalog.Type, types []catalog.Type, cols ...*exec.Column) {
		a, err := NewAggregate(name, types, ret, false)
		if err != nil {
			b.Fatal(err)
		}
		a.Resize(100)
		aggs, args = append(aggs, a), append(args, cols)
	}
	for _, name := range []string{"sum", "avg", "min", "max", "stddev_samp", "var_pop"} {
		add(name, d, []catalog.Type{d}, floats)
	}
	for _, name := range []string{"corr", "regr_slope", "covar_pop", "regr_r2"} {
		add(name, d, []catalog.Type{d, d}, floats, floats)
	}
	for _, name := range []string{"min", "max", "bit_and", "bit_or", "bit_xor", "last_value", "first_value"} {
		add(name, n, []catalog.Type{n}, ints)
	}
	add("sum", catalog.Of(catalog.BigInt), []catalog.Type{n}, ints)
	add("avg", catalog.Of(catalog.Decimal), []catalog.Type{n}, ints)
	add("count", catalog.Of(catalog.BigInt), nil)
	b.ReportAllocs()
	for b.Loop() {
		for i, a := range aggs {
			if err := a.Update(groups, args[i], nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
}
