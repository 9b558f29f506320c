package build

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of rejects.
const (
	// RejectQueue is how many rejects of a query may wait for their table; the
	// task that finds one more waits.
	RejectQueue = 1024
	// RejectQueueBytes is how many bytes of records they may hold together; one
	// longer than that is still taken.
	RejectQueueBytes = 64 << 20
	// rejectBatch is how many are written at a time.
	rejectBatch = 256
	// RejectFlush is how long a reject may wait in the table's own buffers.
	RejectFlush = time.Second
	// rejectPatience bounds the last writing when the query has ended.
	rejectPatience = 10 * time.Second
	// MaxRejectError is the most bytes kept of an error's text.
	MaxRejectError = 4096
)

// The stages at which a record or row can be rejected.
const (
	StageDecode     = "decode"
	StageExpression = "expression"
	StageLookup     = "lookup"
	StageRPC        = "rpc"
	StageLate       = "late"
	StageEventTime  = "event-time"
)

// NoPlace is the Partition and Offset of what has none.
const NoPlace = -1

// Rejected is a record that could not be read or a row that could not be used.
type Rejected struct {
	Stage string
	// Err is why; its text and SQLSTATE are kept.
	Err error
	// Topic, Partition and Offset are the record's place: of a file its path, and
	// the line. "" and NoPlace where it is not known.
	Topic             string
	Partition, Offset int64
	// Timestamp is the record's, in microseconds; MinTime: none.
	Timestamp exec.Time
	// Raw is the record's value as it was, or the row as JSON; nil: null.
	Raw []byte
}

// Rejects writes what the stages of one query reject into its reject table. It
// has a bounded queue and one goroutine, which the query's graph runs.
type Rejects struct {
	table *catalog.Table
	sink  exec.Sink
	log   *slog.Logger
	cols  []rejectColumn
	batch *exec.Batch

	queue chan Rejected
	// pending are the bytes in the queue; room is filled when some have left it.
	pending atomic.Int64
	room    chan struct{}
	// over is closed when the query is stopped or the table has failed: nobody
	// waits for the queue any more.
	over     chan struct{}
	overOnce sync.Once
	mu       sync.Mutex // guards finished against a send on the closed queue
	finished bool
	senders  sync.WaitGroup

	// Written and Lost count the rejects that the table took, and those that came
	// while it could not.
	Written, Lost atomic.Int64
}

// rejectColumn appends one column of a reject.
type rejectColumn func(c *exec.Column, x *Rejected)

// orNull appends a number unless it stands for none.
func orNull(c *exec.Column, n, none int64) {
	if n == none {
		c.AppendNull()
	} else {
		c.AppendInt(n)
	}
}

// rejectColumns are the columns that a reject table may have.
var rejectColumns = []struct {
	name  string
	types []catalog.Kind
	add   rejectColumn
}{
	{"stage", []catalog.Kind{catalog.Varchar}, func(c *exec.Column, x *Rejected) { c.AppendString(x.Stage) }},
	{"error", []catalog.Kind{catalog.Varchar}, func(c *exec.Column, x *Rejected) {
		msg := sqlerr.From(x.Err).Message
		if len(msg) > MaxRejectError {
			msg = msg[:MaxRejectError]
		}
		c.AppendBytes(validText([]byte(msg)))
	}},
	{"sqlstate", []catalog.Kind{catalog.Varchar}, func(c *exec.Column, x *Rejected) { c.AppendString(string(sqlerr.CodeOf(x.Err))) }},
	{"topic", []catalog.Kind{catalog.Varchar}, func(c *exec.Column, x *Rejected) {
		if x.Topic == "" {
			c.AppendNull()
		} else {
			c.AppendString(x.Topic)
		}
	}},
	{"partition", []catalog.Kind{catalog.Int, catalog.BigInt}, func(c *exec.Column, x *Rejected) { orNull(c, x.Partition, NoPlace) }},
	{"offset", []catalog.Kind{catalog.BigInt}, func(c *exec.Column, x *Rejected) { orNull(c, x.Offset, NoPlace) }},
	{"timestamp", []catalog.Kind{catalog.Timestamp, catalog.TimestampLTZ}, func(c *exec.Column, x *Rejected) { orNull(c, x.Timestamp, exec.MinTime) }},
	{"raw", []catalog.Kind{catalog.Bytes, catalog.Varchar}, nil}, // see rawColumn
}

// rawColumn appends the raw bytes; as text what is no UTF-8 is replaced.
func rawColumn(k catalog.Kind) rejectColumn {
	return func(c *exec.Column, x *Rejected) {
		switch {
		case x.Raw == nil:
			c.AppendNull()
		case k == catalog.Varchar:
			c.AppendBytes(validText(x.Raw))
		default:
			c.AppendBytes(x.Raw)
		}
	}
}

// newRejects opens a reject table.
func newRejects(ctx context.Context, t *catalog.Table, env *Env) (*Rejects, error) {
	r := &Rejects{table: t, log: env.Log, batch: &exec.Batch{Split: -1}, queue: make(chan Rejected, RejectQueue), over: make(chan struct{}), room: make(chan struct{}, 1)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	var cols []catalog.TableColumn
	for _, col := range t.Columns {
		if col.Computed != "" || col.Virtual {
			continue
		}
		add, err := rejectColumnOf(t, col)
		if err != nil {
			return nil, err
		}
		r.cols = append(r.cols, add)
		r.batch.Cols = append(r.batch.Cols, exec.NewColumnOf(col.Type))
		cols = append(cols, col)
	}
	name, _ := t.Option("connector")
	c, ok := env.Connectors[name]
	if !ok || t.Lookup {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "reject table %q cannot be written to", t.Name)
	}
	var err error
	if r.sink, err = c.OpenSink(ctx, &SinkRequest{Table: t, Columns: cols, Env: env}); err != nil {
		e := sqlerr.From(hidden(err, t))
		return nil, sqlerr.Wrap(err, e.Code, "reject table %q: %s", t.Name, e.Message).Hint("%s", e.HintMsg)
	}
	return r, nil
}

