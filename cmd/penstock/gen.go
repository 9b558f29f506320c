package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/sqlerr"
)

// genBatch is how many records are made before they are handed on when there
// is no rate to keep.
const genBatch = 500

// genTick is how often a generator with a rate looks at the clock.
const genTick = 10 * time.Millisecond

// maxRate bounds --rate: no machine keeps it, and the arithmetic of ticks is exact
// well beyond.
const maxRate = 1_000_000_000

type genFlags struct {
	gen.Config
	brokers, topic, codec, out, start string
	partitions                        int
	rate                              string
}

func genCmd() *cobra.Command {
	var f genFlags
	c := &cobra.Command{
		Use:       "gen " + strings.Join(gen.Kinds(), "|"),
		Short:     "Make records for trying things out",
		Long:      "Make records, into a Kafka topic (--brokers and --topic), a file (--out), or the standard output.\nThe same seed and flags give the same records.",
		ValidArgs: gen.Kinds(),
		Args: func(c *cobra.Command, args []string) error {
			if err := cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)(c, args); err != nil {
				return usageError{err}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.Kind = args[0]
			return f.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.brokers, "brokers", "", "Kafka bootstrap `addresses`, separated by commas")
	fl.StringVar(&f.topic, "topic", "", "`topic` to write; it is made if it is missing")
	fl.IntVar(&f.partitions, "partitions", 1, "`number` of partitions of a topic that is made")
	fl.StringVar(&f.codec, "codec", "none", "`compression`: none, gzip, snappy, lz4 or zstd")
	fl.StringVar(&f.out, "out", "", "`file` to write, a record a line")
	fl.StringVar(&f.rate, "rate", "0", "records a second, as `N/s`; 0 is full speed")
	fl.Int64Var(&f.Count, "count", 0, "`number` of records; 0 is no end")
	fl.IntVar(&f.Keys, "keys", 0, "`number` of different keys (1000 visitors, 999 customers)")
	fl.Uint64Var(&f.Seed, "seed", 1, "`seed` of the random numbers")
	fl.DurationVar(&f.Disorder, "disorder", 0, "how much earlier than its place a record's event time may be")
	fl.Float64Var(&f.Late, "late", 0, "`share` of records that come much too late, 0 to 1")
	fl.StringVar(&f.start, "start", "", "event `time` of the first record, RFC 3339 or 'now' ("+gen.DefaultStart.Format(time.RFC3339)+")")
	fl.DurationVar(&f.TimeStep, "time-step", 0, "event time from a record to the next (1ms)")
	return c
}

// each is how a generated record goes out.
type recordWriter interface {
	write(ctx context.Context, key, value []byte) error
	flush(ctx context.Context) error
	close() error
}

func (f *genFlags) run(ctx context.Context, out, errw io.Writer) error {
	rate, err := parseRate(f.rate)
	if err != nil {
		return usageError{err}
	}
	switch f.start {
	case "":
	case "now":
		f.Start = time.Now()
	default:
		if f.Start, err = time.Parse(time.RFC3339, f.start); err != nil {
			return usageError{fmt.Errorf("--start %q is neither RFC 3339 nor 'now'", f.start)}
		}
	}
	if f.partitions < 1 || f.partitions > maxPartitions {
		return usageError{fmt.Errorf("--partitions %d is not 1 to %d", f.partitions, maxPartitions)}
	}
	g, err := gen.New(f.Config)
	if err != nil {
		return usageError{err}
	}
	w, err := f.open(ctx, out)
	if err != nil {
		return err
	}
	n, err := generate(ctx, g, w, rate)
	if ctx.Err() != nil {
		err = nil // Ctrl-C is how an endless generator ends
	}
	err = errors.Join(err, w.flush(context.WithoutCancel(ctx)), w.close())
	fmt.Fprintf(errw, "%d records\n", n)
	return err
}

func parseRate(s string) (float64, error) {
	r, err := strconv.ParseFloat(strings.TrimSuffix(s, "/s"), 64)
	if err != nil || !(r >= 0 && r <= maxRate) { // NaN is neither
		return 0, fmt.Errorf("--rate %q is not N/s, with N from 0 to %d", s, maxRate)
	}
	return r, nil
}

func (f *genFlags) open(ctx context.Context, out io.Writer) (recordWriter, error) {
	switch {
	case f.brokers != "" && f.topic != "" && f.out == "":
		codec, err := kafka.ParseCodec(f.codec)
		if err != nil {
			return nil, usageError{err}
		}
		return openKafkaWriter(ctx, strings.Split(f.brokers, ","), f.topic, f.partitions, codec)
	case f.brokers != "" || f.topic != "":
		return nil, usageError{errors.New("--brokers and --topic go together, and without --out")}
	case f.out == "" || f.out == "-":
		return &lineWriter{w: bufio.NewWriterSize(out, 256<<10)}, nil
	}
	file, err := os.Create(f.out)
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.IOError, "%v", err)
	}
	return &lineWriter{w: bufio.NewWriterSize(file, 256<<10), c: file}, nil
}

