package op

import (
	"sync"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// MaxPins bounds the windows that are open at the same time and keep to a
// version of a lookup table each. Windows that began at the same version share
// its memory.
const MaxPins = 1 << 16

// windowSlack is how long before its end a window comes out: see windows.
const windowSlack = 1000

// Pins are the versions that the open windows of one Expand node keep to. All
// lanes of the node share them, for the rows of a window may come in any lane.
type Pins struct {
	mu    sync.Mutex
	open  map[exec.Time]pin
	lanes []*pinLane
}

type pin struct {
	f       exec.TableFunction
	release func()
}

// NewPins makes an empty one.
func NewPins() *Pins { return &Pins{open: map[exec.Time]pin{}} }

// pinLane is a lane's view of Pins.
type pinLane struct {
	pins *Pins
	f    exec.TableFunction
	at   exec.Time // the lane's watermark, under pins.mu
	// The window asked for last.
	end  exec.Time
	last exec.TableFunction
}

func (p *Pins) lane(f exec.TableFunction) *pinLane {
	l := &pinLane{pins: p, f: f, at: exec.MinTime}
	p.mu.Lock()
	p.lanes = append(p.lanes, l)
	p.mu.Unlock()
	return l
}

// function gives the function that answers for a window: the version that was
// current when any lane first asked. It stays until this lane's watermark has passed the window.
func (l *pinLane) function(end exec.Time) (exec.TableFunction, error) {
	if l.last != nil && l.end == end {
		return l.last, nil
	}
	p := l.pins
	p.mu.Lock()
	defer p.mu.Unlock()
	if addTime(end, -windowSlack) <= l.at {
		return l.f, nil // a late row: its window's version may be gone at any time
	}
	got, ok := p.open[end]
	if !ok {
		if len(p.open) >= MaxPins {
			return nil, sqlerr.New(sqlerr.OutOfMemory, "more than %d windows are open that keep to a version of a lookup table", MaxPins).
				Hint("Use larger windows, or let the watermark follow more closely.")
		}
		got = pin{f: l.f, release: func() {}}
		if v, can := l.f.(exec.Pinner); can {
			got.f, got.release = v.Pin()
		}
		p.open[end] = got
	}
	l.end, l.last = end, got.f
	return got.f, nil
}

// advance releases the windows that have ended in all lanes.
func (l *pinLane) advance(to exec.Time) {
	p := l.pins
	p.mu.Lock()
	defer p.mu.Unlock()
	l.at = to
	least := exec.MaxTime
	for _, lane := range p.lanes {
		least = min(least, lane.at)
	}
	for end, got := range p.open {
		if addTime(end, -windowSlack) <= least {
			got.release()
			delete(p.open, end)
		}
	}
	if l.last != nil && addTime(l.end, -windowSlack) <= to {
		l.last = nil
	}
}

// Close releases everything, at the end of the query.
func (p *Pins) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for end, got := range p.open {
		got.release()
		delete(p.open, end)
	}
	return nil
}
