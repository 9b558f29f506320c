package avro

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
)

func TestNoAllocations(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	d, err := NewDecoder(fields, fields, Options{Schema: string(read(t, "all.avsc"))})
	if err != nil {
		t.Fatal(err)
	}
	rec, cols := records(t)[3], formattest.Columns(fields)
	step := func() {
		for _, c := range cols {
			c.Reset()
		}
		if err := d.Append(rec, cols); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, r := range records(f) {
		f.Add(r, uint8(3))
	}
	fields := formattest.Fields(f, allTypes)
	schema := string(read(f, "all.avsc"))
	f.Fuzz(func(t *testing.T, in []byte, some uint8) {
		d, err := NewDecoder(fields, fields, Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		cols := formattest.Columns(fields)
		full := d.Append(in, cols)
		if full != nil {
			formattest.SameLengths(t, cols, 0)
			return
		}
		// A decoder of some columns takes what one of all takes, and alike.
		rnd := rand.New(rand.NewPCG(uint64(some), 1))
		var part []catalog.Column
		var at []int
		for i, fd := range fields {
			if rnd.IntN(2) == 0 {
				part, at = append(part, fd), append(at, i)
			}
		}
		d2, err := NewDecoder(fields, part, Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		cols2 := formattest.Columns(part)
		if err := d2.Append(in, cols2); err != nil {
			t.Fatal(err)
		}
		for i := range part {
			a, b := rows.Show(t, fields[at[i]:at[i]+1], cols[at[i]:at[i]+1], 0), rows.Show(t, part[i:i+1], cols2[i:i+1], 0)
			if a != b {
				t.Fatalf("%s, alone %s", a, b)
			}
		}
	})
}

func FuzzFile(f *testing.F) {
	for _, codec := range codecNames {
		f.Add(read(f, "all."+codec+".avro"))
	}
	fields := formattest.Fields(f, "i INT\nr ROW<x INT>")
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := OpenFile(bytes.NewReader(in), fields, Options{})
		if err != nil {
			return
		}
		cols := formattest.Columns(fields)
		for range 100 {
			if _, err := r.Read(cols, 100); err != nil {
				return
			}
			formattest.SameLengths(t, cols, cols[0].Len())
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	fields := formattest.Fields(b, allTypes)
	want := []catalog.Column{fields[0], fields[2], fields[15]}
	d, err := NewDecoder(fields, want, Options{Schema: string(read(b, "all.avsc"))})
	if err != nil {
		b.Fatal(err)
	}
	rec, cols := records(b)[3], formattest.Columns(want)
	b.SetBytes(int64(len(rec)))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cols {
			c.Reset()
		}
		if err := d.Append(rec, cols); err != nil {
			b.Fatal(err)
		}
	}
}
