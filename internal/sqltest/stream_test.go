package sqltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/penstock/penstock/internal/sim"
)

// streamModel is TUMBLE over a partitioned stream, written by hand.
type streamModel struct {
	size, offset, delay int64
	tops                []int64 // by partition: the greatest time, or neverMillis
	open                map[windowKey]*windowSum
	late                int64
}

const neverMillis = -1 << 60

func (m *streamModel) watermark() int64 {
	return slices.Min(m.tops) - m.delay
}

// add takes a row and gives what comes out because of it.
func (m *streamModel) add(part int, k string, n, ts int64) []string {
	start := ts - ((ts-m.offset)%m.size+m.size)%m.size
	if m.watermark() >= start+m.size-1 {
		m.late++
	} else {
		s := m.open[windowKey{k, start}]
		if s == nil {
			s = &windowSum{}
			m.open[windowKey{k, start}] = s
		}
		s.count++
		s.bytes += n
	}
	m.tops[part] = max(m.tops[part], ts)
	return m.fire(m.watermark())
}

func (m *streamModel) fire(wm int64) []string {
	var out []string
	for k, s := range m.open {
		if wm >= k.start+m.size-1 {
			out = append(out, fmt.Sprintf("%s | %s | %d | %d", k.id, timeText(k.start), s.count, s.bytes))
			delete(m.open, k)
		}
	}
	slices.Sort(out)
	return out
}

// TestRandomStreams compares each step of random streams, late rows and all, with the
// model: what comes out, when, and what is counted as late.
func TestRandomStreams(t *testing.T) {
	for seed := range uint64(24) {
		way := sim.Ways[seed%uint64(len(sim.Ways))]
		t.Run(fmt.Sprintf("%d %s", seed, way.Name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomStream(t, rand.New(rand.NewPCG(seed/4, 9)), way) })
		})
	}
}

func randomStream(t *testing.T, r *rand.Rand, way sim.Way) {
	parts := 1 + r.IntN(3)
	m := &streamModel{size: 1000 * (1 + r.Int64N(10)), delay: 500 * r.Int64N(6), tops: slices.Repeat([]int64{neverMillis}, parts), open: map[windowKey]*windowSum{}}
	m.offset = r.Int64N(m.size)
	distinct := []string{"sum(n)", "sum(n) + 0 * count(DISTINCT n)"}[r.IntN(2)] // in two phases, and in one
	e, err := sim.NewEngine(way.Settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Exec(fmt.Sprintf(`CREATE TABLE t (k VARCHAR, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '%d' MILLISECOND) WITH ('connector' = 'test', 'partitions' = '%d')`, m.delay, parts)); err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	q, err := e.Start(fmt.Sprintf(`SELECT k, window_start, count(*), %s FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '%d' MILLISECOND, INTERVAL '%d' MILLISECOND) WHERE n < 9 GROUP BY k, window_start, window_end`,
		distinct, m.size, m.offset))
	if err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	now := make([]int64, parts) // partitions run at speeds of their own
	for step := range 120 {
		part := r.IntN(parts)
		now[part] += r.Int64N(1500) * int64(part+1)
		ts := now[part] - 3000*r.Int64N(2)*r.Int64N(3)
		k, n := string(rune('a'+r.IntN(3))), r.Int64N(10)
		e.Feeds.Append("t", part, fmt.Appendf(nil, `{"k":%q,"n":%d,"ts":%q}`, k, n, timeText(ts)))
		e.Settle()
		var want []string
		if n < 9 {
			want = m.add(part, k, n, ts)
		} else { // filtered out, and moves the watermark all the same
			m.tops[part] = max(m.tops[part], ts)
			want = m.fire(m.watermark())
		}
		got := q.Rows()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("step %d, %s at %s in partition %d, watermark %s:\n got %q\nwant %q", step, k, timeText(ts), part, timeText(m.watermark()), got, want)
		}
	}
	e.Feeds.End("t", -1)
	if err := q.Wait(); err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	got := q.Rows()
	slices.Sort(got)
	if want := m.fire(1 << 60); !slices.Equal(got, want) {
		t.Errorf("at the end:\n got %q\nwant %q", got, want)
	}
	if late := e.Local.Queries()[0].Late; late != m.late {
		t.Errorf("%d late rows, want %d", late, m.late)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// joinRow is a row of either side of a random join.
type joinRow struct{ id, k, ts int64 }

// TestRandomJoins compares interval and window joins of streams without late rows
// with a loop over all pairs.
func TestRandomJoins(t *testing.T) {
	kinds := []string{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}
	for seed := range uint64(32) {
		way := sim.Ways[seed%uint64(len(sim.Ways))]
		t.Run(fmt.Sprintf("%d %s", seed, way.Name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				randomJoin(t, rand.New(rand.NewPCG(seed/4, 11)), way, kinds[seed/4%4])
			})
		})
	}
}

