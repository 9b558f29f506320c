package gen

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"testing"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

func make1(t testing.TB, cfg Config) *Gen {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The bytes are promised to stay the same; when a change is meant, put the
// printed sum in.
func TestSameBytesForEver(t *testing.T) {
	for kind, want := range map[string]uint32{Visits: 0xaf81abf4, Orders: 0x145a1a63, Text: 0xb6e4de75} {
		var all []byte
		for g := make1(t, Config{Kind: kind, Seed: 7, Count: 2000, Disorder: 2 * time.Second, Late: 0.01}); g.More(); {
			all = append(g.Append(all), '\n')
		}
		if got := crc32.ChecksumIEEE(all); got != want {
			t.Errorf("%s: sum %#08x, want %#08x", kind, got, want)
		}
	}
}

type visitRecord struct {
	IP        string  `json:"ip"`
	ID        string  `json:"id"`
	Lat       any     `json:"lat"`
	Lng       any     `json:"lng"`
	UserAgent string  `json:"user_agent"`
	Bracket   string  `json:"age_bracket"`
	Opted     *bool   `json:"opted_into_marketing"`
	Request   string  `json:"http_request"`
	Response  int     `json:"http_response"`
	Size      int     `json:"file_size_bytes"`
	Datetime  string  `json:"event_datetime"`
	TS        float64 `json:"event_ts"`
}

func TestVisits(t *testing.T) {
	const n = 20000
	g := make1(t, Config{Kind: Visits, Keys: 100, Count: n})
	ids, empty, size := map[string]bool{}, 0, 0
	for i := 0; g.More(); i++ {
		rec := g.Append(nil)
		size += len(rec)
		dec := json.NewDecoder(bytes.NewReader(rec))
		dec.DisallowUnknownFields()
		var v visitRecord
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s: %v", rec, err)
		}
		ids[v.ID] = true
		if v.ID != string(g.Key()) || len(v.ID) != 19 {
			t.Fatalf("key %s of %s", g.Key(), rec)
		}
		if lat, ok := v.Lat.(float64); !ok {
			empty++
			if v.Lat != "" || v.Lng != "" {
				t.Fatalf("place %v %v", v.Lat, v.Lng)
			}
		} else if lat < -90 || lat > 90 || v.Lng.(float64) < -180 || v.Lng.(float64) > 180 {
			t.Fatalf("place %v %v", v.Lat, v.Lng)
		}
		at, err := time.Parse("2006-01-02T15:04:05.000", v.Datetime)
		if err != nil || at.UnixMilli() != int64(v.TS) || !at.Equal(DefaultStart.Add(time.Duration(i)*time.Millisecond)) || !at.Equal(g.Time()) {
			t.Fatalf("record %d: %s, %v, %s", i, v.Datetime, v.TS, g.Time())
		}
		if v.IP == "" || v.UserAgent == "" || v.Bracket == "" || v.Opted == nil || v.Response < 200 || v.Size < 20 || v.Request == "" {
			t.Fatalf("%s", rec)
		}
	}
	if len(ids) != 100 {
		t.Errorf("%d ids, want 100", len(ids))
	}
	if empty < n/80 || empty > n/20 {
		t.Errorf("%d of %d places are empty", empty, n)
	}
	if mean := size / n; mean < 375 || mean > 405 {
		t.Errorf("mean length %d, want about 390", mean)
	}
}

func TestOrders(t *testing.T) {
	start := time.Unix(1724099730, 0)
	g := make1(t, Config{Kind: Orders, Start: start, TimeStep: 400 * time.Millisecond, Count: 5000})
	least, most := 1000, 0
	for i := 0; g.More(); i++ {
		var v struct {
			OrderID    string `json:"order_id"`
			CustomerID int    `json:"customer_id"`
			Timestamp  int64  `json:"timestamp"`
		}
		rec := g.Append(nil)
		if err := json.Unmarshal(rec, &v); err != nil {
			t.Fatal(err)
		}
		if len(v.OrderID) != 5 || v.OrderID != string(g.Key()) || v.Timestamp != start.Unix()+int64(i)*400/1000 {
			t.Fatalf("record %d: %s", i, rec)
		}
		least, most = min(least, v.CustomerID), max(most, v.CustomerID)
	}
	if least != 1 || most != 999 {
		t.Errorf("customers %d to %d, want 1 to 999", least, most)
	}
}

func TestText(t *testing.T) {
	for g := make1(t, Config{Kind: Text, Count: 1000}); g.More(); {
		line := g.Append(nil)
		words := bytes.Fields(line)
		if len(words) < 4 || len(words) > 12 || line[len(line)-1] != '.' || line[0] < 'A' || line[0] > 'Z' || len(g.Key()) != 0 {
			t.Fatalf("%s", line)
		}
	}
}

func TestDisorderAndLate(t *testing.T) {
	const n = 20000
	cfg := Config{Kind: Visits, Disorder: 2 * time.Second, Late: 0.05, Count: n}
	back, late := 0, 0
	g := make1(t, cfg)
	for i := 0; g.More(); i++ {
		g.Append(nil)
		switch by := DefaultStart.Add(time.Duration(i) * time.Millisecond).Sub(g.Time()); {
		case by < 0 || by > 2*time.Second+lateBy+lateSpread+2*time.Second:
			t.Fatalf("record %d is %s behind", i, by)
		case by >= 2*time.Second+lateBy:
			late++
		case by > 2*time.Second+time.Microsecond:
			t.Fatalf("record %d is %s behind, neither in time nor late", i, by)
		case by > time.Millisecond:
			back++
		}
	}
	if late < n/25 || late > n/16 {
		t.Errorf("%d of %d are late, want a twentieth", late, n)
	}
	if back < n*9/10 {
		t.Errorf("only %d of %d are out of order", back, n)
	}
}

func TestWrongConfig(t *testing.T) {
	for _, cfg := range []Config{
		{Kind: "nonsense"}, {Kind: Visits, Keys: -1}, {Kind: Visits, Late: 1.5}, {Kind: Visits, Disorder: -1},
		{Kind: Visits, Count: -1}, {Kind: Visits, TimeStep: -1}, {Kind: Visits, Start: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, err := New(cfg); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, kind := range Kinds() {
		g := make1(t, Config{Kind: kind})
		buf := make([]byte, 0, 4096)
		if n := testing.AllocsPerRun(1000, func() { buf = g.Append(buf[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations a record", kind, n)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, kind := range Kinds() {
		b.Run(kind, func(b *testing.B) {
			g := make1(b, Config{Kind: kind})
			buf := make([]byte, 0, 4096)
			b.ReportAllocs()
			for b.Loop() {
				buf = g.Append(buf[:0])
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}
