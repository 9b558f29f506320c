package lookup

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestScenarios runs the files of testdata/scenarios on simulated time, which
// begins at 2000-01-01 00:00 UTC. Commands:
//
//	table 'key'='value'…        declares the table anew, with these options
//	source rows=N version=V err=CODE takes=D token=T dup=ID null
//	open|close NAME             a reader (open NAME nowait: in the background)
//	ask NAME ID…, pin NAME as NEW
//	refresh [nowait], forget, sleep D, scan, status, restart
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		synctest.Test(t, func(t *testing.T) {
			w := &world{t: t, s: &script{rows: people(0, 0)}, dir: t.TempDir(), def: customers(), readers: map[string]*Reader{}, pins: map[string]exec.TableFunction{}}
			w.start()
			t.Cleanup(func() {
				for _, r := range w.readers {
					r.Close()
				}
				if err := w.ts.Close(); err != nil {
					t.Error(err)
				}
				if o, c := w.s.opened.Load(), w.s.closed.Load(); o != c {
					t.Errorf("%d sources opened, %d closed", o, c)
				}
			})
			datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return w.do(d) })
		})
	})
}

type world struct {
	t       *testing.T
	s       *script
	ts      *Tables
	dir     string
	def     *catalog.Table
	readers map[string]*Reader
	pins    map[string]exec.TableFunction
}

func (w *world) start() {
	w.ts = New(Config{Connectors: map[string]Connector{"script": w.s}, SnapshotDir: w.dir,
		Endpoint: func(name string) *catalog.Endpoint {
			if name != "shop" {
				return nil
			}
			return &catalog.Endpoint{Name: name, Options: catalog.Options{{Key: "url", Value: "http://shop"}, {Key: "lookup.timeout", Value: "3s"}}}
		}})
}

func outcome(err error) string {
	if err == nil {
		return "ok\n"
	}
	e := sqlerr.From(err)
	s := fmt.Sprintf("%s: %s\n", e.Code, e.Message)
	if e.Detail != "" {
		s += "DETAIL: " + e.Detail + "\n"
	}
	if e.HintMsg != "" {
		s += "HINT: " + e.HintMsg + "\n"
	}
	return s
}

func (w *world) do(d *datadriven.TestData) string {
	words := strings.Fields(d.Input)
	first := ""
	if len(d.CmdArgs) > 0 {
		first = d.CmdArgs[0].Key
	}
	switch d.Cmd {
	case "table":
		var opts []string
		for _, o := range strings.Split(d.Input, "\n") {
			if k, v, ok := strings.Cut(o, "="); ok {
				opts = append(opts, strings.Trim(k, "' "), strings.Trim(v, "' "))
			}
		}
		w.def = customers(opts...)
		if d.HasArg("nokey") {
			w.def.PrimaryKey = nil
		}
		w.def.Temporary = d.HasArg("temporary")
		return outcome(w.ts.Check(w.def))
	case "source":
		return w.source(d)
	case "open":
		start := time.Now()
		r, err := w.ts.Open(context.Background(), w.def, []int{0}, []int{1, 2})
		if err == nil {
			w.readers[first] = r
		}
		return took(start) + outcome(err)
	case "close":
		w.readers[first].Close()
		delete(w.readers, first)
		return ""
	case "pin":
		f, _ := w.readers[first].Pin()
		w.pins[d.CmdArgs[2].Key] = f
		return ""
	case "ask":
		var f exec.TableFunction = w.readers[first]
		if p, ok := w.pins[first]; ok {
			f = p
		}
		var ids []int64
		for _, a := range append(d.CmdArgs[1:], datadriven.CmdArg{}) {
			if id, err := strconv.ParseInt(a.Key, 10, 64); err == nil {
				ids = append(ids, id)
			}
		}
		out := exec.NewMatches(people(0, 0))
		out.Rows.Cols = out.Rows.Cols[1:]
		start := time.Now()
		if err := f.Call(context.Background(), ints(ids...), out); err != nil {
			return took(start) + outcome(err)
		}
		return fmt.Sprintf("%s%sv%d\n", took(start), render(out, ids), out.Version)
	case "refresh":
		start := time.Now()
		err := w.ts.Refresh(context.Background(), w.def, !d.HasArg("nowait"))
		return took(start) + outcome(err)
	case "forget":
		w.ts.Forget("customers")
		return ""
	case "sleep":
		dur, err := time.ParseDuration(first)
		if err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(dur)
		synctest.Wait()
		return ""
	case "scan":
		return w.scan()
	case "restart":
		err := w.ts.Close()
		w.start()
		return outcome(err)
	case "status":
		return w.status()
	}
	w.t.Fatalf("%s: unknown command %s %v", d.Pos, d.Cmd, words)
	return ""
}

