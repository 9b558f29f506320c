package op

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// askRow is a row of TestExpandProperty; negative numbers stand for NULL.
type askRow struct{ k, n int64 }

func nullable(v int64) string {
	if v < 0 {
		return "NULL"
	}
	return fmt.Sprint(v)
}

// expandModel does what Expand should, a row at a time. The residual is n < answer.
func expandModel(c *ExpandConfig, f *optest.Answers, rows []askRow) []string {
	var out []string
	for _, r := range rows {
		answers, asked, bad := f.Of[r.k], true, f.Bad[r.k]
		switch {
		case r.k < 0 && c.NullMatchesNothing:
			answers, asked, bad = nil, false, false
		case r.k < 0:
			answers, bad = f.OfNull, false
		}
		if bad && c.OnFault == FaultDrop {
			continue
		}
		if bad {
			answers = nil
		}
		if c.Residual != nil {
			answers = slices.DeleteFunc(slices.Clone(answers), func(v int64) bool { return r.n < 0 || r.n >= v })
		}
		if c.First && len(answers) > 1 {
			answers = answers[:1]
		}
		if len(answers) == 0 && (c.Left || bad) {
			answers = []int64{-1}
		}
		for _, v := range answers {
			line := []string{nullable(r.k), nullable(r.n), nullable(v)}
			if c.Version {
				line = append(line, fmt.Sprint(f.Version))
			}
			if c.Errors {
				text, tries := "NULL", 1
				if bad {
					text = fmt.Sprintf("'no answer to %d'", r.k)
				}
				if !asked {
					tries = 0
				}
				line = append(line, text, fmt.Sprint(tries))
			}
			out = append(out, strings.Join(line, " "))
		}
	}
	return out
}

// Whatever is asked and answered, at once or in pieces as an asynchronous stage
// does: what comes out is what the model says.
func TestExpandProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		yes := func(what string) bool { return rapid.Bool().Draw(rt, what) }
		f := &optest.Answers{Of: map[int64][]int64{}, Bad: map[int64]bool{}, Version: 9}
		most := rapid.IntRange(1, 3).Draw(rt, "most answers")
		values := rapid.SliceOfN(rapid.Int64Range(0, 9), 0, most)
		for k := range int64(5) {
			f.Of[k] = values.Draw(rt, "answers")
			f.Bad[k] = rapid.IntRange(0, 5).Draw(rt, "bad") == 0
		}
		f.OfNull = values.Draw(rt, "answers to NULL")
		ints := []*exec.Column{exec.NewColumn(exec.Ints)}
		c := ExpandConfig{Function: f, Args: Columns([]exec.Eval{optest.Col(0)}), Questions: ints, Columns: append(ints, ints...), Answers: ints,
			NullMatchesNothing: yes("lookup"), Left: yes("left"), First: yes("first"), Version: yes("version"), Errors: yes("errors"),
			WindowEnd: -1, OnFault: FaultNull}
		if yes("residual") {
			c.Residual = optest.Less(1, 2)
		}
		if yes("drop") {
			c.OnFault = FaultDrop
		}
		header := "k:int n:int v:int"
		if c.Version {
			header += " version:int"
		}
		if c.Errors {
			header += " error:str attempts:int"
		}
		types := optest.ParseTypes(header)
		row := rapid.Custom(func(t *rapid.T) askRow {
			return askRow{rapid.Int64Range(-1, 5).Draw(t, "k"), rapid.Int64Range(-1, 9).Draw(t, "n")}
		})
		e := NewExpand(c)
		for range 3 { // the memory of one batch is that of the next
			rows := rapid.SliceOfN(row, 1, 12).Draw(rt, "rows")
			in := optest.NewBatch(types[:2])
			for _, r := range rows {
				optest.AppendRow(in, types[:2], nullable(r.k)+" "+nullable(r.n))
			}
			if yes("junk") {
				in = optest.Junk(in)
			}
			var got []string
			emit := func(b *exec.Batch) error {
				got = append(got, optest.Rows(b, types)...)
				return nil
			}
			var err error
			if yes("at once") {
				err = e.Process(context.Background(), 0, in, emit)
			} else {
				err = inPieces(rt, e, f, in, emit)
			}
			if err != nil {
				rt.Fatal(err)
			}
			if want := expandModel(&c, f, rows); !slices.Equal(got, want) {
				rt.Fatalf("got  %q\nwant %q", got, want)
			}
		}
	})
}

// inPieces asks as an asynchronous stage does, and answers some rows at a time.
func inPieces(t *rapid.T, e *Expand, f *optest.Answers, in *exec.Batch, emit exec.Emit) error {
	q, err := e.Ask(in)
	if err != nil {
		return err
	}
	args, m := q.Args.Like(), e.NewMatches()
	q.Args.AppendTo(args)
	of := slices.Clone(q.Of)
	if of == nil {
		for k := range q.In.Rows() {
			of = append(of, int32(k))
		}
	}
	if err := f.Call(context.Background(), args, m); err != nil {
		return err
	}
	rows := q.In.Rows()
	for from := 0; from < rows; {
		to := rapid.IntRange(from+1, rows).Draw(t, "piece")
		var s slice
		if err := e.Answer(context.Background(), s.of(q.In, from, to), args.N, m, of[from:to], emit); err != nil {
			return err
		}
		from = to
	}
	return nil
}