func rejectColumnOf(t *catalog.Table, col catalog.TableColumn) (rejectColumn, error) {
	var names string
	for _, k := range rejectColumns {
		names += ", " + k.name
		if k.name != col.Name || col.Metadata != "" {
			continue
		}
		for _, kind := range k.types {
			if col.Type.Kind != kind {
				continue
			}
			if k.add == nil {
				return rawColumn(kind), nil
			}
			return k.add, nil
		}
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "reject table %q: column %q cannot be of type %s", t.Name, col.Name, col.Type).
			Hint("it is of type %s", catalog.Of(k.types[0]))
	}
	return nil, sqlerr.New(sqlerr.InvalidTableDefinition, "reject table %q: column %q is none of a reject table's", t.Name, col.Name).
		Hint("the columns are: %s", names[2:])
}

// Reject hands over what a stage could not use. It waits while the queue is
// full. An error says that the reject table has failed or ctx has ended.
func (r *Rejects) Reject(ctx context.Context, x Rejected) error {
	if x.Raw != nil { // the bytes are the caller's
		x.Raw = append([]byte{}, x.Raw...)
	}
	r.mu.Lock()
	if r.finished {
		r.mu.Unlock()
		r.Lost.Add(1)
		return nil
	}
	r.senders.Add(1)
	r.mu.Unlock()
	defer r.senders.Done()
	return r.send(ctx, x)
}

// send puts a reject into the queue when there is room for it.
func (r *Rejects) send(ctx context.Context, x Rejected) error {
	n := int64(len(x.Raw))
	for {
		if p := r.pending.Load(); p == 0 || p+n <= RejectQueueBytes {
			break
		}
		select {
		case <-r.room:
			continue
		case <-r.over: // why is told by Serve, or the query is being stopped
		case <-ctx.Done():
		}
		r.Lost.Add(1)
		return ctx.Err()
	}
	r.pending.Add(n) // before the other side takes it away again
	select {
	case r.queue <- x:
		return nil
	default:
	}
	select {
	case r.queue <- x:
		return nil
	case <-r.over:
	case <-ctx.Done():
	}
	r.pending.Add(-n)
	r.Lost.Add(1)
	return ctx.Err()
}

// taken notes that a reject has left the queue.
func (r *Rejects) taken(x *Rejected) {
	r.pending.Add(-int64(len(x.Raw)))
	select {
	case r.room <- struct{}{}:
	default:
	}
}

// Finish ends the queue. See exec.Companion.
func (r *Rejects) Finish() {
	r.mu.Lock()
	r.finished = true
	r.mu.Unlock()
	r.senders.Wait()
	close(r.queue)
}

// Serve writes rejects until Finish. What has been handed over is written even
// when the query is stopped.
func (r *Rejects) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, r.give)
	defer stop()
	defer r.give()
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	// A query that ends leaves the table a bounded time.
	bound := context.AfterFunc(ctx, func() { time.AfterFunc(rejectPatience, cancel) })
	defer bound()
	err := r.write(own)
	if err == nil {
		return nil
	}
	r.Lost.Add(int64(len(r.queue)))
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	e := sqlerr.From(err)
	return sqlerr.Wrap(err, e.Code, "reject table %q: %s", r.table.Name, e.Message)
}

// give lets go of those who wait for the queue.
func (r *Rejects) give() { r.overOnce.Do(func() { close(r.over) }) }

func (r *Rejects) write(ctx context.Context) error {
	tick := time.NewTicker(RejectFlush)
	defer tick.Stop()
	dirty := false
	for {
		select {
		case x, ok := <-r.queue:
			if !ok {
				return r.sink.Flush(ctx)
			}
			if err := r.take(ctx, x); err != nil {
				return err
			}
			dirty = true
		case <-tick.C:
			if !dirty {
				continue
			}
			if err := r.sink.Flush(ctx); err != nil {
				return err
			}
			dirty = false
		}
	}
}

// take writes a reject and those that wait behind it.
func (r *Rejects) take(ctx context.Context, x Rejected) error {
	r.batch.Reset()
	for more := true; more; {
		r.taken(&x)
		for i, add := range r.cols {
			add(r.batch.Cols[i], &x)
		}
		if r.batch.N++; r.batch.N == rejectBatch {
			break
		}
		select {
		case x, more = <-r.queue:
		default:
			more = false
		}
	}
	if err := r.sink.Write(ctx, r.batch); err != nil {
		return err
	}
	r.Written.Add(int64(r.batch.N))
	return nil
}

// Close closes the table.
func (r *Rejects) Close() error { return r.sink.Close() }

// Counters gives the figures.
func (r *Rejects) Counters(yield func(string, int64)) {
	yield("reject_rows", r.Written.Load())
	yield("reject_lost", r.Lost.Load())
	if c, ok := r.sink.(Counters); ok {
		c.Counters(yield)
	}
}
