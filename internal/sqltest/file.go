package sqltest

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/internal/sim"
)

// lane is one way's bubble, which takes commands from the outside.
type lane struct {
	way     sim.Way
	in      chan *command
	out     chan string
	stopped chan struct{}
}

// RunFile runs a file of commands (see runner) in all sim.Ways.
func RunFile(t *testing.T, path string) {
	var wg sync.WaitGroup
	lanes := make([]*lane, len(sim.Ways))
	for i, w := range sim.Ways {
		l := &lane{w, make(chan *command), make(chan string), make(chan struct{})}
		lanes[i] = l
		wg.Go(func() {
			defer close(l.stopped)
			synctest.Test(t, func(t *testing.T) { l.serve(t, i == 0) })
		})
	}
	defer wg.Wait()
	defer func() {
		for _, l := range lanes {
			close(l.in)
		}
	}()
	datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
		c := &command{d.Cmd, d.Input, d.CmdArgs, d.Pos}
		for _, l := range lanes {
			select {
			case l.in <- c:
			case <-l.stopped:
				t.Fatalf("%s: the engine %q has died", d.Pos, l.way.Name)
			}
		}
		answers := make([]string, len(lanes))
		for i, l := range lanes {
			select {
			case answers[i] = <-l.out:
			case <-l.stopped:
				t.Fatalf("%s: the engine %q has died", d.Pos, l.way.Name)
			}
			if answers[i] != answers[0] && d.Cmd != "plan" {
				t.Errorf("%s: %s: %q prints\n%s\nbut %q\n%s", d.Pos, d.Cmd, l.way.Name, answers[i], lanes[0].way.Name, answers[0])
			}
		}
		return answers[0]
	})
}

// serve runs commands until there are no more.
func (l *lane) serve(t *testing.T, first bool) {
	e, err := sim.NewEngine(l.way.Settings)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{e: e, first: first}
	for c := range l.in {
		l.out <- r.run(c)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
}
