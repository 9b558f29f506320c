package build

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/file"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

const (
	optRejectTable = "reject.table"
	optOnError     = "on-error"
)

// rejectsFor opens the reject table that a table, by its options, or else the
// query has; nil: there is none. One query writes a reject table once.
func (b *builder) rejectsFor(t *catalog.Table) (*Rejects, error) {
	name, own := b.env.RejectTable, false
	if t != nil {
		if v, ok := t.Option(optRejectTable); ok {
			name, own = v, true
		}
	}
	if name == "" || t != nil && !own && b.isRejectTable(t, name) {
		return nil, nil // what is read of a reject table is not put back into it
	}
	if b.env.Table == nil {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "there are no reject tables here")
	}
	rt, ok := b.env.Table(name)
	if !ok {
		return nil, sqlerr.New(sqlerr.UndefinedTable, "reject table %q does not exist", name).
			Hint("create it first, with some of the columns stage, error, sqlstate, topic, partition, offset, timestamp, raw")
	}
	if t != nil && rt.Name == t.Name {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "table %q cannot be its own reject table", t.Name)
	}
	if r, ok := b.rejects[rt.Name]; ok {
		return r, nil
	}
	r, err := newRejects(b.ctx, rt, b.env)
	if err != nil {
		return nil, err
	}
	if b.rejects == nil {
		b.rejects = map[string]*Rejects{}
	}
	b.rejects[rt.Name] = r
	b.graph.Beside(r)
	b.stats.add(rt.Name, r)
	return r, nil
}

func (b *builder) isRejectTable(t *catalog.Table, name string) bool {
	if b.env.Table == nil {
		return false
	}
	rt, ok := b.env.Table(name)
	return ok && rt.Name == t.Name
}

// queryRejects finds the reject table for what the operators reject: the
// session's, or else that of the first table read that has one.
func (b *builder) queryRejects(n plan.Node) (err error) {
	if b.rows, err = b.rejectsFor(nil); err != nil || b.rows != nil {
		return err
	}
	var find func(n plan.Node) error
	find = func(n plan.Node) error {
		if s, ok := n.(*plan.Scan); ok && b.rows == nil {
			if _, own := s.Table.Option(optRejectTable); own {
				b.rows, err = b.rejectsFor(&s.Table)
				return err
			}
		}
		for _, in := range n.Inputs() {
			if err := find(in); err != nil {
				return err
			}
		}
		return nil
	}
	return find(n)
}

// checkRejects sees that 'on-error' = 'reject' has somewhere to put things.
func checkRejects(t *catalog.Table, r *Rejects) error {
	if v, ok := t.Option(optOnError); ok && v == "reject" && r == nil {
		return sqlerr.New(sqlerr.InvalidParameterValue, "table %q: option 'on-error' = 'reject' needs a reject table", t.Name).
			Hint("add 'reject.table' = '…', or SET reject.table")
	}
	return nil
}

// rejectRecords sets a scan of Kafka up to hand over what it cannot read.
func rejectRecords(k *kafka.Table, r *Rejects) {
	if r == nil || k.OnErrorSet && k.Scan.OnError != kafka.OnErrorReject {
		return
	}
	k.Scan.OnError = kafka.OnErrorReject
	k.Scan.Reject = func(x kafka.Rejected) error {
		ts := exec.MinTime
		if x.Timestamp >= 0 && x.Timestamp < exec.MaxTime/datum.MicrosPerMilli {
			ts = x.Timestamp * datum.MicrosPerMilli
		}
		return r.Reject(context.Background(), Rejected{Stage: StageDecode, Err: x.Err, Topic: x.Topic, Partition: int64(x.Partition),
			Offset: x.Offset, Timestamp: ts, Raw: x.Value})
	}
}

// rejectLines does the same for files.
func rejectLines(c *file.Config, r *Rejects) {
	if r == nil || c.OnErrorSet && c.OnError != file.OnErrorReject {
		return
	}
	c.OnError = file.OnErrorReject
	c.Reject = func(x file.Rejected) error {
		return r.Reject(context.Background(), Rejected{Stage: StageDecode, Err: x.Err, Topic: x.Path, Partition: NoPlace, Offset: x.Line,
			Timestamp: exec.MinTime, Raw: x.Raw})
	}
}

