package op

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// values are some values of each type, in texts that are equal exactly when
// the values are.
var values = map[string][]string{
	"bool":          {"true", "false", "NULL"},
	"int":           {"0", "1", "-1", "9223372036854775807", "-9223372036854775808", "NULL"},
	"float":         {"0", "1.5", "-1e+300", "NaN", "+Inf", "NULL"},
	"dec":           {"0", "1.5", "-1.5", "100", "NaN", "inf", "NULL"},
	"ivl":           {"0/0/0", "1/0/0", "0/1/0", "0/0/-1", "NULL"},
	"str":           {"''", "a", "ab", "abc", "abcdefgh", "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy", "abcdefghijklmnopqrstuvwxyz0123456789", "NULL"},
	"list(int)":     {"[]", "[1]", "[1,NULL]", "[NULL]", "NULL"},
	"row(int,str)":  {"{1,a}", "{NULL,a}", "{1,NULL}", "NULL"},
	"map(str,bool)": {"<>", "<a=true>", "<a=NULL>", "NULL"},
}

// keyTypes draws one to four types.
func keyTypes(t *rapid.T) []string {
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	slices.Sort(names)
	return rapid.SliceOfN(rapid.SampledFrom(names), 1, 4).Draw(t, "types")
}

// event is a row or, where keys is nil, a watermark.
type event struct {
	keys []string
	v    int64
	at   int64 // seconds
}

func drawEvents(t *rapid.T, types []string) []event {
	var es []event
	wm := int64(-1000)
	for range rapid.IntRange(0, 60).Draw(t, "events") {
		at := rapid.Int64Range(-50, 100).Draw(t, "at")
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			wm = max(wm, at)
			es = append(es, event{at: wm})
			continue
		}
		e := event{v: rapid.Int64Range(0, 9).Draw(t, "v"), at: at, keys: []string{}}
		for _, ty := range types {
			e.keys = append(e.keys, rapid.SampledFrom(values[ty]).Draw(t, "key"))
		}
		es = append(es, e)
	}
	return es
}

// model is the aggregation a row at a time, with maps: Flink's rule is that a
// row is late once watermark >= window_end - 1 ms.
func model(es []event, size, offset int64) (out []string, late int64) {
	type group struct {
		line   string
		n, sum int64
	}
	type window struct {
		end    int64
		groups []*group
	}
	var open []*window
	fire := func(wm int64) {
		slices.SortStableFunc(open, func(a, b *window) int { return cmp.Compare(a.end, b.end) })
		for len(open) > 0 && open[0].end*1e6-1000 <= wm {
			for _, g := range open[0].groups {
				out = append(out, fmt.Sprintf("%s %d %d", g.line, g.n, g.sum))
			}
			open = open[1:]
		}
	}
	wm := int64(-1 << 62)
	for _, e := range es {
		if e.keys == nil {
			wm = e.at * 1e6
			fire(wm)
			continue
		}
		start := offset
		for start > e.at {
			start -= size
		}
		for start+size <= e.at {
			start += size
		}
		if (start+size)*1e6-1000 <= wm {
			late++
			continue
		}
		i := slices.IndexFunc(open, func(w *window) bool { return w.end == start+size })
		if i < 0 {
			i = len(open)
			open = append(open, &window{end: start + size})
		}
		line := fmt.Sprintf("%s %s %s", optest.FormatTime(start*1e6), optest.FormatTime((start+size)*1e6), strings.Join(e.keys, " "))
		k := slices.IndexFunc(open[i].groups, func(g *group) bool { return g.line == line })
		if k < 0 {
			k = len(open[i].groups)
			open[i].groups = append(open[i].groups, &group{line: line})
		}
		open[i].groups[k].n++
		open[i].groups[k].sum += e.v
	}
	fire(1 << 62)
	return out, late
}

