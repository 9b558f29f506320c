package formattest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Columns makes empty columns for fields.
func Columns(fields []catalog.Column) []*exec.Column {
	cols := make([]*exec.Column, len(fields))
	for i, f := range fields {
		cols[i] = exec.NewColumnOf(f.Type)
	}
	return cols
}

// Fields reads lines of a name and a type.
func Fields(t testing.TB, input string) []catalog.Column {
	t.Helper()
	var fields []catalog.Column
	for line := range strings.Lines(input) {
		name, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		fields = append(fields, catalog.Column{Name: name, Type: Type(t, typ)})
	}
	return fields
}

// SameLengths fails where the columns do not all have n rows, the bytes and
// elements beneath included: what a decoder must leave behind after an error.
func SameLengths(t testing.TB, cols []*exec.Column, n int) {
	t.Helper()
	for _, c := range cols {
		if c.Len() != n {
			t.Fatalf("a column has %d rows, not %d", c.Len(), n)
		}
		switch c.Layout {
		case exec.Strings:
			if len(c.Data) != int(c.Offs[n]) {
				t.Fatalf("a column has %d bytes, its rows %d", len(c.Data), c.Offs[n])
			}
		case exec.List, exec.MapOf:
			SameLengths(t, c.Kids, int(c.Offs[n]))
		case exec.Struct:
			SameLengths(t, c.Kids, n)
		}
	}
}

// Describe shows an error.
func Describe(err error) string {
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

// Type reads the SQL spelling of a type.
func Type(t testing.TB, s string) catalog.Type {
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
