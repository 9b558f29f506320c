package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/exec/kafka/broker"
)

type config struct {
	records, partitions, keys, runs, cores int
	codec, brokers, designs                string
	profile                                string
	step                                   time.Duration
}

func main() {
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "broker":
		err = serveBroker()
	case len(os.Args) > 1 && os.Args[1] == "child":
		err = child(os.Args[2:])
	default:
		err = parent()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "s1:", err)
		os.Exit(1)
	}
}

// serveBroker is the broker's process; it ends when its standard input does.
func serveBroker() error {
	dir, err := os.MkdirTemp("", "penstock-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", DataDir: dir, AutoCreate: true})
	if err != nil {
		return err
	}
	defer b.Close()
	fmt.Println(b.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func parent() error {
	var c config
	flag.IntVar(&c.records, "records", 1_500_000, "visits in the topic")
	flag.IntVar(&c.partitions, "partitions", 1, "partitions of the topic")
	flag.IntVar(&c.keys, "keys", 1000, "different visitors")
	flag.IntVar(&c.runs, "runs", 3, "runs of each design")
	flag.IntVar(&c.cores, "cores", 1, "cores of the measured process")
	flag.StringVar(&c.codec, "codec", "lz4", "compression of the topic")
	flag.StringVar(&c.brokers, "brokers", "", "a running broker; empty starts the embedded one")
	flag.StringVar(&c.designs, "designs", "planned,raw,naive", "what to measure")
	flag.DurationVar(&c.step, "step", 100*time.Microsecond, "event time from a visit to the next; 10us puts 2,000,000 visits into one window")
	flag.StringVar(&c.profile, "cpuprofile", "", "write a CPU profile of the planned design here")
	formatFlag := flag.String("format", "json", "what visits are written in: json, csv, avro, protobuf; the naive design reads JSON alone")
	flag.Parse()
	if err := os.Setenv(formatEnv, *formatFlag); err != nil {
		return err
	}
	if *formatFlag != "json" {
		c.designs = strings.ReplaceAll(c.designs, ",naive", "")
	}
	if c.designs == "memory" {
		return c.memory()
	}
	if c.brokers == "" {
		addr, stop, err := startBroker()
		if err != nil {
			return err
		}
		defer stop()
		c.brokers = addr
	}
	topic := fmt.Sprintf("bench-s1-%d", time.Now().UnixNano())
	if err := load(context.Background(), &c, topic); err != nil {
		return err
	}
	res, err := c.measure(topic)
	if err != nil {
		return err
	}
	return c.report(res)
}

func startBroker() (addr string, stop func(), err error) {
	cmd := exec.Command(os.Args[0], "broker")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close() // the broker ends by itself then
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the broker did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

// result is what one run of one design has measured.
type result struct {
	Records int64 `json:"records"` // visits counted over all windows and ids
	Sum     int64 `json:"sum"`
	Rows    int64 `json:"rows"`
	CPU     int64 `json:"cpu_ns"`
	Wall    int64 `json:"wall_ns"`
	Allocs  int64 `json:"allocs"`
	RSS     int64 `json:"rss_kb"`
}

func (c *config) measure(topic string) (map[string][]result, error) {
	res := map[string][]result{}
	for run := range c.runs {
		for _, d := range strings.Split(c.designs, ",") {
			args := []string{"child", d, c.brokers, topic, strconv.Itoa(c.records), strconv.Itoa(c.cores)}
			if d == "planned" && run == 0 && c.profile != "" {
				args = append(args, c.profile)
			}
			cmd := exec.Command(os.Args[0], args...)
			if c.cores == 1 {
				if ts, err := exec.LookPath("taskset"); err == nil {
					cmd = exec.Command(ts, append([]string{"-c", "1", os.Args[0]}, args...)...)
				}
			}
			r, err := runChild(cmd, d, c.cores)
			if err != nil {
				return nil, err
			}
			if r.Records != int64(c.records) {
				return nil, fmt.Errorf("design %s counted %d of %d visits", d, r.Records, c.records)
			}
			res[d] = append(res[d], r)
		}
	}
	if p, n := res["planned"], res["naive"]; len(p) > 0 && len(n) > 0 && (p[0].Sum != n[0].Sum || p[0].Rows != n[0].Rows) {
		return nil, fmt.Errorf("planned gave %d rows with the sum %d, naive %d rows with %d", p[0].Rows, p[0].Sum, n[0].Rows, n[0].Sum)
	}
	return res, nil
}

// runChild runs a design in its own process and reads what it measured.
func runChild(cmd *exec.Cmd, design string, cores int) (r result, err error) {
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(cores))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("design %s: %w", design, err)
	}
	if err := json.Unmarshal(bytes.TrimSpace(out), &r); err != nil {
		return r, fmt.Errorf("design %s said %q: %w", design, out, err)
	}
	return r, nil
}

// median of a figure over the runs.
func median(rs []result, f func(result) float64) float64 {
	v := make([]float64, len(rs))
	for i, r := range rs {
		v[i] = f(r)
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func (c *config) report(res map[string][]result) error {
	n := float64(c.records)
	cpu := func(r result) float64 { return float64(r.CPU) / n }
	fmt.Printf("%d visits, %d keys, %d partitions, %s, %d core(s), median of %d runs\n\n", c.records, c.keys, c.partitions, c.codec, c.cores, c.runs)
	fmt.Printf("%-8s %14s %22s %16s %14s %8s %9s\n", "design", "cpu ns/record", "records/core-second", "records/second", "allocs/record", "rows", "RSS MB")
	for _, d := range strings.Split(c.designs, ",") {
		rs := res[d]
		fmt.Printf("%-8s %14.1f %22.0f %16.0f %14.4f %8d %9.0f\n", d, median(rs, cpu), 1e9/median(rs, cpu),
			median(rs, func(r result) float64 { return n / float64(r.Wall) * 1e9 }),
			median(rs, func(r result) float64 { return float64(r.Allocs) / n }), rs[0].Rows,
			median(rs, func(r result) float64 { return float64(r.RSS) / 1024 }))
	}
	p := res["planned"]
	if len(p) == 0 {
		return nil
	}
	ratio := func(d string) float64 {
		if len(res[d]) == 0 {
			return 0
		}
		return median(res[d], cpu) / median(p, cpu)
	}
	fmt.Printf("\nrecords_per_core_second=%.0f allocs_per_record=%.4f cpu_ns_per_record=%.1f of_raw_fetch=%.2f of_naive=%.2f\n",
		1e9/median(p, cpu), median(p, func(r result) float64 { return float64(r.Allocs) / n }), median(p, cpu), ratio("raw"), ratio("naive"))
	return nil
}
