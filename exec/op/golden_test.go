package op

import (
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// TestGolden runs testdata/ops/*: the command names the operator, its arguments
// configure it, and the input is an optest script.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata/ops", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return optest.Run(t, func() exec.Operator {
				op, err := makeOp(d)
				if err != nil {
					t.Fatal(err)
				}
				return op
			}, d.Input)
		})
	})
}

// args reads the arguments of a command.
type args struct{ d *datadriven.TestData }

func (a args) has(key string) bool { return a.d.HasArg(key) }

func (a args) str(key string) string {
	for _, c := range a.d.CmdArgs {
		if c.Key == key {
			return strings.Join(c.Vals, ",")
		}
	}
	return ""
}

func (a args) ints(key string) []int {
	var out []int
	for _, c := range a.d.CmdArgs {
		if c.Key != key {
			continue
		}
		for _, v := range c.Vals {
			n, err := strconv.Atoi(v)
			if err != nil {
				panic(err)
			}
			out = append(out, n)
		}
	}
	return out
}

func (a args) int(key string, otherwise int) int {
	if v := a.ints(key); len(v) > 0 {
		return v[0]
	}
	return otherwise
}

// seconds reads a number of seconds as microseconds.
func (a args) seconds(key string) int64 { return int64(a.int(key, 0)) * 1e6 }

func (a args) policy() RowPolicy { return RowPolicy{Skip: a.has("skip")} }

// header gives the types of the "in" line of a port.
func (a args) header(port int) []optest.Type {
	seen := 0
	for line := range strings.Lines(a.d.Input) {
		if rest, ok := strings.CutPrefix(line, "in "); ok {
			if seen == port {
				return optest.ParseTypes(rest)
			}
			seen++
		}
	}
	panic("no in line")
}

func (a args) keys() []Key {
	var keys []Key
	for _, k := range a.ints("keys") {
		keys = append(keys, Key{Col: k, Like: a.header(0)[k].New()})
	}
	return keys
}

func (a args) window() Window {
	switch {
	case a.has("tumble"):
		return Window{Kind: Tumble, Time: a.int("time", 0), Size: a.seconds("tumble"), Offset: a.seconds("offset")}
	case a.has("attached"):
		v := a.ints("attached")
		return Window{Kind: Attached, Start: v[0], End: v[1]}
	}
	return Window{}
}

// aggs reads count, count(2), sum(1), each with @3 behind it for a FILTER column.
func (a args) aggs() []AggSpec {
	var out []AggSpec
	for _, c := range a.d.CmdArgs {
		if c.Key != "aggs" {
			continue
		}
		for _, v := range c.Vals {
			name, filter, ok := strings.Cut(v, "@")
			s := AggSpec{Filter: -1, Result: exec.NewColumn(exec.Ints)}
			if ok {
				s.Filter, _ = strconv.Atoi(filter)
			}
			name, arg, ok := strings.Cut(name, ":")
			if ok {
				n, _ := strconv.Atoi(arg)
				s.Args = []int{n}
			}
			s.New = func() exec.Aggregate { return &optest.Count{} }
			if name == "sum" {
				s.New = func() exec.Aggregate { return &optest.Sum{} }
			}
			out = append(out, s)
		}
	}
	return out
}

// columns gives empty columns of a port's shapes.
func (a args) columns(port int) []*exec.Column {
	var cols []*exec.Column
	for _, t := range a.header(port) {
		cols = append(cols, t.New())
	}
	return cols
}

// sortKeys reads 0, 0:desc, 0:first, 0:desc:last.
func (a args) sortKeys() []SortKey {
	var keys []SortKey
	for _, c := range a.d.CmdArgs {
		if c.Key != "by" {
			continue
		}
		for _, v := range c.Vals {
			col, rest, _ := strings.Cut(v, ":")
			n, err := strconv.Atoi(col)
			if err != nil {
				panic(err)
			}
			k := SortKey{Col: n, Desc: strings.Contains(rest, "desc")}
			k.NullsFirst = k.Desc && !strings.Contains(rest, "last") || strings.Contains(rest, "first")
			keys = append(keys, k)
		}
	}
	return keys
}
