package raw

import (
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func field(k catalog.Kind, p int) []catalog.Column {
	return []catalog.Column{{Name: "line", Type: catalog.Type{Kind: k, P: p}}}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		fields []catalog.Column
		in     string
		code   sqlerr.Code
		text   string
	}{
		{field(catalog.Varchar, 0), "any text, äöü", "00000", ""},
		{field(catalog.Varchar, 0), "", "00000", ""},
		{field(catalog.Varchar, 3), "äöü", "00000", ""},
		{field(catalog.Varchar, 3), "äöüß", sqlerr.StringTruncation, `field "line": value too long for type character varying(3)`},
		{field(catalog.Varchar, 0), "x\xffa", sqlerr.BadByteSequence, `field "line": invalid byte sequence for encoding "UTF8": 0xff 0x61`},
		{field(catalog.Varchar, 0), "x\xc3", sqlerr.BadByteSequence, `field "line": invalid byte sequence for encoding "UTF8": 0xc3`},
		{field(catalog.Varchar, 0), "x\x00y", sqlerr.BadByteSequence, `field "line": invalid byte sequence for encoding "UTF8": 0x00`},
		{field(catalog.Bytes, 0), "x\xff\x00", "00000", ""},
		{field(catalog.Bytes, 2), "abc", sqlerr.StringTruncation, `field "line": value too long for type BYTES(2)`},
	} {
		d, err := NewDecoder(c.fields)
		if err != nil {
			t.Fatal(err)
		}
		col := exec.NewColumn(exec.Strings)
		err = d.Append([]byte(c.in), []*exec.Column{col})
		if sqlerr.CodeOf(err) != c.code || err != nil && sqlerr.From(err).Message != c.text {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if err != nil {
			if col.Len() != 0 || len(col.Data) != 0 {
				t.Errorf("%q: the column has %d rows", c.in, col.Len())
			}
			continue
		}
		e, err := NewEncoder(c.fields)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := e.Encode([]byte("> "), &exec.Batch{Cols: []*exec.Column{col}, N: 1}, 0); err != nil || string(out) != "> "+c.in {
			t.Errorf("%q, %v", out, err)
		}
	}
}

func TestNullIsEmpty(t *testing.T) {
	e, err := NewEncoder(field(catalog.Varchar, 0))
	if err != nil {
		t.Fatal(err)
	}
	col := exec.NewColumn(exec.Strings)
	col.AppendNull()
	if out, err := e.Encode(nil, &exec.Batch{Cols: []*exec.Column{col}, N: 1}, 0); err != nil || len(out) != 0 {
		t.Errorf("%q, %v", out, err)
	}
}

func TestColumns(t *testing.T) {
	two := append(field(catalog.Varchar, 0), field(catalog.Varchar, 0)...)
	for _, c := range []struct {
		fields []catalog.Column
		decode sqlerr.Code
		encode sqlerr.Code
	}{
		{nil, "00000", sqlerr.InvalidTableDefinition}, // nobody reads the column
		{two, sqlerr.InvalidTableDefinition, sqlerr.InvalidTableDefinition},
		{field(catalog.Int, 0), sqlerr.DatatypeMismatch, sqlerr.DatatypeMismatch},
	} {
		if _, err := NewDecoder(c.fields); sqlerr.CodeOf(err) != c.decode {
			t.Errorf("decoder of %v: %v", c.fields, err)
		}
		if _, err := NewEncoder(c.fields); sqlerr.CodeOf(err) != c.encode {
			t.Errorf("encoder of %v: %v", c.fields, err)
		}
	}
	d, err := NewDecoder(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Append([]byte("x"), nil); err != nil {
		t.Error(err)
	}
}
