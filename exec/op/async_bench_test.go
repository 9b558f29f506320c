package op

import (
	"context"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// lengths is a remote function of texts that takes its time.
type lengths struct{ takes time.Duration }

func (f lengths) Call(ctx context.Context, args *exec.Batch, out *exec.Matches) error {
	if f.takes > 0 {
		select {
		case <-time.After(f.takes):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	c := args.Cols[0]
	for q := range args.N {
		out.Rows.Cols[0].AppendInt(int64(len(c.Str(q))))
		out.Parent = append(out.Parent, int32(q))
	}
	out.Rows.N = args.N
	return nil
}

// wordSource gives n words, a thousand a batch.
type wordSource struct {
	n     int
	batch *exec.Batch
}

func (s *wordSource) Read(context.Context) (*exec.Batch, error) {
	if s.n == 0 {
		return nil, io.EOF
	}
	s.batch.Reset()
	for range min(s.n, 1000) {
		s.batch.Cols[0].AppendString("word" + strings.Repeat("x", s.n%7))
		s.batch.N++
		s.n--
	}
	return s.batch, nil
}
func (s *wordSource) Close() error { return nil }

// countRows is a sink.
type countRows struct{ n int }

func (s *countRows) Write(_ context.Context, b *exec.Batch) error { s.n += b.Rows(); return nil }
func (s *countRows) Flush(context.Context) error                  { return nil }
func (s *countRows) Close() error                                 { return nil }

// askWords runs n words through f in a graph of its own.
func askWords(b *testing.B, n int, f exec.TableFunction, cfg exec.AsyncConfig) {
	g := exec.NewGraph(exec.GraphConfig{})
	layout := optest.NewBatch(optest.ParseTypes("w:str"))
	e := NewExpand(ExpandConfig{Function: f, Args: Columns([]exec.Eval{optest.Col(0)}), Questions: layout.Cols,
		Columns: layout.Cols, Answers: []*exec.Column{exec.NewColumn(exec.Ints)}, WindowEnd: -1})
	from, to := g.Source("words", &wordSource{n, layout.Like()}), g.Task("ask")
	to.Add(e)
	to.Async(e, cfg)
	g.Connect(from, []*exec.Task{to}, 0, nil, layout)
	sink := &countRows{}
	g.Sink(to, sink)
	if err := g.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	if sink.n != n {
		b.Fatalf("%d rows of %d", sink.n, n)
	}
}

// BenchmarkAsync is a service with 5 ms of latency, asked a row or a hundred at
// a time: 80 times the rows are wanted of the latter.
func BenchmarkAsync(b *testing.B) {
	for _, c := range []struct{ rows, flying, n int }{{1, 1, 20}, {100, 4, 8000}} {
		b.Run(fmt.Sprintf("batch=%d/in-flight=%d", c.rows, c.flying), func(b *testing.B) {
			rows := 0
			for b.Loop() {
				askWords(b, c.n, lengths{5 * time.Millisecond}, exec.AsyncConfig{MaxRows: c.rows, MaxInFlight: c.flying, MaxWait: 50 * time.Millisecond})
				rows += c.n
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkAsyncCPU gives the processor's time for a row, source and sink
// included, of a service that answers at once: 1.5 us are allowed.
func BenchmarkAsyncCPU(b *testing.B) {
	for _, c := range []struct {
		name string
		set  func(*exec.AsyncConfig)
	}{
		{"plain", func(*exec.AsyncConfig) {}},
		{"unordered", func(c *exec.AsyncConfig) { c.Unordered = true }},
		{"deduplicate", func(c *exec.AsyncConfig) { c.Deduplicate = true }},
		{"partition", func(c *exec.AsyncConfig) { c.PartitionBy = []int{0} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			const n = 200_000
			cfg := exec.AsyncConfig{MaxRows: 100, MaxInFlight: 4, MaxWait: 50 * time.Millisecond}
			c.set(&cfg)
			rows, start := 0, cpuTime()
			for b.Loop() {
				askWords(b, n, lengths{}, cfg)
				rows += n
			}
			b.ReportMetric(float64(cpuTime()-start)/float64(rows), "cpu-ns/row")
		})
	}
}

// cpuTime is what the process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
