package op

import (
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

// joinRow is a row of either side: key, number, seconds. A negative number
// stands for NULL.
type joinRow struct {
	port     int
	key      string
	v, at    int64
	advance  bool
	matching bool
}

func (r joinRow) String() string {
	v := fmt.Sprint(r.v)
	if r.v < 0 {
		v = "NULL"
	}
	return fmt.Sprintf("%s %s %s", r.key, v, optest.FormatTime(r.at*1e6))
}

const nullRow = "NULL NULL NULL"

// nested is the join as SQL defines it.
func nested(rows []joinRow, kind JoinKind, residual bool, bounds *JoinTime) []string {
	var out []string
	for i := range rows {
		l := &rows[i]
		for k := range rows {
			r := &rows[k]
			if l.advance || r.advance || l.port != 0 || r.port != 1 || l.key == "NULL" || l.key != r.key {
				continue
			}
			if residual && (l.v < 0 || r.v < 0 || l.v >= r.v) {
				continue
			}
			if bounds != nil && (r.at*1e6 < l.at*1e6+bounds.Lower || r.at*1e6 > l.at*1e6+bounds.Upper) {
				continue
			}
			l.matching, r.matching = true, true
			out = append(out, l.String()+" "+r.String())
		}
	}
	for _, r := range rows {
		switch {
		case r.advance || r.matching:
		case r.port == 0 && (kind == LeftJoin || kind == FullJoin):
			out = append(out, r.String()+" "+nullRow)
		case r.port == 1 && (kind == RightJoin || kind == FullJoin):
			out = append(out, nullRow+" "+r.String())
		}
	}
	slices.Sort(out)
	return out
}

// drawJoinRows draws rows none of which is late for the bounds.
func drawJoinRows(t *rapid.T, bounds *JoinTime) []joinRow {
	var rows []joinRow
	wm := int64(-1000)
	keys := []string{"a", "b", "abcdefghijklmnopqrstuvwxyz0123456789", "NULL"}
	for range rapid.IntRange(0, 50).Draw(t, "rows") {
		r := joinRow{
			port: rapid.IntRange(0, 1).Draw(t, "port"),
			key:  rapid.SampledFrom(keys).Draw(t, "key"),
			v:    rapid.Int64Range(-1, 5).Draw(t, "v"),
			at:   max(wm+1, rapid.Int64Range(0, 60).Draw(t, "at")),
		}
		if bounds != nil && rapid.IntRange(0, 5).Draw(t, "advance") == 0 {
			r.advance = true
			wm = r.at
		}
		rows = append(rows, r)
	}
	return rows
}

// TestJoinModel compares the join with nested loops.
func TestJoinModel(t *testing.T) {
	types := optest.ParseTypes("k:str v:int t:ts")
	outTypes := append(slices.Clone(types), types...)
	rapid.Check(t, func(t *rapid.T) {
		c := JoinConfig{
			Kind:     rapid.SampledFrom([]JoinKind{InnerJoin, LeftJoin, RightJoin, FullJoin}).Draw(t, "kind"),
			LeftKeys: []int{0}, RightKeys: []int{0},
			Left: optest.NewBatch(types).Cols, Right: optest.NewBatch(types).Cols,
		}
		residual := rapid.Bool().Draw(t, "residual")
		if residual {
			c.Residual = optest.Less(1, 4)
		}
		if rapid.Bool().Draw(t, "bounded") {
			lower := rapid.Int64Range(-20, 20).Draw(t, "lower")
			c.Time = &JoinTime{LeftCol: 2, RightCol: 2, Lower: lower * 1e6, Upper: (lower + rapid.Int64Range(0, 30).Draw(t, "span")) * 1e6}
		}
		rows := drawJoinRows(t, c.Time)
		j := NewJoin(c)
		var got []string
		wm := int64(-1 << 60)
		emit := func(b *exec.Batch) error {
			for i := range b.Rows() {
				r := b.Row(i)
				for _, at := range []*exec.Column{b.Cols[2], b.Cols[5]} {
					if c.Time != nil && !at.IsNull(r) && at.Int[r] <= wm-j.Delay() {
						t.Fatalf("row of %s comes %d µs behind the watermark", optest.FormatTime(at.Int[r]), wm-at.Int[r])
					}
				}
			}
			got = append(got, optest.Rows(b, outTypes)...)
			return nil
		}
		feedJoin(t, j, rows, types, emit, &wm)
		slices.Sort(got)
		want := nested(rows, c.Kind, residual, c.Time)
		if d := gocmp.Diff(want, got); d != "" {
			t.Fatalf("nested loops and join differ:\n%s", d)
		}
		if j.Late() != 0 {
			t.Fatalf("late %d", j.Late())
		}
	})
}

// feedJoin gives the rows in batches of random sizes.
func feedJoin(t *rapid.T, j *Join, rows []joinRow, types []optest.Type, emit exec.Emit, wm *int64) {
	for i := 0; i < len(rows); {
		if rows[i].advance {
			to := rows[i].at * 1e6
			if err := j.Advance(context.Background(), to, emit); err != nil {
				t.Fatal(err)
			}
			*wm = to
			i++
			continue
		}
		b := optest.NewBatch(types)
		port := rows[i].port
		for n := rapid.IntRange(1, 8).Draw(t, "n"); n > 0 && i < len(rows) && !rows[i].advance && rows[i].port == port; n-- {
			optest.AppendRow(b, types, rows[i].String())
			i++
		}
		if rapid.Bool().Draw(t, "junk") {
			b = optest.Junk(b)
		}
		if err := j.Process(context.Background(), port, b, emit); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Advance(context.Background(), exec.MaxTime, emit); err != nil {
		t.Fatal(err)
	}
}

// TestJoinForgets holds a join with time bounds to a state that does not grow,
// through many compactions, and to right pairs meanwhile.
func TestJoinForgets(t *testing.T) {
	types := optest.ParseTypes("k:int t:ts")
	j := NewJoin(JoinConfig{
		Kind: LeftJoin, LeftKeys: []int{0}, RightKeys: []int{0},
		Left: optest.NewBatch(types).Cols, Right: optest.NewBatch(types).Cols,
		Time: &JoinTime{LeftCol: 1, RightCol: 1, Lower: 0, Upper: 10e6},
	})
	pairs, alone := 0, 0
	emit := func(b *exec.Batch) error {
		for i := range b.Rows() {
			if b.Cols[2].IsNull(b.Row(i)) {
				alone++
			} else {
				pairs++
			}
		}
		return nil
	}
	const seconds, perSecond = 500, 100
	for s := range int64(seconds) {
		for port := range 2 {
			b := optest.NewBatch(types)
			for k := range int64(perSecond) {
				if port == 1 && k%2 == 0 { // the right has the odd keys only
					continue
				}
				b.Cols[0].AppendInt(s*perSecond + k)
				b.Cols[1].AppendInt((s+int64(port)*5)*1e6 + k*7919%1000*1000) // in no order
				b.N++
			}
			if err := j.Process(t.Context(), port, b, emit); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Advance(t.Context(), s*1e6-1, emit); err != nil {
			t.Fatal(err)
		}
		for port, side := range j.sides {
			if side.rows.N > 30*perSecond+2*BatchRows {
				t.Fatalf("side %d holds %d rows after %d s", port, side.rows.N, s)
			}
		}
	}
	if err := j.Advance(t.Context(), exec.MaxTime, emit); err != nil {
		t.Fatal(err)
	}
	if want := seconds * perSecond / 2; pairs != want || alone != want {
		t.Fatalf("%d pairs, %d alone, want %d of each", pairs, alone, want)
	}
	for port, side := range j.sides {
		if side.expiries.len() != 0 || side.deads != side.rows.N {
			t.Fatalf("side %d: %d rows live at the end", port, side.rows.N-side.deads)
		}
	}
}

// TestJoinResidualFault drops the pairs on which the residual fails, and only them.
func TestJoinResidualFault(t *testing.T) {
	types := optest.ParseTypes("k:int d:int")
	inverse := optest.Inverse(3)
	var told []string
	j := NewJoin(JoinConfig{
		Kind: LeftJoin, LeftKeys: []int{0}, RightKeys: []int{0},
		Left: optest.NewBatch(types).Cols, Right: optest.NewBatch(types).Cols,
		Residual: optest.Func(func(b *exec.Batch) (*exec.Column, error) {
			c, err := inverse.Eval(b)
			if err != nil {
				return nil, err
			}
			out := exec.NewColumn(exec.Bools)
			for i := range b.N {
				out.AppendBool(!c.IsNull(i) && c.Int[i] > 100)
			}
			return out, nil
		}),
		OnError: RowPolicy{Skip: true, Skipped: func(b *exec.Batch, e *exec.RowError) {
			told = append(told, fmt.Sprintf("%d: %v", b.Cols[1].Int[e.Row], e.Err))
		}},
	})
	var out []string
	emit := func(b *exec.Batch) error {
		out = append(out, optest.Rows(b, append(types, types...))...)
		return nil
	}
	for port, rows := range []string{"1 10\n2 20\n3 30", "1 0\n2 4\n2 0\n3 500"} {
		if err := j.Process(t.Context(), port, optest.Parse("k:int d:int", rows), emit); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Advance(t.Context(), exec.MaxTime, emit); err != nil {
		t.Fatal(err)
	}
	want := "2 20 2 4\n1 10 NULL NULL\n3 30 NULL NULL"
	if got := strings.Join(out, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d := gocmp.Diff([]string{"10: division by zero (22012)", "20: division by zero (22012)"}, told); d != "" {
		t.Error(d)
	}
}
