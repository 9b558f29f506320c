package json

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
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
					fields = append(fields, catalog.Column{Name: name, Type: parseType(t, typ)})
				}
				return ""
			case "option":
				var list []catalog.Option
				for _, a := range d.CmdArgs {
					list = append(list, catalog.Option{Key: a.Key, Value: a.Vals[0]})
				}
				v, err := catalog.Validate(Specs, list)
				if err != nil {
					return describe(err)
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
		return describe(err)
	}
	e, err := NewEncoder(fields, opts)
	if err != nil {
		return describe(err)
	}
	b := &exec.Batch{Cols: columns(fields)}
	var out strings.Builder
	for line := range strings.Lines(input) {
		line = strings.TrimSuffix(line, "\n")
		if s, err := strconv.Unquote(line); err == nil { // bytes that a text file cannot hold
			line = s
		}
		if err := d.Append([]byte(line), b.Cols); err != nil {
			out.WriteString(describe(err))
			continue
		}
		text, err := e.Encode(nil, b, b.Cols[0].Len()-1)
		if err != nil {
			out.WriteString(describe(err))
			continue
		}
		fmt.Fprintf(&out, "%s\n", text)
	}
	return out.String()
}

func describe(err error) string {
	e := sqlerr.From(err)
	s := fmt.Sprintf("error %s: %s\n", e.Code, e.Message)
	if e.Detail != "" && !strings.HasPrefix(e.Detail, "record: ") {
		s += "  detail: " + e.Detail + "\n"
	}
	if e.HintMsg != "" {
		s += "  hint: " + e.HintMsg + "\n"
	}
	return s
}

// parseType reads the SQL spelling of a type.
func parseType(t testing.TB, s string) catalog.Type {
	t.Helper()
	p := typeParser{t: t, s: s}
	typ := p.parse()
	if p.s != "" {
		t.Fatalf("type %q: left over %q", s, p.s)
	}
	return typ
}

type typeParser struct {
	t testing.TB
	s string
}

func (p *typeParser) eat(s string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.s, " "), s)
	if ok {
		p.s = rest
	}
	return ok
}

func (p *typeParser) word() string {
	p.s = strings.TrimLeft(p.s, " ")
	n := 0
	for n < len(p.s) && (p.s[n] == '_' || p.s[n] >= '0' && p.s[n] <= '9' || p.s[n]|0x20 >= 'a' && p.s[n]|0x20 <= 'z') {
		n++
	}
	w := p.s[:n]
	p.s = p.s[n:]
	return w
}

func (p *typeParser) number() int {
	n, err := strconv.Atoi(p.word())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *typeParser) parse() catalog.Type {
	var typ catalog.Type
	switch w := p.word(); w {
	case "ROW":
		typ.Kind = catalog.Row
		for sep := "<"; p.eat(sep); sep = "," {
			name := p.word()
			typ.Fields = append(typ.Fields, catalog.Field{Name: name, Type: p.parse()})
		}
		p.eat(">")
	case "MAP":
		p.eat("<")
		key := p.parse()
		p.eat(",")
		typ = catalog.MapOf(key, p.parse())
		p.eat(">")
	default:
		for k := catalog.Boolean; k <= catalog.JSON; k++ {
			if catalog.Of(k).String() == w {
				typ.Kind = k
			}
		}
		if typ.Kind == catalog.Unknown {
			p.t.Fatalf("unknown type %q", w)
		}
		if p.eat("(") {
			typ.P = p.number()
			if typ.IsTimestamp() || typ.Kind == catalog.Time {
				typ.P++
			}
			if p.eat(",") {
				typ.S = p.number()
			}
			p.eat(")")
		}
	}
	for p.eat("ARRAY") {
		typ = catalog.ArrayOf(typ)
	}
	return typ
}
