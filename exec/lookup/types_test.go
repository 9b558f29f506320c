package lookup

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

func typ(k catalog.Kind) catalog.Type { return catalog.Type{Kind: k} }

// everything is a table of all layouts, without a primary key.
func everything() *catalog.Table {
	text, big := typ(catalog.Varchar), typ(catalog.BigInt)
	types := []catalog.Type{big, typ(catalog.Boolean), typ(catalog.Double), {Kind: catalog.Decimal, P: 10, S: 2}, typ(catalog.Interval), text,
		{Kind: catalog.Array, Elem: &text}, {Kind: catalog.Map, Key: &text, Elem: &big},
		{Kind: catalog.Row, Fields: []catalog.Field{{Name: "a", Type: big}, {Name: "b", Type: text}}}}
	t := customers()
	t.PrimaryKey, t.Columns = nil, nil
	for i, ty := range types {
		t.Columns = append(t.Columns, catalog.TableColumn{Name: fmt.Sprint("c", i), Type: ty})
	}
	return t
}

// drawValue appends a random value of any layout.
func drawValue(rt *rapid.T, c *exec.Column) {
	if rapid.IntRange(0, 4).Draw(rt, "null") == 0 {
		c.AppendNull()
		return
	}
	switch c.Layout {
	case exec.Bools:
		c.AppendBool(rapid.Bool().Draw(rt, "bool"))
	case exec.Ints:
		c.AppendInt(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.Just(int64(math.MaxInt64)), rapid.Just(int64(math.MinInt64))).Draw(rt, "int"))
	case exec.Floats:
		c.AppendFloat(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), 1})).Draw(rt, "float"))
	case exec.Decimals:
		c.AppendDecimal(datum.DecimalFromScaled(rapid.Int64Range(-1000, 1000).Draw(rt, "dec"), rapid.IntRange(0, 3).Draw(rt, "scale")))
	case exec.Intervals:
		c.AppendInterval(datum.Interval{Months: int32(rapid.IntRange(-2, 2).Draw(rt, "m")), Days: int32(rapid.IntRange(-31, 31).Draw(rt, "d")), Micros: rapid.Int64Range(-1, 1).Draw(rt, "us")})
	case exec.Strings:
		c.AppendString(rapid.StringN(0, 3, -1).Draw(rt, "string"))
	case exec.List, exec.MapOf:
		for range rapid.IntRange(0, 2).Draw(rt, "n") {
			for _, k := range c.Kids {
				drawValue(rt, k)
			}
		}
		c.EndList()
	case exec.Struct:
		for _, k := range c.Kids {
			drawValue(rt, k)
		}
		c.EndStruct()
	}
}

// TestTypes loads random rows of all types and asks for them by each column and
// by pairs of columns: the answers are those of comparing with each row.
func TestTypes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &script{}
		ts := New(Config{Connectors: map[string]Connector{"script": s}})
		defer ts.Close()
		def := everything()
		d, _, err := ts.define(def)
		if err != nil {
			rt.Fatal(err)
		}
		rows := d.like.Like()
		for range rapid.IntRange(0, 30).Draw(rt, "rows") {
			for _, c := range rows.Cols {
				drawValue(rt, c)
			}
			rows.N++
		}
		s.rows = rows
		all := make([]int, len(d.types))
		for i := range all {
			all[i] = i
		}
		keys := rapid.SliceOfN(rapid.IntRange(0, len(all)-1), 1, 3).Draw(rt, "keys")
		r, err := ts.Open(context.Background(), def, keys, all)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		args := &exec.Batch{Split: -1}
		for _, k := range keys {
			args.Cols = append(args.Cols, rows.Cols[k])
		}
		args.N = rows.N
		out := exec.NewMatches(rows)
		if err := r.Call(context.Background(), args, out); err != nil {
			rt.Fatal(err)
		}
		n := 0
		for q := range rows.N {
			for i := range rows.N {
				same := true
				for _, k := range keys {
					same = same && !rows.Cols[k].IsNull(i) && !rows.Cols[k].IsNull(q) && sameNested(rows.Cols[k], q, rows.Cols[k], i)
				}
				if !same {
					continue
				}
				if n >= len(out.Parent) || out.Parent[n] != int32(q) || !sameRow(out.Rows, n, rows, i) {
					rt.Fatalf("keys %v: answer %d should be row %d to question %d", keys, n, i, q)
				}
				n++
			}
		}
		if n != len(out.Parent) || out.Rows.N != n {
			rt.Fatalf("keys %v: %d answers too many", keys, len(out.Parent)-n)
		}
	})
}

func sameRow(a *exec.Batch, i int, b *exec.Batch, j int) bool {
	for c := range a.Cols {
		if !bytes.Equal(encodeValue(nil, a.Cols[c], i), encodeValue(nil, b.Cols[c], j)) {
			return false
		}
	}
	return true
}

