package json

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/formattest"
)

// TestGolden runs testdata: `table` gives columns, one a line; `option` sets
// options; `decode` decodes each line of input and shows the row as the encoder
// writes it, or the error.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var fields []catalog.Column
		var opts Options
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "table":
				fields = fields[:0:0]
				for line := range strings.Lines(d.Input) {
					name, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
					fields = append(fields, catalog.Column{Name: name, Type: formattest.Type(t, typ)})
				}
				return ""
			case "option":
				var list []catalog.Option
				for _, a := range d.CmdArgs {
					list = append(list, catalog.Option{Key: a.Key, Value: a.Vals[0]})
				}
				v, err := catalog.Validate(Specs, list)
				if err != nil {
					return formattest.Describe(err)
				}
				opts = NewOptions(v)
				return ""
			case "decode":
				return golden(t, fields, opts, d.Input)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func golden(t *testing.T, fields []catalog.Column, opts Options, input string) string {
	t.Helper()
	d, err := NewDecoder(fields, opts)
	if err != nil {
		return formattest.Describe(err)
	}
	e, err := NewEncoder(fields, opts)
	if err != nil {
		return formattest.Describe(err)
	}
	b := &exec.Batch{Cols: columns(fields)}
	var out strings.Builder
	for line := range strings.Lines(input) {
		line = strings.TrimSuffix(line, "\n")
		if s, err := strconv.Unquote(line); err == nil { // bytes that a text file cannot hold
			line = s
		}
		if err := d.Append([]byte(line), b.Cols); err != nil {
			out.WriteString(formattest.Describe(err))
			continue
		}
		text, err := e.Encode(nil, b, b.Cols[0].Len()-1)
		if err != nil {
			out.WriteString(formattest.Describe(err))
			continue
		}
		fmt.Fprintf(&out, "%s\n", text)
	}
	return out.String()
}
