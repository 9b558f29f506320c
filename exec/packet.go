package exec

import "context"

// EdgeDepth is how many packets may be under way on one edge between two
// tasks. When all are, the sender waits: back-pressure reaches the source.
const EdgeDepth = 4

// PacketKind tells what a Packet carries.
type PacketKind uint8

// The kinds.
const (
	PacketRows PacketKind = iota
	PacketWatermark
	PacketBarrier
	PacketEnd
)

// Packet is a message on an edge. Packets belong to their edge and are used
// again: the receiving task releases each once it has been handled.
type Packet struct {
	Kind  PacketKind
	Batch *Batch // PacketRows
	Time  Time   // PacketWatermark
	// Idle, with PacketWatermark: the input does not hold the watermark back;
	// Time is then the clock's watermark, for when all inputs are idle.
	Idle  bool
	Epoch Epoch // PacketBarrier
	edge  *edge
}

// Input is the number of the edge at the receiving task.
func (p *Packet) Input() int { return p.edge.input }

func (p *Packet) release() {
	if p.Batch != nil {
		p.Batch.Reset()
	}
	p.edge.free <- p // never blocks: the channel holds all packets of the edge
}

// edge is a bounded one-way road from one task to one input of another.
type edge struct {
	to    chan *Packet // shared by all edges into the task
	input int
	free  chan *Packet
	// done is closed by the receiver when it wants no more rows; wake tells a
	// sender that has nothing to send of it (see Task.wake).
	done chan struct{}
	wake chan struct{}
}

// refuse says that the receiver wants no more rows.
func (e *edge) refuse() {
	close(e.done)
	select {
	case e.wake <- struct{}{}:
	default: // the sender has been told of another edge and will look at all of them
	}
}

func newEdge(to chan *Packet, input int, layout *Batch) *edge {
	e := &edge{to: to, input: input, free: make(chan *Packet, EdgeDepth), done: make(chan struct{})}
	for range EdgeDepth {
		p := &Packet{edge: e}
		if layout != nil {
			p.Batch = layout.Like()
		}
		e.free <- p
	}
	return e
}

// get takes a free packet, waiting for one. It returns ErrDone when the
// receiver wants no more.
func (e *edge) get(ctx context.Context) (*Packet, error) {
	select {
	case <-e.done:
		return nil, ErrDone
	default:
	}
	select {
	case p := <-e.free:
		return p, nil
	case <-e.done:
		return nil, ErrDone
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// send hands over a packet got from get. The channel has room for every packet
// of every edge, so it does not block.
func (e *edge) send(p *Packet) { e.to <- p }

// control sends a packet without rows.
func (e *edge) control(ctx context.Context, kind PacketKind, to Time, idle bool, ep Epoch) error {
	p, err := e.get(ctx)
	if err != nil {
		if err == ErrDone {
			return nil
		}
		return err
	}
	p.Kind, p.Time, p.Idle, p.Epoch = kind, to, idle, ep
	e.send(p)
	return nil
}
