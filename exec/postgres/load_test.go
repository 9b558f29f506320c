package postgres

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// copyOf is a COPY of rows of (id int8, name text); "-" is NULL.
func copyOf(names ...string) []byte {
	b := append([]byte{}, copySignature...)
	b = append(b, make([]byte, 8)...)
	for i, n := range names {
		b = binary.BigEndian.AppendUint16(b, 2)
		b = binary.BigEndian.AppendUint32(b, 8)
		b = binary.BigEndian.AppendUint64(b, uint64(i))
		if n == "-" {
			b = binary.BigEndian.AppendUint32(b, 0xffffffff)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(n)))
		b = append(b, n...)
	}
	return binary.BigEndian.AppendUint16(b, 0xffff)
}

// readCopy reads b cut into pieces of n bytes.
func readCopy(b []byte, n int) (rows string, err error) {
	s := &source{table: table(idName)}
	sh := &shape{decoders: []decoder{decoderOf(catalog.Of(catalog.BigInt), oidInt8), decoderOf(catalog.Of(catalog.Varchar), oidText)}}
	var out strings.Builder
	r := &copyReader{f: s.filler(sh), emit: func(b *exec.Batch) error {
		for i := range b.N {
			name := "-"
			if !b.Cols[1].IsNull(i) {
				name = string(b.Cols[1].Str(i))
			}
			fmt.Fprintf(&out, "%d=%s ", b.Cols[0].Int[i], name)
		}
		return nil
	}}
	for len(b) > 0 {
		k := min(n, len(b))
		if _, err := r.Write(b[:k]); err != nil {
			return "", err
		}
		b = b[k:]
	}
	err = r.end()
	return out.String(), err
}

func TestCopyReader(t *testing.T) {
	whole := copyOf("a", "-", "", strings.Repeat("x", 100))
	want := "0=a 1=- 2= 3=" + strings.Repeat("x", 100) + " "
	for _, n := range []int{1, 2, 3, 7, 64, 1000} {
		if got, err := readCopy(whole, n); got != want || err != nil {
			t.Errorf("cut by %d: %q %v", n, got, err)
		}
	}
	for i := range whole {
		if _, err := readCopy(whole[:i], 16); err == nil {
			t.Errorf("cut off at %d passes for whole", i)
		}
	}
	if _, err := readCopy(append(whole, 0), 16); err == nil {
		t.Error("something behind the end")
	}
}

func FuzzCopyReader(f *testing.F) {
	f.Add(copyOf("a", "-", ""), 5)
	f.Add(copyOf(), 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		got, err := readCopy(b, len(b)+1)
		again, err2 := readCopy(b, max(1, n%64))
		if (err == nil) != (err2 == nil) || err == nil && got != again {
			t.Fatalf("%q %v, in pieces %q %v", got, err, again, err2)
		}
	})
}

// FuzzDecode: no value of a column makes a decoder panic or leaves half a value
// where it says all is well.
func FuzzDecode(f *testing.F) {
	types := []struct {
		t   catalog.Type
		oid uint32
	}{
		{catalog.Of(catalog.Boolean), oidBool}, {catalog.Of(catalog.SmallInt), oidInt2}, {catalog.Of(catalog.Int), oidInt4}, {catalog.Of(catalog.BigInt), oidInt8},
		{catalog.Of(catalog.Real), oidFloat4}, {catalog.Of(catalog.Double), oidFloat8}, {catalog.Of(catalog.Decimal), oidNumeric},
		{catalog.Type{Kind: catalog.Decimal, P: 6, S: 2}, oidInt4}, {catalog.Of(catalog.Varchar), oidText}, {catalog.Of(catalog.Bytes), oidBytea},
		{catalog.Of(catalog.Date), oidDate}, {catalog.Of(catalog.Time), oidTime}, {catalog.Of(catalog.Timestamp).WithFrac(3), oidTimestamp},
		{catalog.Of(catalog.TimestampLTZ), oidTimestamptz}, {catalog.Of(catalog.Interval), oidInterval}, {catalog.Of(catalog.JSON), oidJSONB},
		{catalog.ArrayOf(catalog.Of(catalog.BigInt)), 1016}, {catalog.ArrayOf(catalog.Of(catalog.Varchar)), 1009},
	}
	for i := range types {
		f.Add(uint8(i), []byte{0, 0, 0, 1, 0, 0, 0, 0})
	}
	f.Add(uint8(16), []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9})
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		typ := types[int(i)%len(types)]
		c := exec.NewColumnOf(typ.t)
		d := decoderOf(typ.t, typ.oid)
		if err := d(c, b); err == nil && c.Len() != 1 {
			t.Fatalf("%s: %d values", typ.t, c.Len())
		}
	})
}
