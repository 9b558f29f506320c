package exec

import (
	"testing"
	"time"
)

// growing is a source's splits, to which the test adds.
type growing struct {
	ids    []int32
	behind map[int32]bool
}

func (g *growing) Splits() []int32        { return g.ids }
func (g *growing) CaughtUp(id int32) bool { return !g.behind[id] }
func (g *growing) Ended(int32) bool       { return false }

// TestNewSplits: a split that comes later holds the watermark back until it has
// spoken or counts as idle. The chain behind sees to it that it never goes back.
func TestNewSplits(t *testing.T) {
	now := time.Unix(1000, 0)
	g := newWatermarkGen(WatermarkSpec{IdleTimeout: 10 * time.Second}, func() time.Time { return now })
	src := &growing{ids: []int32{0}, behind: map[int32]bool{}}
	see := func(split int32, at Time) {
		b := &Batch{Cols: []*Column{NewColumn(Ints)}, N: 1, Split: split}
		b.Cols[0].AppendInt(at)
		g.touch(split)
		g.observe(b)
	}
	expect := func(what string, want Time) {
		t.Helper()
		g.watch(src)
		if wm, _ := g.current(src); wm != want {
			t.Errorf("%s: %d, not %d", what, wm, want)
		}
	}
	see(0, 100)
	expect("one split", 100)
	src.ids = append(src.ids, 5)
	expect("a new one that is silent", MinTime)
	see(5, 40)
	expect("a new one that has spoken", 40)
	now = now.Add(time.Minute)
	see(0, 200)
	expect("idle, and so passed over", 200)
	src.behind[5] = true
	expect("silent because it cannot be read", 40)
	src.behind[5] = false
	src.ids = append(src.ids, 6)
	expect("another", MinTime)
	now = now.Add(9 * time.Second)
	see(0, 300)
	expect("not yet idle", MinTime)
	now = now.Add(time.Second)
	expect("idle without a word", 300)
}
