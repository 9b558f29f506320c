package debezium

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
)

// TestGolden runs testdata/golden: `table` gives columns, those in brackets
// metadata; `decode` shows the row of each line, and the event written of it.
func TestGolden(t *testing.T) {
	datadriven.RunTest(t, "testdata/golden", func(t *testing.T, d *datadriven.TestData) string {
		var o Options
		o.Wrapped = d.HasArg("wrapped")
		table, input, _ := strings.Cut(d.Input, "\n--\n")
		fields, metas := columns(t, table)
		dec, err := NewDecoder(fields, metas, o)
		if err != nil {
			return formattest.Describe(err)
		}
		opName := ""
		for i, m := range metas {
			if m == MetaOp {
				opName = fields[i].Name
			}
		}
		cols := formattest.Columns(fields)
		var out strings.Builder
		n := 0
		for line := range strings.Lines(input) {
			if err := dec.Append([]byte(strings.TrimSpace(line)), cols); err != nil {
				out.WriteString(formattest.Describe(err))
				formattest.SameLengths(t, cols, n)
				continue
			}
			fmt.Fprintln(&out, rows.Show(t, fields, cols, n))
			if !o.Wrapped && len(fields) == 3 {
				e, err := NewEncoder(fields, opName, o)
				if err != nil {
					t.Fatal(err)
				}
				ev, err := e.Encode(nil, &exec.Batch{Cols: cols, N: n + 1}, n)
				fmt.Fprintf(&out, "  %s %v\n", ev, err)
			}
			n++
		}
		return out.String()
	})
}

func columns(t *testing.T, table string) (fields []catalog.Column, metas []string) {
	for line := range strings.Lines(table) {
		if strings.TrimSpace(line) == "--" {
			break
		}
		line, meta, _ := strings.Cut(strings.TrimSpace(line), " [")
		fields = append(fields, formattest.Fields(t, line)...)
		metas = append(metas, strings.TrimSuffix(meta, "]"))
	}
	return fields, metas
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"before":{"id":1},"after":{"id":2,"s":"x"},"op":"u","ts_ms":5,"source":{"db":"d","ts_ms":4,"table":"t"}}`))
	f.Add([]byte(`{"before":{"id":1},"after":null,"op":"d"}`))
	fields, metas := []catalog.Column{{Name: "id", Type: catalog.Of(catalog.Int)}, {Name: "s", Type: catalog.Of(catalog.Varchar)}}, []string{"", ""}
	for _, m := range []string{MetaOp, MetaBefore, MetaIngestion, MetaSourceAt, MetaDatabase, MetaTable, MetaSource} {
		t, _ := MetaType(m)
		fields, metas = append(fields, catalog.Column{Name: "m_" + m, Type: t}), append(metas, m)
	}
	d, err := NewDecoder(fields, metas, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		cols := formattest.Columns(fields)
		want := 1
		if err := d.Append(in, cols); err != nil {
			want = 0
		}
		formattest.SameLengths(t, cols, want)
	})
}
