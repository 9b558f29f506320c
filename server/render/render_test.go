package render

import (
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// sample is a batch of three rows, of which the middle one is not selected.
func sample() (catalog.Schema, *exec.Batch) {
	cols := catalog.Schema{{Name: "n", Type: catalog.Of(catalog.BigInt)}, {Name: "text", Type: catalog.Of(catalog.Varchar)}, {Name: "n", Type: catalog.Of(catalog.Boolean)}}
	b := &exec.Batch{Split: -1}
	for _, c := range cols {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	add := func(n int64, text string, null bool) {
		b.Cols[0].AppendInt(n)
		if null {
			b.Cols[1].AppendNull()
		} else {
			b.Cols[1].AppendString(text)
		}
		b.Cols[2].AppendBool(n > 0)
		b.N++
	}
	add(-5, "ä \"quoted\", \nline", false)
	add(0, "left out", false)
	add(12345678901234, "", true)
	add(1, "", false)
	b.Sel = []int32{0, 2, 3}
	return cols, b
}

func whole(t *testing.T, r Renderer, b *exec.Batch) string {
	t.Helper()
	out := r.Head(nil)
	for i := range b.Rows() {
		var err error
		if out, err = r.Row(out, b, b.Row(i)); err != nil {
			t.Fatal(err)
		}
	}
	return string(r.Foot(out, int64(b.Rows())))
}

func TestForms(t *testing.T) {
	cols, b := sample()
	nd, err := NDJSON(cols)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		r    Renderer
		want string
	}{
		{"ndjson", nd, `{"n":-5,"text":"ä \"quoted\", \nline","n_2":false}` + "\n" + `{"n":12345678901234,"text":null,"n_2":true}` + "\n" + `{"n":1,"text":"","n_2":true}` + "\n"},
		{"csv", CSV(cols, time.UTC), "n,text,n\n-5,\"ä \"\"quoted\"\", \nline\",f\n12345678901234,,t\n1,\"\",t\n"},
		{"table", Table(cols, time.UTC), "     n      |        text         |  n\n------------+---------------------+------\n" +
			"         -5 | ä \"quoted\", \nline   | f\n 12345678901234 |                     | t\n              1 |                     | t\n(3 rows)\n\n"},
	} {
		if got := whole(t, c.r, b); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s\n%q", c.name, got, c.want, got)
		}
	}
}

func TestNoRows(t *testing.T) {
	cols, _ := sample()
	r := Table(cols[:1], time.UTC)
	if got := string(r.Foot(r.Head(nil), 0)); got != "     n\n------------\n(0 rows)\n\n" {
		t.Errorf("%q", got)
	}
	if got := string(r.Foot(nil, 1)); got != "(1 row)\n\n" {
		t.Errorf("%q", got)
	}
}

// Instants are written in the session's time zone.
func TestZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Skip(err)
	}
	cols := catalog.Schema{{Name: "at", Type: catalog.Of(catalog.TimestampLTZ)}}
	b := &exec.Batch{Split: -1, Cols: []*exec.Column{exec.NewColumnOf(cols[0].Type)}, N: 1}
	b.Cols[0].AppendInt(0)
	if got := whole(t, CSV(cols, tokyo), b); got != "at\n1970-01-01 09:00:00+09\n" {
		t.Errorf("%q", got)
	}
}
