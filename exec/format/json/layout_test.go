package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
)

var abc = []catalog.Column{
	{Name: "a", Type: catalog.Of(catalog.Int)},
	{Name: "b", Type: catalog.Of(catalog.Varchar)},
	{Name: "c", Type: catalog.Of(catalog.Boolean)},
}

// decodeAll decodes records into one set of columns and gives the rows, and how
// many records no layout fitted.
func decodeAll(t *testing.T, recs ...string) (out []string, general int) {
	t.Helper()
	d, err := NewDecoder(abc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cols := columns(abc)
	for _, r := range recs {
		if err := d.Append([]byte(r), cols); err != nil {
			t.Fatalf("%s: %v", r, err)
		}
	}
	return rows(t, abc, cols), d.scanner.general
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name    string
		recs    []string
		want    []string
		general int
	}{
		{"two key orders", []string{`{"a":1,"b":"x","c":true}`, `{"c":false,"b":"y","a":2}`, `{"a":3,"b":"z","c":true}`, `{"c":true,"b":"","a":4}`},
			[]string{`{"a":1,"b":"x","c":true}`, `{"a":2,"b":"y","c":false}`, `{"a":3,"b":"z","c":true}`, `{"a":4,"b":"","c":true}`}, 2},
		{"fields come and go", []string{`{"a":1,"b":"x"}`, `{"a":2,"b":"y","c":true}`, `{"a":3,"b":"z"}`, `{"a":4}`, `{"a":5,"b":"w","c":false}`, `{"a":6}`},
			[]string{`{"a":1,"b":"x","c":null}`, `{"a":2,"b":"y","c":true}`, `{"a":3,"b":"z","c":null}`, `{"a":4,"b":null,"c":null}`, `{"a":5,"b":"w","c":false}`, `{"a":6,"b":null,"c":null}`}, 3},
		{"values of other kinds fit the layout", []string{`{"a":1,"b":"x","c":true}`, `{"a":"2","b":3,"c":null}`, `{"a":null,"b":null,"c":"t"}`, `{"a":4.0,"b":{"z":1},"c":false}`},
			[]string{`{"a":1,"b":"x","c":true}`, `{"a":2,"b":"3","c":null}`, `{"a":null,"b":null,"c":true}`, `{"a":4,"b":"{\"z\":1}","c":false}`}, 1},
		{"white space is part of the layout", []string{`{"a": 1, "b": "x", "c": true}`, `{"a": 2, "b": "y", "c": true}`, "{\n  \"a\": 3,\n  \"b\": \"z\"\n}\n", "{\n  \"a\": 4,\n  \"b\": \"z\"\n}"},
			[]string{`{"a":1,"b":"x","c":true}`, `{"a":2,"b":"y","c":true}`, `{"a":3,"b":"z","c":null}`, `{"a":4,"b":"z","c":null}`}, 2},
		{"space where there was none", []string{`{"a":1,"b":"x"}`, `{"a": 2 ,"b":"y" }`, `{"a":3,"b": "z"}`},
			[]string{`{"a":1,"b":"x","c":null}`, `{"a":2,"b":"y","c":null}`, `{"a":3,"b":"z","c":null}`}, 2},
		{"duplicates are not learnt", []string{`{"a":1,"a":2}`, `{"a":3,"a":4}`, `{"x":1,"x":2,"a":5}`, `{"x":1,"x":2,"a":6}`},
			[]string{`{"a":2,"b":null,"c":null}`, `{"a":4,"b":null,"c":null}`, `{"a":5,"b":null,"c":null}`, `{"a":6,"b":null,"c":null}`}, 3},
		{"escaped keys are not learnt", []string{`{"\u0061":1}`, `{"\u0061":2}`}, []string{`{"a":1,"b":null,"c":null}`, `{"a":2,"b":null,"c":null}`}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, general := decodeAll(t, c.recs...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if general != c.general {
				t.Errorf("%d records went through the general scan, want %d", general, c.general)
			}
		})
	}
}

// Once maxLayouts are known nothing is learnt any more, and records are read
// all the same.
func TestLayoutsFreeze(t *testing.T) {
	d, err := NewDecoder(abc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cols := columns(abc)
	for i := range 100 {
		if err := d.Append(fmt.Appendf(nil, `{"x%d":0,"a":%d}`, i%20, i), cols); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.scanner.layouts); n != maxLayouts {
		t.Errorf("%d layouts", n)
	}
	if general := d.scanner.general; general != 100-4*4 {
		t.Errorf("%d records went through the general scan", general)
	}
	for i, v := range cols[0].Int {
		if v != int64(i) {
			t.Fatalf("row %d is %d", i, v)
		}
	}
}

// Keys of every length go through each of the ways a slot is compared.
func TestSlotLengths(t *testing.T) {
	for n := 1; n < 60; n++ {
		name := strings.Repeat("k", n)
		fields := []catalog.Column{{Name: name, Type: catalog.Of(catalog.Int)}}
		d, err := NewDecoder(fields, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cols := columns(fields)
		for _, tail := range []string{"", `,"rest":"............"`} {
			for i := range n {
				// a key that differs in one place is another key
				other := name[:i] + "x" + name[i+1:]
				for _, rec := range []string{fmt.Sprintf(`{"%s":%d%s}`, name, 1, tail), fmt.Sprintf(`{"%s":%d%s}`, other, 2, tail)} {
					if err := d.Append([]byte(rec), cols); err != nil {
						t.Fatal(err)
					}
				}
				if cols[0].IsNull(0) || cols[0].Int[0] != 1 || !cols[0].IsNull(1) {
					t.Fatalf("key %s against %s", name, other)
				}
				reset(cols)
			}
		}
	}
}

func TestManyMembers(t *testing.T) {
	var rec strings.Builder
	rec.WriteString("{")
	for i := range 2 * maxSlots {
		fmt.Fprintf(&rec, `"x%d":%d,`, i, i)
	}
	rec.WriteString(`"a":7}`)
	got, general := decodeAll(t, rec.String(), rec.String())
	if want := []string{`{"a":7,"b":null,"c":null}`, `{"a":7,"b":null,"c":null}`}; cmp.Diff(want, got) != "" || general != 2 {
		t.Errorf("%q, %d", got, general)
	}
}
