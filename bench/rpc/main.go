package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/penstock/penstock/internal/wordlen"
	"github.com/penstock/penstock/server/session"
)

// The targets.
const (
	wantSpeed = 80.0
	wantCost  = 1500 * time.Nanosecond
)

func main() {
	server := flag.Bool("server", false, "be the service (the program starts itself so)")
	latency := flag.Duration("latency", 5*time.Millisecond, "what a call takes")
	rows := flag.Int("rows", 400_000, "words, for batches of 100")
	slow := flag.Int("slow-rows", 1000, "words, for batches of 1")
	flag.Parse()
	run := func() error { return measure(*latency, *rows, *slow) }
	if *server {
		run = func() error { return serve(*latency) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "rpc:", err)
		os.Exit(1)
	}
}

// serve is the other process: it prints its address and serves until its standard input ends.
func serve(latency time.Duration) error {
	signal.Ignore(os.Interrupt)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s, err := wordlen.Serve(l, wordlen.Config{Before: func(ctx context.Context, _ string, _ []string) error {
		t := time.NewTimer(latency)
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	if err != nil {
		return err
	}
	fmt.Println(s.Addr())
	_, _ = bufio.NewReader(os.Stdin).ReadString(0)
	return s.Close()
}

func measure(latency time.Duration, rows, slow int) (err error) {
	cmd := exec.Command(os.Args[0], "-server", "-latency", latency.String()) //nolint:gosec // this program
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stdin.Close(), cmd.Wait()) }()
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-rpc")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{dir: dir, addr: strings.TrimSpace(addr)}
	fmt.Printf("%-34s %10s %12s %14s\n", "", "rows", "rows/s", "CPU ns/row")
	one, _, err := b.run("batch 1, in flight 1", slow, 1, 1)
	if err != nil {
		return err
	}
	_, base, err := b.run("the query without the function", rows, 0, 0)
	if err != nil {
		return err
	}
	bare, err := b.bare(rows, 100, 4)
	if err != nil {
		return err
	}
	many, cost, err := b.run("batch 100, in flight 4", rows, 100, 4)
	if err != nil {
		return err
	}
	own := cost - base - bare
	fmt.Printf("\nspeed-up %.0f (at least %.0f)\nown cost of asking %d ns a row (at most %d)\n", many/one, wantSpeed, own.Nanoseconds(), wantCost.Nanoseconds())
	if many/one < wantSpeed || own > wantCost {
		return errors.New("target missed")
	}
	return nil
}

type bench struct{ dir, addr string }

// run asks for the lengths of n words and gives rows a second and processor time
// a row. Batch 0 leaves the function out.
func (b *bench) run(name string, n, batch, inFlight int) (speed float64, cost time.Duration, err error) {
	path := filepath.Join(b.dir, fmt.Sprint(n))
	if err := words(path, n); err != nil {
		return 0, 0, err
	}
	e, err := session.Open(session.Config{Version: "bench", Settings: map[string]string{"parallelism": "1"}})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	ctx := context.Background()
	query := "SELECT word, 0 AS length FROM words"
	ddl := fmt.Sprintf("CREATE TABLE words (word VARCHAR) WITH ('connector' = 'file', 'path' = '%s', 'format' = 'raw');", path)
	if batch > 0 {
		query = "SELECT w.word, r.length FROM words AS w, LATERAL TABLE(resolve(w.word)) AS r(length)"
		ddl += fmt.Sprintf(`CREATE FUNCTION resolve(word VARCHAR) RETURNS TABLE (length INT) LANGUAGE GRPC WITH (
  'endpoint' = '%s', 'method' = 'RpcService/resolveBatch', 'reflection' = 'true',
  'request.rows' = 'request', 'request.columns' = 'input=word', 'response.rows' = 'response', 'response.columns' = 'length=output',
  'batch.max-rows' = '%d', 'batch.max-wait' = '1s', 'max-in-flight' = '%d')`, b.addr, batch, inFlight)
	}
	if err := e.Exec(ctx, ddl); err != nil {
		return 0, 0, err
	}
	if f := os.Getenv("RPC_CPUPROFILE"); f != "" && batch > 1 {
		stop, err := profile(f)
		if err != nil {
			return 0, 0, err
		}
		defer stop()
	}
	cpu, start := usage()
	got, err := count(ctx, e, query)
	if err != nil {
		return 0, 0, err
	}
	cpu2, end := usage()
	if got != n {
		return 0, 0, fmt.Errorf("%s: %d rows of %d", name, got, n)
	}
	speed, cost = float64(n)/end.Sub(start).Seconds(), (cpu2-cpu)/time.Duration(n)
	fmt.Printf("%-34s %10d %12.0f %14d\n", name, n, speed, cost.Nanoseconds())
	return speed, cost, nil
}

func count(ctx context.Context, e *session.Local, query string) (n int, err error) {
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p, err := s.Prepare(ctx, query, nil)
	if err != nil {
		return 0, err
	}
	res, err := p.Run(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	for {
		b, err := res.Next(ctx, true)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += b.Rows()
	}
}

func words(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range n {
		fmt.Fprintf(w, "word%d\n", i)
	}
	return errors.Join(w.Flush(), f.Close())
}

// profile writes where the processor time goes.
func profile(path string) (stop func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a profile cut short says so itself
	}, nil
}

// usage is the processor time of this process, kernel included.
func usage() (time.Duration, time.Time) {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru) // cannot fail for RUSAGE_SELF
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano()), time.Now()
}
