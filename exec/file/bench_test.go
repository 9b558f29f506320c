package file

import (
	"io"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/gen"
)

// BenchmarkReadVisits reads visits with three of their fields wanted; an
// operation is a record.
func BenchmarkReadVisits(b *testing.B) {
	const n = 50_000
	g, err := gen.New(gen.Config{Kind: gen.Visits, Count: n})
	if err != nil {
		b.Fatal(err)
	}
	var text []byte
	for g.More() {
		text = append(g.Append(text), '\n')
	}
	cfg := config(b, write(b, string(text)), "json", []Column{{Name: "id", Type: catalog.Of(catalog.Varchar)},
		{Name: "event_datetime", Type: catalog.Of(catalog.Timestamp).WithFrac(3)}, {Name: "file_size_bytes", Type: catalog.Of(catalog.BigInt)}})
	b.SetBytes(int64(len(text) / n))
	b.ReportAllocs()
	var s *Source
	rows := 0
	for b.Loop() {
		if rows > 0 {
			rows--
			continue
		}
		if s == nil {
			s = source(b, cfg)
		}
		batch, err := s.Read(b.Context())
		if err == io.EOF {
			s.Close()
			s = nil
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		rows = batch.N - 1
	}
}
