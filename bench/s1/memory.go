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
	"strconv"
	"time"

	"github.com/penstock/penstock/bench/s1/memtable"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/server/session"
)

// memory runs the query over visits that lie in memory, in two splits: topic is
// the number of keys. Making the visits is not measured.
func memory(ctx context.Context, _, topic string, records, cores int) (r result, err error) {
	keys, err := strconv.Atoi(topic)
	if err != nil {
		return r, err
	}
	m, err := memtable.Visits(records, keys)
	if err != nil {
		return r, err
	}
	tr, err := newTranslator()
	if err != nil {
		return r, err
	}
	if tr != nil {
		if err := m.Recode(tr.append, newDecoder); err != nil {
			return r, err
		}
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
	cpu, start := memtable.CPU(), time.Now()
	r, err = runQuery(ctx, e)
	r.CPU, r.Wall = (memtable.CPU() - cpu).Nanoseconds(), time.Since(start).Nanoseconds()
	return r, err
}

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
	fmt.Printf("format=%s ", formatName())
	fmt.Printf("records_per_second_one_core=%.0f two_cores=%.0f two_processes=%.0f\n", memtable.Median(one), memtable.Median(two), memtable.Median(apart))
	fmt.Printf("scaling=%.2f scaling_of_two_processes=%.2f cpu_of_two_cores=%.2f\n", memtable.Median(scaling), memtable.Median(limit), memtable.Median(cpus))
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