// TestArgumentsTwice: a column compared with two arguments wants both equal.
func TestArgumentsTwice(t *testing.T) {
	ts := registry(t, &script{rows: people(10, 1)})
	r := open(t, ts, customers(), []int{0, 0}, []int{2})
	defer r.Close()
	out := exec.NewMatches(r.t.batchOf([]int{2}))
	a := ints(1, 2, 3, 4)
	a.Cols = append(a.Cols, ints(1, 3, 3, 2).Cols[0])
	if err := r.Call(t.Context(), a, out); err != nil || fmt.Sprint(out.Parent) != "[0 2]" {
		t.Error(out.Parent, err)
	}
}

// TestVersionAlone: a question without keys and columns is for the version.
func TestVersionAlone(t *testing.T) {
	ts := registry(t, &script{rows: people(10, 1)})
	r := open(t, ts, customers(), nil, nil)
	defer r.Close()
	out := exec.NewMatches(&exec.Batch{})
	if err := r.Call(t.Context(), &exec.Batch{N: 3}, out); err != nil || out.Version != 1 || fmt.Sprint(out.Parent) != "[0 1 2]" || out.Rows.N != 3 {
		t.Error(out, err)
	}
	if _, err := ts.Open(t.Context(), customers(), nil, []int{1}); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Error(err)
	}
}

// TestSourcePanics: a source's bug is an error of the query.
func TestSourcePanics(t *testing.T) {
	ts := registry(t, &script{rows: &exec.Batch{N: 1}})
	_, err := ts.Open(t.Context(), customers("load.max-attempts", "1"), []int{0}, []int{1})
	if sqlerr.CodeOf(err) != sqlerr.InternalError {
		t.Error(err)
	}
}

// snapshotOf writes a table of all types to a folder and gives the file.
func snapshotOf(t testing.TB, dir string) (*table, []byte) {
	s := &script{}
	ts := New(Config{Connectors: map[string]Connector{"script": s}, SnapshotDir: dir})
	def := everything()
	def.Options = append(def.Options, catalog.Option{Key: "cache.disk-snapshot", Value: "true"})
	d, _, err := ts.define(def)
	if err != nil {
		t.Fatal(err)
	}
	rows := d.like.Like()
	for i := range 3 {
		for _, c := range rows.Cols[:6] {
			switch {
			case i == 1:
				c.AppendNull()
			case c.Layout == exec.Ints:
				c.AppendInt(int64(i))
			case c.Layout == exec.Strings:
				c.AppendString("text")
			default:
				c.AppendNull()
			}
		}
		for _, c := range rows.Cols[6:] {
			c.AppendNull()
		}
		rows.N++
	}
	s.rows, s.token = rows, "token"
	r := open(t, ts, def, []int{0}, []int{5})
	tab := r.t
	r.Close()
	if err := ts.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return tab, b
}

func TestSnapshotDamaged(t *testing.T) {
	tab, good := snapshotOf(t, t.TempDir())
	v, token, _, err := tab.decode(bytes.NewReader(good))
	if err != nil || v.rows != 3 || token != "token" {
		t.Fatal(v, token, err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x41
		if _, _, _, err := tab.decode(bytes.NewReader(bad)); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, _, _, err := tab.decode(bytes.NewReader(good[:i])); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

// FuzzSnapshot reads frames whose checksums are right and whose contents are not.
func FuzzSnapshot(f *testing.F) {
	tab, good := snapshotOf(f, f.TempDir())
	f.Add(good[8+len(snapshotMagic)+64+8+5+8:])
	f.Add([]byte{3, 1, 2, 0, 1, 4})
	f.Fuzz(func(t *testing.T, body []byte) {
		var b bytes.Buffer
		head := append([]byte(snapshotMagic+tab.print), make([]byte, 8)...)
		for _, frame := range [][]byte{head, body, nil} {
			if err := writeFrame(&b, frame); err != nil {
				t.Fatal(err)
			}
		}
		v, _, _, err := tab.decode(&b)
		if err != nil && sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
			t.Fatal(err)
		}
		if err == nil && len(body) > 0 && v.rows > ChunkRows {
			t.Fatal(v.rows)
		}
	})
}

func TestAligned(t *testing.T) {
	for _, tt := range []struct{ now, want int64 }{{0, 5}, {1, 5}, {5, 10}, {-1, 0}, {-5, 0}, {1_700_000_001, 1_700_000_005}} {
		if got := aligned(time.Unix(tt.now, 0), 5*time.Second).Unix(); got != tt.want {
			t.Errorf("%d: %d, want %d", tt.now, got, tt.want)
		}
	}
	d := &definition{interval: 10 * time.Second, jitter: time.Second}
	at := time.Unix(1000, 0)
	if next := d.after(at, at.Add(25*time.Second)); next.Before(at.Add(30*time.Second)) || next.After(at.Add(31*time.Second)) {
		t.Error(next)
	}
}