func randomJoin(t *testing.T, r *rand.Rand, way sim.Way, kind string) {
	e, err := sim.NewEngine(way.Settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"l", "r"} {
		if _, err := e.Exec(fmt.Sprintf(`CREATE TABLE %s (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'test', 'partitions' = '2')`, name)); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
	}
	lower, upper := -r.Int64N(5000), r.Int64N(5000)
	cond := fmt.Sprintf("r.ts BETWEEN l.ts + INTERVAL '%d' MILLISECOND AND l.ts + INTERVAL '%d' MILLISECOND", lower, upper)
	match := func(a, b joinRow) bool { return a.k == b.k && b.ts >= a.ts+lower && b.ts <= a.ts+upper }
	from := "l %s r ON l.k = r.k AND %s"
	if r.IntN(2) == 0 {
		cond = "l.window_start = r.window_start AND l.window_end = r.window_end"
		from = "(SELECT * FROM TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '4' SECOND)) l %s (SELECT * FROM TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '4' SECOND)) r ON l.k = r.k AND %s"
		match = func(a, b joinRow) bool { return a.k == b.k && a.ts/4000 == b.ts/4000 }
	}
	q, err := e.Start("SELECT l.id, r.id FROM " + fmt.Sprintf(from, kind, cond))
	if err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	var sides [2][]joinRow
	now := int64(10_000)
	for i := range int64(100) {
		now += r.Int64N(900)
		row := joinRow{i, r.Int64N(4), now - r.Int64N(1900)}
		s := r.IntN(2)
		sides[s] = append(sides[s], row)
		e.Feeds.Append([]string{"l", "r"}[s], r.IntN(2), fmt.Appendf(nil, `{"id":%d,"k":%d,"ts":%q}`, row.id, row.k, timeText(row.ts)))
		e.Settle()
	}
	early := len(q.Values())
	e.Feeds.End("l", -1)
	e.Feeds.End("r", -1)
	if err := q.Wait(); err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	got := q.Rows()
	slices.Sort(got)
	want := joinAll(sides, match, strings.HasPrefix(kind, "LEFT") || strings.HasPrefix(kind, "FULL"), strings.HasPrefix(kind, "RIGHT") || strings.HasPrefix(kind, "FULL"))
	if !slices.Equal(got, want) {
		t.Errorf("%s on %s: missing %q, too many %q", kind, cond, minus(want, got), minus(got, want))
	}
	if early == 0 && len(want) > 10 {
		t.Errorf("none of %d rows came before the end", len(want))
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func joinAll(sides [2][]joinRow, match func(a, b joinRow) bool, left, right bool) []string {
	var out []string
	met := map[int64]bool{}
	for _, a := range sides[0] {
		for _, b := range sides[1] {
			if match(a, b) {
				met[a.id], met[b.id] = true, true
				out = append(out, fmt.Sprintf("%d | %d", a.id, b.id))
			}
		}
		if left && !met[a.id] {
			out = append(out, fmt.Sprintf("%d | NULL", a.id))
		}
	}
	for _, b := range sides[1] {
		if right && !met[b.id] {
			out = append(out, fmt.Sprintf("NULL | %d", b.id))
		}
	}
	slices.Sort(out)
	return out
}
