package memtable

import (
	"context"
	"errors"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/gen"
)

// visitBytes is a little more than a visit has.
const visitBytes = 420

// Visits makes a table of website visits in two splits, a visit each 100 µs of event time.
func Visits(records, keys int) (*Table, error) {
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: keys, Seed: 42, Count: int64(records), TimeStep: 100 * time.Microsecond})
	if err != nil {
		return nil, err
	}
	m := &Table{splits: make([]split, 2)}
	for i := range m.splits { // whole at once: what growing would leave behind is collected while the query runs
		m.splits[i] = split{data: make([]byte, 0, records/2*visitBytes), ends: make([]int, 0, records/2+1)}
	}
	for i := 0; g.More(); i++ {
		s := &m.splits[i%2]
		s.data = g.Append(s.data)
		s.ends = append(s.ends, len(s.data))
	}
	return m, nil
}

// CPU is the processor time of this process, kernel included.
func CPU() time.Duration {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru) // cannot fail for RUSAGE_SELF
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// Median of values, 0 of none.
func Median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	switch {
	case n == 0:
		return 0
	case n%2 == 0:
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[n/2]
}

// Table implements build.Connector.
type Table struct {
	splits []split
	// decoder makes the records' decoder; nil: they are JSON.
	decoder func(want []format.Field) (format.Decoder, error)
}

// Recode writes all records anew, to be read by another decoder.
func (m *Table) Recode(write func(dst, record []byte) ([]byte, error), decoder func(want []format.Field) (format.Decoder, error)) error {
	m.decoder = decoder
	for i := range m.splits {
		s := &m.splits[i]
		out := split{data: make([]byte, 0, len(s.data)), ends: make([]int, 0, len(s.ends))}
		from := 0
		for _, end := range s.ends {
			var err error
			if out.data, err = write(out.data, s.data[from:end]); err != nil {
				return err
			}
			out.ends = append(out.ends, len(out.data))
			from = end
		}
		*s = out
	}
	return nil
}

type split struct {
	data []byte
	ends []int
}

// Check has nothing to look at.
func (m *Table) Check(*catalog.Table) error { return nil }

// Bounded: a run reads all records once.
func (m *Table) Bounded(*catalog.Table) bool { return true }

// Lanes: any number.
func (m *Table) Lanes() int { return 0 }

// Splits is the number of parts.
func (m *Table) Splits() int { return len(m.splits) }

// OpenSink refuses.
func (m *Table) OpenSink(context.Context, *build.SinkRequest) (exec.Sink, error) {
	return nil, errors.New("memory is not written")
}

// OpenScan reads from the beginning.
func (m *Table) OpenScan(_ context.Context, r *build.ScanRequest) (build.Scan, error) {
	return &scan{m, r}, nil
}

type scan struct {
	*Table
	r *build.ScanRequest
}

func (s *scan) Source(splits []int) (exec.Source, error) {
	f, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	src := &source{t: s.Table, rows: s.r.BatchRows, at: make([]int, len(splits)), batch: &exec.Batch{}}
	var fields []format.Field
	for _, c := range s.r.Columns {
		fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
		src.batch.Cols = append(src.batch.Cols, exec.NewColumnOf(c.Type))
	}
	for _, i := range splits {
		src.ids = append(src.ids, int32(i))
	}
	if s.decoder != nil {
		src.dec, err = s.decoder(fields)
		return src, err
	}
	src.dec, err = f.NewDecoder(fields, nil)
	return src, err
}

// source takes turns among its splits.
type source struct {
	t     *Table
	ids   []int32
	at    []int
	turn  int
	rows  int
	dec   format.Decoder
	batch *exec.Batch
}

func (s *source) Splits() []int32 { return s.ids }

func (s *source) CaughtUp(int32) bool { return true }

func (s *source) Ended(id int32) bool {
	for i, v := range s.ids {
		if v == id {
			return s.at[i] == len(s.t.splits[id].ends)
		}
	}
	return true
}

func (s *source) Read(context.Context) (*exec.Batch, error) {
	for range s.ids {
		i := s.turn % len(s.ids)
		s.turn++
		sp := &s.t.splits[s.ids[i]]
		if s.at[i] == len(sp.ends) {
			continue
		}
		s.batch.Reset()
		s.batch.Split = s.ids[i]
		at, from := s.at[i], 0 // s.at may share its cache line with the other lane's
		if at > 0 {
			from = sp.ends[at-1]
		}
		for ; s.batch.N < s.rows && at < len(sp.ends); at++ {
			if err := s.dec.Append(sp.data[from:sp.ends[at]], s.batch.Cols); err != nil {
				return nil, err
			}
			from = sp.ends[at]
			s.batch.N++
		}
		s.at[i] = at
		return s.batch, nil
	}
	return nil, io.EOF
}

func (s *source) Close() error { return nil }