func took(start time.Time) string {
	if d := time.Since(start); d > 0 {
		return fmt.Sprintf("[%v] ", d)
	}
	return ""
}

func (w *world) source(d *datadriven.TestData) string {
	w.s.set(func() {
		n, v := w.s.rows.N, int64(0)
		if d.HasArg("rows") {
			d.ScanArgs(w.t, "rows", &n)
		}
		if d.HasArg("version") {
			d.ScanArgs(w.t, "version", &v)
			w.s.rows = people(n, v)
		}
		if d.HasArg("dup") {
			var id int64
			d.ScanArgs(w.t, "dup", &id)
			person(w.s.rows, id, "again", v)
		}
		if d.HasArg("null") {
			w.s.rows.Cols[0].AppendNull()
			w.s.rows.Cols[1].AppendString("nobody")
			w.s.rows.Cols[2].AppendInt(0)
			w.s.rows.N++
		}
		w.s.err = nil
		if d.HasArg("err") {
			var code string
			d.ScanArgs(w.t, "err", &code)
			w.s.err = sqlerr.New(sqlerr.Code(code), "the source says no to hunter2")
		}
		w.s.takes, w.s.token = 0, ""
		if d.HasArg("takes") {
			var s string
			d.ScanArgs(w.t, "takes", &s)
			w.s.takes, _ = time.ParseDuration(s)
		}
		if d.HasArg("token") {
			d.ScanArgs(w.t, "token", &w.s.token)
		}
		if d.HasArg("points") {
			w.s.points = true
		}
	})
	return ""
}

func (w *world) scan() string {
	src, err := w.ts.Scan(context.Background(), w.def, []int{2, 0})
	if err != nil {
		return outcome(err)
	}
	n, sum, last := 0, int64(0), int64(0)
	for {
		b, err := src.Read(context.Background())
		if err != nil {
			if cerr := src.Close(); cerr != nil {
				return outcome(cerr)
			}
			return fmt.Sprintf("%d rows, ids add up to %d, last version %d: %v\n", n, sum, last, err)
		}
		for i := range b.N {
			sum += b.Cols[1].Int[i]
			last = b.Cols[0].Int[i]
		}
		n += b.N
	}
}

func (w *world) status() string {
	synctest.Wait()
	var b strings.Builder
	ago := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return time.Until(t).String()
	}
	for _, s := range w.ts.Status() {
		fmt.Fprintf(&b, "%s %s %s rows=%d v%d age=%v last=%s next=%s took=%v readers=%d hits=%d misses=%d loads=%d failures=%d", s.Name, s.Connector, s.Cache,
			s.Rows, s.Version, s.Age, ago(s.LastRefresh), ago(s.NextRefresh), s.LastDuration, s.Readers, s.Hits, s.Misses, s.Loads, s.Failures)
		if s.NullKeys+s.DuplicateKeys > 0 {
			fmt.Fprintf(&b, " nulls=%d duplicates=%d", s.NullKeys, s.DuplicateKeys)
		}
		if s.Stale {
			b.WriteString(" stale")
		}
		if !s.Loaded {
			b.WriteString(" not-loaded")
		}
		if s.LastError != nil {
			fmt.Fprintf(&b, "\n  %v", s.LastError)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "source: %d loads, %d lookups of %d keys\n", w.s.loads.Load(), w.s.lookups.Load(), w.s.asked.Load())
	return b.String()
}
