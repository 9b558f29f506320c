package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/server/session"
)

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
	start := time.Now()
	r, err = runQuery(ctx, e)
	r.Wall = time.Since(start).Nanoseconds()
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
		for ; s.batch.N < s.rows && s.at[i] < len(sp.ends); s.at[i]++ {
			from := 0
			if s.at[i] > 0 {
				from = sp.ends[s.at[i]-1]
			}
			if err := s.dec.Append(sp.data[from:sp.ends[s.at[i]]], s.batch.Cols); err != nil {
				return nil, err
			}
			s.batch.N++
		}
		return s.batch, nil
	}
	return nil, io.EOF
}

func (s *memorySource) Close() error { return nil }
