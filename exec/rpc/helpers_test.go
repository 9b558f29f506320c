package rpc

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/internal/wordlen"
)

// serve runs the word-length service for a test.
func serve(t testing.TB, cfg wordlen.Config) *wordlen.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := wordlen.Serve(l, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// resolve is the function of the seed, with more options, given as key, value.
func resolve(addr string, options ...string) *catalog.Function {
	all := []string{"endpoint", addr, "method", "RpcService/resolveBatch", "proto", wordlen.Proto,
		"request.rows", "request", "request.columns", "input=word", "response.rows", "response", "response.columns", "length=output"}
	return define("resolve", catalog.LanguageGRPC, "word VARCHAR", "length INT", append(all, options...)...)
}

// define makes a function of 'name TYPE, …' lists. A later option overrides an earlier one; an
// empty value takes it out.
func define(name, language, args, returns string, options ...string) *catalog.Function {
	f := &catalog.Function{Name: name, Language: language, Args: schema(args), Returns: schema(returns), Table: true}
	values := map[string]string{}
	var order []string
	for i := 0; i < len(options); i += 2 {
		if _, ok := values[options[i]]; !ok {
			order = append(order, options[i])
		}
		values[options[i]] = options[i+1]
	}
	for _, k := range order {
		if values[k] != "" {
			f.Options = append(f.Options, catalog.Option{Key: k, Value: values[k]})
		}
	}
	return f
}

var typeNames = map[string]catalog.Type{"BOOLEAN": catalog.Of(catalog.Boolean), "SMALLINT": catalog.Of(catalog.SmallInt),
	"INT": catalog.Of(catalog.Int), "BIGINT": catalog.Of(catalog.BigInt), "REAL": catalog.Of(catalog.Real), "DOUBLE": catalog.Of(catalog.Double),
	"DECIMAL": catalog.Of(catalog.Decimal), "VARCHAR": catalog.Of(catalog.Varchar), "BYTES": catalog.Of(catalog.Bytes), "DATE": catalog.Of(catalog.Date),
	"TIME": catalog.Of(catalog.Time), "TIMESTAMP": catalog.Of(catalog.Timestamp), "TIMESTAMP_LTZ": catalog.Of(catalog.TimestampLTZ),
	"INTERVAL": catalog.Of(catalog.Interval), "JSON": catalog.Of(catalog.JSON)}

func schema(s string) catalog.Schema {
	var out catalog.Schema
	for part := range strings.SplitSeq(s, ",") {
		f := strings.Fields(part)
		if len(f) == 0 {
			continue
		}
		t, ok := typeNames[f[1]]
		if !ok {
			panic("no type " + f[1])
		}
		if len(f) == 3 {
			t = catalog.ArrayOf(t)
		}
		out = append(out, catalog.Column{Name: f[0], Type: t})
	}
	return out
}

func open(t testing.TB, fs *Functions, f *catalog.Function) *Caller {
	t.Helper()
	columns := make([]int, len(f.Returns))
	for i := range columns {
		columns[i] = i
	}
	c, err := fs.Open(context.Background(), f, columns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func registry(t testing.TB, cfg Config) *Functions {
	fs := New(cfg)
	t.Cleanup(func() { _ = fs.Close() })
	return fs
}

// words makes a batch of one VARCHAR column; "\x00" is NULL.
func words(w ...string) *exec.Batch {
	c := exec.NewColumn(exec.Strings)
	for _, s := range w {
		if s == "\x00" {
			c.AppendNull()
		} else {
			c.AppendString(s)
		}
	}
	return &exec.Batch{Cols: []*exec.Column{c}, N: len(w), Split: -1}
}

func matches(f *catalog.Function) *exec.Matches {
	b := &exec.Batch{Split: -1}
	for _, c := range f.Returns {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	return exec.NewMatches(b)
}

// ask calls and gives the answers as "question:value" and the faults as
// "question!message".
func ask(t testing.TB, c *Caller, f *catalog.Function, args *exec.Batch) string {
	t.Helper()
	out := matches(f)
	if err := c.Call(context.Background(), args, out); err != nil {
		t.Fatal(err)
	}
	return show(t, out, args.N)
}

func show(t testing.TB, out *exec.Matches, n int) string {
	t.Helper()
	var parts []string
	if out.Rows.N != len(out.Parent) {
		t.Fatalf("%d rows, %d parents", out.Rows.N, len(out.Parent))
	}
	last := int32(0)
	answered := map[int32]bool{}
	for i, p := range out.Parent {
		if p < last || int(p) >= n {
			t.Fatalf("parents %v", out.Parent)
		}
		last = p
		answered[p] = true
		s := fmt.Sprint(p) + ":"
		for k, c := range out.Rows.Cols {
			if c.Len() != out.Rows.N {
				t.Fatalf("column %d has %d rows of %d", k, c.Len(), out.Rows.N)
			}
			if k > 0 {
				s += ","
			}
			s += value(c, i)
		}
		parts = append(parts, s)
	}
	last = -1
	for _, f := range out.Faults {
		if f.Question <= last || answered[f.Question] {
			t.Fatalf("faults %v, parents %v", out.Faults, out.Parent)
		}
		last = f.Question
		parts = append(parts, fmt.Sprintf("%d!%v", f.Question, f.Err))
	}
	return strings.Join(parts, " ")
}

func value(c *exec.Column, i int) string {
	if c.IsNull(i) {
		return "NULL"
	}
	switch c.Layout {
	case exec.Bools:
		return fmt.Sprint(c.Bool[i])
	case exec.Ints:
		return fmt.Sprint(c.Int[i])
	case exec.Floats:
		return fmt.Sprint(c.Float[i])
	case exec.Decimals:
		return fmt.Sprintf("%d/%d", c.Dec[i].Lo, c.Dec[i].Scale)
	case exec.Intervals:
		return fmt.Sprint(c.Ivl[i])
	case exec.Strings:
		return string(c.Str(i))
	case exec.List:
		var s []string
		for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
			s = append(s, value(c.Kids[0], int(j)))
		}
		return "[" + strings.Join(s, " ") + "]"
	}
	return "?"
}

func asError(err error) *sqlerr.Error { return sqlerr.From(err) }