var (
	errLate   = sqlerr.New(sqlerr.DataException, "the row came after its window had fired")
	errNoTime = sqlerr.New(sqlerr.NullNotAllowed, "the row has no event time")
)

// policy is what an operator whose input has the given columns does with rows
// that it cannot use.
func (b *builder) policy(s catalog.Schema) op.RowPolicy {
	p := op.RowPolicy{Skip: b.env.SkipBadRows || b.env.SkipAuto && b.rows != nil}
	rows := b.rowWriter(s)
	p.Skipped = func(in *exec.Batch, e *exec.RowError) {
		b.stats.skipped(in, e)
		rows.reject(StageExpression, in, e.Row, e.Err)
	}
	p.NoTime = func(in *exec.Batch, row int) {
		b.stats.noTime()
		rows.reject(StageEventTime, in, row, errNoTime)
	}
	return p
}

// late is the hook of operators for rows that come too late.
func (b *builder) late(s catalog.Schema) func(*exec.Batch, int) {
	rows := b.rowWriter(s)
	return func(in *exec.Batch, row int) {
		b.stats.late(in, row)
		rows.reject(StageLate, in, row, errLate)
	}
}

// lateBy is late for rows that stand for as many as their column col says.
func (b *builder) lateBy(s catalog.Schema, col int) func(*exec.Batch, int) {
	rows, count := b.rowWriter(s), b.stats.lateBy(col)
	return func(in *exec.Batch, row int) {
		count(in, row)
		rows.reject(StageLate, in, row, sqlerr.New(errLate.Code, "%d rows came after their window had fired", in.Cols[col].Int[row]))
	}
}

// rowWriter writes rows as JSON for the reject table. Lanes share it.
type rowWriter struct {
	rejects *Rejects
	schema  catalog.Schema

	mu  sync.Mutex
	enc format.Encoder
	bad bool // the columns cannot be written as JSON
	buf []byte
}

func (b *builder) rowWriter(s catalog.Schema) *rowWriter {
	return &rowWriter{rejects: b.rows, schema: s}
}

// reject hands a row over. The wait for the queue is bounded by the query's life.
func (w *rowWriter) reject(stage string, in *exec.Batch, row int, err error) {
	if w.rejects == nil {
		return
	}
	// An error is the reject table's, and ends the query by another way.
	_ = w.rejects.Reject(context.Background(), Rejected{Stage: stage, Err: err, Partition: NoPlace, Offset: NoPlace, Timestamp: exec.MinTime, Raw: w.json(in, row)})
}

func (w *rowWriter) json(in *exec.Batch, row int) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.enc == nil && !w.bad {
		if err := w.open(); err != nil {
			w.bad = true
		}
	}
	if w.bad || len(in.Cols) < len(w.schema) {
		return nil
	}
	view := exec.Batch{Cols: in.Cols[:len(w.schema)], N: in.N, Split: in.Split}
	var err error
	if w.buf, err = w.enc.Encode(w.buf[:0], &view, row); err != nil {
		return nil
	}
	return bytes.Clone(w.buf)
}

// open makes the encoder; columns of the same name are told apart by numbers.
func (w *rowWriter) open() error {
	f, err := format.Lookup("json")
	if err != nil {
		return err
	}
	fields := slices.Clone([]format.Field(w.schema))
	seen := map[string]int{}
	for i := range fields {
		name := fields[i].Name
		if name == "" {
			name = fmt.Sprintf("column%d", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name += "_" + strconv.Itoa(seen[name])
		}
		fields[i].Name = name
	}
	w.enc, err = f.NewEncoder(fields, nil)
	return err
}

// validText makes UTF-8 of any bytes.
func validText(b []byte) []byte { return bytes.ToValidUTF8(b, []byte("\uFFFD")) }
