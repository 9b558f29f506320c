package exec

import "context"

// Output is where a task's rows and signals go. It is used by one goroutine.
type Output interface {
	// Write takes a batch, valid until it returns. ErrDone: no more wanted.
	Write(ctx context.Context, b *Batch) error
	// Watermark says that no earlier rows will come; see Packet.Idle.
	Watermark(ctx context.Context, to Time, idle bool) error
	Barrier(ctx context.Context, e Epoch) error
	// End says that nothing will come any more.
	End(ctx context.Context) error
}

// exchange sends rows over one or more edges: all to the only one, or by the
// hash of key columns. Rows are gathered per edge and sent when a packet is full,
// when a signal follows, so that it never overtakes them, or when the task has
// nothing more in hand (push), so that no row waits for the next.
type exchange struct {
	edges  []*edge
	keys   []int // nil: edges has one member
	filled []*Packet
	rows   int // a packet is sent when it holds this many
	hashes []uint64
	sels   [][]int32
}

func newExchange(edges []*edge, keys []int, rows int) *exchange {
	return &exchange{edges: edges, keys: keys, filled: make([]*Packet, len(edges)), rows: max(rows, 1), sels: make([][]int32, len(edges))}
}

func (x *exchange) Write(ctx context.Context, b *Batch) error {
	if len(x.edges) == 1 {
		return x.add(ctx, 0, b)
	}
	x.hashes = HashRows(x.hashes, b, x.keys)
	for i := range x.sels {
		x.sels[i] = x.sels[i][:0]
	}
	n := uint64(len(x.edges))
	for i := range b.Rows() {
		// The high bits choose the task: the low ones are the hash table's.
		t := (x.hashes[i] >> 32) % n
		x.sels[t] = append(x.sels[t], int32(b.Row(i)))
	}
	part := *b
	done := 0
	for t, sel := range x.sels {
		if len(sel) == 0 {
			continue
		}
		part.Sel = sel
		switch err := x.add(ctx, t, &part); err {
		case nil:
		case ErrDone:
			done++
		default:
			return err
		}
	}
	if done > 0 && x.allDone() {
		return ErrDone
	}
	return nil
}

func (x *exchange) allDone() bool {
	for _, e := range x.edges {
		select {
		case <-e.done:
		default:
			return false
		}
	}
	return true
}

func (x *exchange) add(ctx context.Context, t int, b *Batch) error {
	p := x.filled[t]
	if p == nil {
		var err error
		if p, err = x.edges[t].get(ctx); err != nil {
			return err
		}
		p.Kind = PacketRows
		x.filled[t] = p
	}
	b.AppendTo(p.Batch)
	if p.Batch.N >= x.rows {
		x.flush(t)
	}
	return nil
}

func (x *exchange) flush(t int) {
	if p := x.filled[t]; p != nil {
		x.filled[t] = nil
		x.edges[t].send(p)
	}
}

// push sends what has been gathered.
func (x *exchange) push() {
	for t := range x.edges {
		x.flush(t)
	}
}

func (x *exchange) control(ctx context.Context, kind PacketKind, to Time, idle bool, ep Epoch) error {
	for t, e := range x.edges {
		x.flush(t)
		if err := e.control(ctx, kind, to, idle, ep); err != nil {
			return err
		}
	}
	return nil
}

func (x *exchange) Watermark(ctx context.Context, to Time, idle bool) error {
	return x.control(ctx, PacketWatermark, to, idle, 0)
}

func (x *exchange) Barrier(ctx context.Context, e Epoch) error {
	return x.control(ctx, PacketBarrier, 0, false, e)
}

func (x *exchange) End(ctx context.Context) error {
	return x.control(ctx, PacketEnd, 0, false, 0)
}

// sinkOutput is the end of the road. A barrier or the end of input flushes the
// sink before it is reported, for the rows before it must be durable.
type sinkOutput struct {
	sink Sink
	ack  func(Epoch)
}

func (s *sinkOutput) Write(ctx context.Context, b *Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	return s.sink.Write(ctx, b)
}

func (s *sinkOutput) Watermark(context.Context, Time, bool) error { return nil }

func (s *sinkOutput) Barrier(ctx context.Context, e Epoch) error {
	if err := s.sink.Flush(ctx); err != nil {
		return err
	}
	if s.ack != nil {
		s.ack(e)
	}
	return nil
}

func (s *sinkOutput) End(ctx context.Context) error { return s.sink.Flush(ctx) }