// play gives the events to an operator in batches of random sizes, and watermarks
// to it and to next, which takes what it emits; it returns the last one's rows.
func play(t *rapid.T, es []event, types []string, outTypes []optest.Type, op, next exec.Operator) []string {
	header := make([]optest.Type, 0, len(types)+2)
	for _, ty := range types {
		header = append(header, optest.ParseType(ty))
	}
	header = append(header, optest.ParseType("int"), optest.ParseType("ts"))
	ctx := context.Background()
	var out []string
	collect := func(b *exec.Batch) error {
		out = append(out, optest.Rows(b, outTypes)...)
		return nil
	}
	emit := collect
	if next != nil {
		emit = func(b *exec.Batch) error { return next.Process(ctx, 0, b, collect) }
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	b := optest.NewBatch(header)
	flush := func() {
		if rapid.Bool().Draw(t, "junk") && b.N > 0 {
			b = optest.Junk(b)
		}
		check(op.Process(ctx, 0, b, emit))
		b = optest.NewBatch(header)
	}
	advance := func(to exec.Time) {
		flush()
		check(op.Advance(ctx, to, emit))
		if next != nil {
			check(next.Advance(ctx, to, collect))
		}
	}
	for _, e := range es {
		if e.keys == nil {
			advance(e.at * 1e6)
			continue
		}
		line := strings.Join(e.keys, " ") + fmt.Sprintf(" %d %s", e.v, optest.FormatTime(e.at*1e6))
		optest.AppendRow(b, header, line)
		if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
			flush()
		}
	}
	advance(exec.MaxTime)
	return out
}

func aggregateOf(t *rapid.T, types []string, phase Phase, size, offset int64, maxGroups int) (*Aggregate, []optest.Type) {
	ts, in := optest.ParseType("ts"), optest.ParseType("int")
	outs := []optest.Type{ts, ts}
	c := AggregateConfig{Phase: phase, MaxGroups: maxGroups}
	for i, name := range types {
		ty := optest.ParseType(name)
		outs = append(outs, ty)
		col := i
		if phase == Final {
			col += 2
		}
		c.Keys = append(c.Keys, Key{Col: col, Like: ty.New()})
	}
	v := len(types)
	c.Aggs = []AggSpec{
		{New: func() exec.Aggregate { return &optest.Count{} }, Filter: -1, Result: in.New()},
		{New: func() exec.Aggregate { return &optest.Sum{} }, Args: []int{v}, Filter: -1, Result: in.New()},
	}
	c.Window = Window{Kind: Tumble, Time: v + 1, Size: size * 1e6, Offset: offset * 1e6}
	if phase == Final {
		c.Window = Window{Kind: Attached, Start: 0, End: 1}
	}
	a, err := NewAggregate(c)
	if err != nil {
		t.Fatal(err)
	}
	return a, append(outs, in, in)
}

// TestAggregateModel compares with the model: rows, their order, late counts.
func TestAggregateModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types := keyTypes(t)
		es := drawEvents(t, types)
		size := rapid.Int64Range(1, 40).Draw(t, "size")
		offset := rapid.Int64Range(-30, 30).Draw(t, "offset")
		want, late := model(es, size, offset)
		a, outs := aggregateOf(t, types, Single, size, offset, 0)
		got := play(t, es, types, outs, a, nil)
		if d := gocmp.Diff(want, got); d != "" {
			t.Fatalf("model and aggregate differ:\n%s", d)
		}
		if a.Late() != late {
			t.Fatalf("late %d, want %d", a.Late(), late)
		}
	})
}

// TestTwoPhases compares partial and final with a single phase, where no row
// is late; the partial flushes early at a random bound. Groups may come in another order.
func TestTwoPhases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		types := keyTypes(t)
		var es []event
		wm := int64(-1000)
		for _, e := range drawEvents(t, types) {
			if e.keys != nil {
				e.at = max(e.at, wm+1)
			} else {
				wm = e.at
			}
			es = append(es, e)
		}
		size := rapid.Int64Range(1, 40).Draw(t, "size")
		want, late := model(es, size, 0)
		partial, _ := aggregateOf(t, types, Partial, size, 0, rapid.IntRange(1, 8).Draw(t, "max"))
		final, outs := aggregateOf(t, types, Final, size, 0, 0)
		got := play(t, es, types, outs, partial, final)
		if late != 0 || final.Late() != 0 {
			t.Fatalf("late %d, %d", late, final.Late())
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := gocmp.Diff(want, got); d != "" {
			t.Fatalf("one and two phases differ:\n%s", d)
		}
	})
}
