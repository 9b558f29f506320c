package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// visit is a record of the usual length, 390 bytes.
const visit = `{"ip":"151.21.93.137","id":"2142139324490406578","lat":45.5253,"lng":9.333,"user_agent":"Mozilla/5.0 (iPad; CPU iPad OS 14_2_1 like Mac OS X) AppleWebKit/536.12 (KHTML, like Gecko) FxiOS/15.3w0588.0 Mobile/66I206 Safari/536.12","age_bracket":"26-40","opted_into_marketing":true,"http_request":"GET amoebozoa.html HTTP/1.0","http_response":200,"file_size_bytes":453,"event_datetime":"2024-04-28T23:12:50.484","event_ts":1714309970484}`

var wanted = []catalog.Column{
	{Name: "id", Type: catalog.Of(catalog.Varchar)},
	{Name: "event_datetime", Type: catalog.Of(catalog.Timestamp).WithFrac(3)},
	{Name: "file_size_bytes", Type: catalog.Of(catalog.BigInt)},
}

func columns(fields []catalog.Column) []*exec.Column {
	cols := make([]*exec.Column, len(fields))
	for i, f := range fields {
		cols[i] = exec.NewColumnOf(f.Type)
	}
	return cols
}

func reset(cols []*exec.Column) {
	for _, c := range cols {
		c.Reset()
	}
}

func benchDecode(b *testing.B, fields []catalog.Column, recs ...string) {
	d, err := NewDecoder(fields, Options{})
	if err != nil {
		b.Fatal(err)
	}
	cols := columns(fields)
	in := make([][]byte, len(recs))
	for i, r := range recs {
		in[i] = []byte(r)
	}
	b.SetBytes(int64(len(recs[0])))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := d.Append(in[n%len(in)], cols); err != nil {
			b.Fatal(err)
		}
		if n++; n%512 == 0 {
			reset(cols)
		}
	}
}

func BenchmarkDecodeVisit(b *testing.B)  { benchDecode(b, wanted, visit) }
func BenchmarkDecodeIDOnly(b *testing.B) { benchDecode(b, wanted[:1], visit) }

// BenchmarkDecodeTwoOrders alternates between producers with other key orders.
func BenchmarkDecodeTwoOrders(b *testing.B) {
	benchDecode(b, wanted, visit, `{"event_ts":1714309970484,`+visit[1:len(visit)-len(`,"event_ts":1714309970484}`)]+`}`)
}

// BenchmarkDecodeEmptyPlace has values of another kind than the layout's.
func BenchmarkDecodeEmptyPlace(b *testing.B) {
	benchDecode(b, wanted, visit, strings.NewReplacer("45.5253", `""`, "9.333", `""`).Replace(visit))
}

// BenchmarkDecodeSpaced is the shape of Python's json.dumps.
func BenchmarkDecodeSpaced(b *testing.B) {
	benchDecode(b, wanted, strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(visit))
}

// BenchmarkDecodeUnknownLayout goes through the general scan.
func BenchmarkDecodeUnknownLayout(b *testing.B) {
	recs := make([]string, 20)
	for i := range recs {
		recs[i] = fmt.Sprintf(`{"x%d":0,`, i) + visit[1:]
	}
	benchDecode(b, wanted, recs...)
}

func BenchmarkDecodeEveryType(b *testing.B) { benchDecode(b, everything, allTypes) }

func BenchmarkEncodeWindowRow(b *testing.B) {
	stamp := catalog.Of(catalog.Timestamp).WithFrac(3)
	fields := []catalog.Column{{Name: "event_id", Type: catalog.Of(catalog.Varchar)}, {Name: "window_start", Type: stamp},
		{Name: "window_end", Type: stamp}, {Name: "page_view", Type: catalog.Of(catalog.BigInt)}}
	e, err := NewEncoder(fields, Options{})
	if err != nil {
		b.Fatal(err)
	}
	batch := &exec.Batch{Cols: columns(fields)}
	batch.Cols[0].AppendString("2142139324490406578")
	batch.Cols[1].AppendInt(1714309960000000)
	batch.Cols[2].AppendInt(1714309980000000)
	batch.Cols[3].AppendInt(12345)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		if buf, err = e.Encode(buf[:0], batch, 0); err != nil {
			b.Fatal(err)
		}
	}
}
