package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// TestAggregates runs testdata/agg. A line is [distinct] name type… then the
// values of group 0 between | and |, a value a word, arguments of one row joined by a
// slash. Every line is computed in one phase and in two, with selections and
// with another group between.
func TestAggregates(t *testing.T) {
	datadriven.RunTest(t, "testdata/agg", func(t *testing.T, d *datadriven.TestData) string {
		var out strings.Builder
		for line := range strings.SplitSeq(d.Input, "\n") {
			out.WriteString(line + " → " + aggLine(t, line) + "\n")
		}
		return out.String()
	})
}

func aggLine(t *testing.T, line string) string {
	head, values, _ := strings.Cut(line, "|")
	words := strings.Fields(head)
	distinct := words[0] == "distinct"
	if distinct {
		words = words[1:]
	}
	p := &sexpr{t: t, in: line}
	var types []catalog.Type
	var args []*exec.Column
	for _, w := range words[1:] {
		types = append(types, p.typ(w))
		args = append(args, exec.NewColumnOf(types[len(types)-1]))
	}
	rows := 0
	for w := range strings.FieldsSeq(strings.TrimSuffix(strings.TrimSpace(values), "|")) {
		for k, v := range strings.Split(w, "/")[:len(types)] {
			if v == "NULL" {
				args[k].AppendNull()
			} else if err := AppendConst(args[k], types[k], v); err != nil {
				t.Fatal(err)
			}
		}
		rows++
	}
	var ret catalog.Type
	for _, s := range Builtin().Signatures(words[0]) {
		if len(s.Args) == len(types) && matches(types, s) {
			ret = s.Ret
			if s.RetOf != nil {
				ret, _ = s.RetOf(types)
			}
			break
		}
	}
	var all []string
	for way := range 4 {
		all = append(all, aggOnce(t, words[0], types, ret, distinct, args, rows, way))
	}
	for way, got := range all {
		if got != all[0] {
			t.Errorf("%s: way %d gives %s, not %s", line, way, got, all[0])
		}
	}
	return all[0]
}

// aggOnce computes a group: 0 at once, 1 row by row beside another group, 2 in two
// phases, 3 after a Reset and with a list of rows.
func aggOnce(t *testing.T, fn string, types []catalog.Type, ret catalog.Type, distinct bool, args []*exec.Column, rows, way int) string {
	a, err := NewAggregate(fn, types, ret, distinct)
	if err != nil {
		return outcome(nil, ret, 0, err)
	}
	a.Resize(1)
	groups := make([]int32, rows)
	switch way {
	case 0:
		err = a.Update(groups, args, nil)
	case 1:
		a.Resize(3)
		for i := range rows {
			if err == nil {
				err = a.Update([]int32{0, 2}, args, []int32{int32(i), int32(i)})
			}
		}
	case 2:
		if a.State() == nil {
			return aggOnce(t, fn, types, ret, distinct, args, rows, 0)
		}
		a, err = twoPhase(fn, types, ret, args, rows)
	case 3:
		list := make([]int32, rows)
		for i := range list {
			list[i] = int32(i)
		}
		err = a.Update(groups, args, list)
		a.Reset()
		a.Resize(1)
		if err == nil {
			err = a.Update(groups, args, list)
		}
	}
	out := exec.NewColumnOf(ret)
	if err == nil {
		err = a.AppendResult(out, 0)
	}
	if a != nil && a.(Sized).Bytes() <= 0 {
		t.Errorf("%s: no bytes", fn)
	}
	return outcome(out, ret, 0, err)
}

// twoPhase splits the rows over two partial states and merges those.
func twoPhase(fn string, types []catalog.Type, ret catalog.Type, args []*exec.Column, rows int) (exec.Aggregate, error) {
	final, err := NewAggregate(fn, types, ret, false)
	if err != nil {
		return nil, err
	}
	final.Resize(2)
	for half := range 3 { // the last is empty
		part, err := NewAggregate(fn, types, ret, false)
		if err != nil {
			return nil, err
		}
		part.Resize(2)
		for i := range rows {
			if i%2 == half {
				if err := part.Update([]int32{1}, args, []int32{int32(i)}); err != nil {
					return final, err
				}
			}
		}
		var state []*exec.Column
		for _, l := range part.State() {
			state = append(state, exec.NewColumn(l))
		}
		part.AppendState(state, 0)
		part.AppendState(state, 1)
		if err := final.Merge([]int32{0}, state, []int32{1}); err != nil {
			return final, err
		}
	}
	return final, nil
}

func TestDistinctCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Bool().Draw(t, "text")
		typ := catalog.Of(catalog.BigInt)
		if text {
			typ = catalog.Of(catalog.Varchar)
		}
		a, err := NewAggregate("count", []catalog.Type{typ}, catalog.Of(catalog.BigInt), true)
		if err != nil {
			t.Fatal(err)
		}
		const n = 5
		a.Resize(n)
		want := [n]map[int64]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			c := exec.NewColumnOf(typ)
			var groups []int32
			for range rapid.IntRange(0, 200).Draw(t, "rows") {
				g, v := rapid.Int32Range(0, n-1).Draw(t, "g"), rapid.Int64Range(-40, 40).Draw(t, "v")
				groups = append(groups, g)
				if want[g] == nil {
					want[g] = map[int64]bool{}
				}
				switch {
				case v == 0:
					c.AppendNull()
					continue
				case text:
					c.AppendString(fmt.Sprint(v))
				default:
					c.AppendInt(v)
				}
				want[g][v] = true
			}
			if err := a.Update(groups, []*exec.Column{c}, nil); err != nil {
				t.Fatal(err)
			}
		}
		out := exec.NewColumn(exec.Ints)
		for g := range want {
			_ = a.AppendResult(out, g)
			if out.Int[g] != int64(len(want[g])) {
				t.Fatalf("group %d: %d, want %d", g, out.Int[g], len(want[g]))
			}
		}
	})
}
