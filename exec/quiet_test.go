package exec

import (
	"testing"
	"testing/synctest"
	"time"
)

// A LIMIT far from the source ends the query although nothing comes any more:
// neither the source nor the tasks between would notice by sending.
func TestLimitEndsAQuietQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGraph(GraphConfig{})
		src := &script{batches: []*Batch{intBatch(0, 1, 2, 3)}, open: true, tick: IdleTick}
		scan, one, two, last := g.Source("scan", src), g.Task("one"), g.Task("two"), g.Task("last")
		last.Add(&limit{left: 2})
		g.Connect(scan, []*Task{one, two}, 0, []int{0}, intBatch(0))
		g.Connect(one, []*Task{last}, 0, nil, intBatch(0))
		g.Connect(two, []*Task{last}, 0, nil, intBatch(0))
		pipe := NewPipe(intBatch(0))
		g.Sink(last, pipe)
		done := make(chan error, 1)
		go func() { done <- g.Run(t.Context()) }()
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("the query goes on after its limit")
		}
	})
}
