package op

import (
	"fmt"
	"slices"
	"testing"

	"github.com/penstock/penstock/exec"
)

// TestTableCollisions gives different keys one hash: they must stay apart by
// words, by tag (NULL is not the empty string) and by the bytes of long keys.
func TestTableCollisions(t *testing.T) {
	src := exec.NewColumn(exec.Strings)
	for i := range 4 {
		src.AppendString(fmt.Sprintf("a key that does not fit a slot %d", i%2))
	}
	ps := make([]probe, 4, 10)
	for i := range ps {
		ps[i].setBytes(src.Str(i))
	}
	ps = append(ps,
		probe{tag: 0}, probe{tag: 1}, probe{tag: 2},
		probe{k: [3]uint64{0, 0, 1}}, probe{k: [3]uint64{0, 1, 0}}, probe{tag: 1})
	for i := range ps {
		ps[i].h = 42
		if ps[i].long() {
			ps[i].k[0] = 42
		}
	}
	var tab table
	groups := make([]int32, len(ps))
	fresh := tab.find(ps, groups, nil, src, nil, 0)
	if want := []int32{0, 1, 0, 1, 2, 3, 4, 5, 6, 3}; !slices.Equal(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	if want := []int32{0, 1, 4, 5, 6, 7, 8}; !slices.Equal(fresh, want) {
		t.Errorf("fresh %v, want %v", fresh, want)
	}
	got := make([]int32, len(ps))
	tab.get(ps, got, src, nil, 0)
	if !slices.Equal(groups, got) {
		t.Errorf("get %v, find %v", got, groups)
	}
	other := exec.NewColumn(exec.Strings)
	other.AppendString("a key that does not fit a slot 2")
	unknown := []probe{{}}
	unknown[0].setBytes(other.Str(0))
	unknown[0].h, unknown[0].k[0] = 42, 42
	tab.get(unknown, got[:1], other, nil, 0)
	if got[0] != -1 {
		t.Errorf("an unknown key is in group %d", got[0])
	}
}

// TestTableReset keeps no group, and little memory after a giant.
func TestTableReset(t *testing.T) {
	var tab table
	groups := make([]int32, chunk)
	fill := func(n int) {
		for from := 0; from < n; from += chunk {
			ps := make([]probe, min(chunk, n-from))
			for i := range ps {
				ps[i].k[0] = uint64(from + i)
				ps[i].h = hashWords(&ps[i].k, 0)
			}
			tab.find(ps, groups, nil, nil, nil, 0)
		}
		if tab.n != n {
			t.Fatalf("%d groups of %d keys", tab.n, n)
		}
	}
	fill(100_000)
	big := len(tab.slots)
	tab.reset()
	if len(tab.slots) != big {
		t.Fatalf("%d slots after a table that was full", len(tab.slots))
	}
	fill(10)
	tab.reset()
	if len(tab.slots) != 0 {
		t.Fatalf("%d slots are kept for 10 groups", len(tab.slots))
	}
	fill(1000)
}

// TestPartialAdapts gathers few groups while rows do not meet their groups,
// and all that may be again once they do.
func TestPartialAdapts(t *testing.T) {
	const most = 3 * fewGroups
	a, err := NewAggregate(AggregateConfig{
		Keys: []Key{{Col: 0, Like: exec.NewColumn(exec.Ints)}}, Phase: Partial, MaxGroups: most,
	})
	if err != nil {
		t.Fatal(err)
	}
	next := int64(0)
	// feed gives batches of 1024 new keys, each repeated, until a flush.
	feed := func(times int) (groups int) {
		for groups == 0 {
			b := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Ints)}, N: 1024 * times}
			for range times {
				for k := range int64(1024) {
					b.Cols[0].AppendInt(next + k)
				}
			}
			next += 1024
			err := a.Process(t.Context(), 0, b, func(o *exec.Batch) error {
				groups += o.N
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return groups
	}
	for i, step := range []struct{ times, want int }{
		{1, most + 1024},      // has not seen yet that it does not pay
		{1, fewGroups + 1024}, // has
		{3, fewGroups + 1024}, // sees that it would
		{3, most + 1024},
		{1, most + 1024},
		{1, fewGroups + 1024},
	} {
		if got := feed(step.times); got != step.want {
			t.Errorf("flush %d has %d groups, want %d", i, got, step.want)
		}
	}
	sawMost := 0
	for range fullFlush {
		if feed(1) == most+1024 {
			sawMost++
		}
	}
	if sawMost != 1 {
		t.Errorf("tried the full size %d times in %d flushes", sawMost, fullFlush)
	}
}
