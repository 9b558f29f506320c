package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/server/session"
)

// visitBytes is a little more than a visit has.
const visitBytes = 420

// memory runs the query over visits that lie in memory, in two splits: topic is
// the number of keys. Making the visits is not measured.
func memory(ctx context.Context, _, topic string, records, cores int) (r result, err error) {
	keys, err := strconv.Atoi(topic)
	if err != nil {
		return r, err
	}
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: keys, Seed: 42, Count: int64(records), TimeStep: 100 * time.Microsecond})
	if err != nil {
		return r, err
	}
	m := &memoryTable{splits: make([]memorySplit, 2)}
	for i := range m.splits { // whole at once: what growing would leave behind is collected while the query runs
		m.splits[i] = memorySplit{data: make([]byte, 0, records/2*visitBytes), ends: make([]int, 0, records/2+1)}
	}
	for i := 0; g.More(); i++ {
		s := &m.splits[i%2]
		s.data = g.Append(s.data)
		s.ends = append(s.ends, len(s.data))
	}
	conns := build.Connectors()
	conns["memory"] = m
	e, err := session.Open(session.Config{Version: "bench", Connectors: conns, Settings: map[string]string{"parallelism": strconv.Itoa(cores)}})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Exec(ctx, "CREATE TABLE website_visit (id VARCHAR, file_size_bytes INT, event_datetime VARCHAR) WITH ('connector' = 'memory')"); err != nil {
		return r, err
	}
	debug.FreeOSMemory() // the making of the visits is over before the clock starts
	// Several of these processes may be measured together: each waits for the word.
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return r, err
	}
	cpu, start := usage()
	r, err = runQuery(ctx, e)
	after, end := usage()
	r.CPU, r.Wall = (after - cpu).Nanoseconds(), end.Sub(start).Nanoseconds()
	return r, err
}

// memoryTable is a connector whose records lie in memory.
type memoryTable struct{ splits []memorySplit }

type memorySplit struct {
	data []byte
	ends []int
}

func (m *memoryTable) Check(*catalog.Table) error  { return nil }
func (m *memoryTable) Bounded(*catalog.Table) bool { return true }
func (m *memoryTable) Lanes() int                  { return 0 }
func (m *memoryTable) Splits() int                 { return len(m.splits) }
func (m *memoryTable) OpenSink(context.Context, *build.SinkRequest) (exec.Sink, error) {
	return nil, errors.New("memory is not written")
}

func (m *memoryTable) OpenScan(_ context.Context, r *build.ScanRequest) (build.Scan, error) {
	return &memoryScan{m, r}, nil
}

type memoryScan struct {
	*memoryTable
	r *build.ScanRequest
}

func (s *memoryScan) Source(splits []int) (exec.Source, error) {
	f, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	src := &memorySource{t: s.memoryTable, rows: s.r.BatchRows, at: make([]int, len(splits)), batch: &exec.Batch{}}
	var fields []format.Field
	for _, c := range s.r.Columns {
		fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
		src.batch.Cols = append(src.batch.Cols, exec.NewColumnOf(c.Type))
	}
	for _, i := range splits {
		src.ids = append(src.ids, int32(i))
	}
	src.dec, err = f.NewDecoder(fields, nil)
	return src, err
}

// memorySource takes turns among its splits.
type memorySource struct {
	t     *memoryTable
	ids   []int32
	at    []int
	turn  int
	rows  int
	dec   format.Decoder
	batch *exec.Batch
}

func (s *memorySource) Splits() []int32 { return s.ids }

func (s *memorySource) CaughtUp(int32) bool { return true }

func (s *memorySource) Ended(id int32) bool {
	for i, v := range s.ids {
		if v == id {
			return s.at[i] == len(s.t.splits[id].ends)
		}
	}
	return true
}

func (s *memorySource) Read(context.Context) (*exec.Batch, error) {
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

func (s *memorySource) Close() error { return nil }

// memory measures how the engine scales from one core to two, beside what the
// machine gives to two processes that share nothing but its caches and memory.
func (c *config) memory() error {
	var one, two, apart, cpus, scaling, limit []float64
	rate := func(rs []result) (sum float64) {
		for _, r := range rs {
			sum += float64(c.records) / float64(r.Wall) * 1e9
		}
		return sum
	}
	for range c.runs {
		o, err := c.memoryRuns(1, 1)
		if err != nil {
			return err
		}
		t, err := c.memoryRuns(1, 2)
		if err != nil {
			return err
		}
		p, err := c.memoryRuns(2, 1)
		if err != nil {
			return err
		}
		one, two, apart = append(one, rate(o)), append(two, rate(t)), append(apart, rate(p))
		scaling, limit = append(scaling, rate(t)/rate(o)), append(limit, rate(p)/rate(o))
		cpus = append(cpus, float64(t[0].CPU)/float64(o[0].CPU))
	}
	fmt.Printf("records_per_second_one_core=%.0f two_cores=%.0f two_processes=%.0f\n", middle(one), middle(two), middle(apart))
	fmt.Printf("scaling=%.2f scaling_of_two_processes=%.2f cpu_of_two_cores=%.2f\n", middle(scaling), middle(limit), middle(cpus))
	return nil
}

// memoryRuns measures processes side by side, each with so many cores.
func (c *config) memoryRuns(processes, cores int) ([]result, error) {
	type started struct {
		cmd *osexec.Cmd
		in  io.WriteCloser
		out *bufio.Reader
	}
	var all []started
	var out []result
	for range processes {
		cmd := osexec.Command(os.Args[0], "child", "memory", "-", strconv.Itoa(c.keys), strconv.Itoa(c.records), strconv.Itoa(cores))
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(cores))
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		defer func() { _ = in.Close(); _ = cmd.Wait() }()
		all = append(all, started{cmd, in, bufio.NewReader(pipe)})
	}
	for _, p := range all {
		if _, err := p.out.ReadString('\n'); err != nil {
			return nil, fmt.Errorf("memory: %w", err)
		}
	}
	for _, p := range all {
		if _, err := fmt.Fprintln(p.in); err != nil {
			return nil, err
		}
	}
	for _, p := range all {
		var r result
		if err := json.NewDecoder(p.out).Decode(&r); err != nil {
			return nil, fmt.Errorf("memory: %w", err)
		}
		if r.Records != int64(c.records) {
			return nil, fmt.Errorf("counted %d of %d visits", r.Records, c.records)
		}
		out = append(out, r)
	}
	return out, nil
}

// middle is the median.
func middle(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