// generate makes records until there are no more or ctx ends. With a rate it
// sends what is due at each tick.
func generate(ctx context.Context, g *gen.Gen, w recordWriter, rate float64) (n int64, err error) {
	var buf []byte
	some := func(k int64) error {
		for ; k > 0 && g.More(); k-- {
			buf = g.Append(buf[:0])
			if err := w.write(ctx, g.Key(), buf); err != nil {
				return err
			}
			n++
		}
		return nil
	}
	if rate <= 0 {
		for g.More() && ctx.Err() == nil {
			if err := some(genBatch); err != nil {
				return n, err
			}
		}
		return n, nil
	}
	start := time.Now()
	tick := time.NewTicker(genTick)
	defer tick.Stop()
	for g.More() {
		if err := some(int64(rate*time.Since(start).Seconds()) + 1 - n); err != nil {
			return n, err
		}
		if err := w.flush(ctx); err != nil {
			return n, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return n, nil
		}
	}
	return n, nil
}

// lineWriter writes a record a line.
type lineWriter struct {
	w *bufio.Writer
	c io.Closer
}

func (l *lineWriter) write(_ context.Context, _, value []byte) error {
	if _, err := l.w.Write(value); err != nil {
		return err
	}
	return l.w.WriteByte('\n')
}

func (l *lineWriter) flush(context.Context) error { return l.w.Flush() }

func (l *lineWriter) close() error {
	if l.c == nil {
		return nil
	}
	return l.c.Close()
}

// kafkaWriter writes records through the engine's own sink, whose timestamps are
// the wall clock: retention then leaves old event times alone.
type kafkaWriter struct {
	sink  *kafka.Sink
	batch *exec.Batch
}

// column hands a column's bytes over as they are.
type column int

func (c column) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	return append(dst, b.Cols[c].Str(row)...), nil
}

func openKafkaWriter(ctx context.Context, brokers []string, topic string, partitions int, codec kafka.Codec) (*kafkaWriter, error) {
	s, err := kafka.OpenSink(ctx, kafka.SinkConfig{Client: kafka.ClientConfig{Brokers: brokers, ClientID: "penstock-gen"}, Topic: topic, Codec: codec,
		Key: column(0), Value: column(1), Timestamp: -1, Headers: -1, AutoCreate: true, Partitions: partitions})
	if err != nil {
		return nil, err
	}
	return &kafkaWriter{s, &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings), exec.NewColumn(exec.Strings)}}}, nil
}

func (k *kafkaWriter) write(ctx context.Context, key, value []byte) error {
	k.batch.Cols[0].AppendBytes(key)
	k.batch.Cols[1].AppendBytes(value)
	if k.batch.N++; k.batch.N < genBatch {
		return nil
	}
	return k.send(ctx)
}

func (k *kafkaWriter) send(ctx context.Context) error {
	if k.batch.N == 0 {
		return nil
	}
	err := k.sink.Write(ctx, k.batch)
	k.batch.Reset()
	return err
}

func (k *kafkaWriter) flush(ctx context.Context) error {
	if err := k.send(ctx); err != nil {
		return err
	}
	return k.sink.Flush(ctx)
}

func (k *kafkaWriter) close() error { return k.sink.Close() }
