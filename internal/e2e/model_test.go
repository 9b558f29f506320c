package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/penstock/penstock/internal/gen"
)

// visit is a record and what the model knows of it.
type visit struct {
	json []byte
	id   string
	at   time.Time
}

// visits makes records and deals them out to partitions in turn.
func visits(t testing.TB, cfg gen.Config, partitions int) [][]visit {
	t.Helper()
	cfg.Kind = gen.Visits
	g, err := gen.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]visit, partitions)
	for i := 0; g.More(); i++ {
		p := i % partitions
		out[p] = append(out[p], parseVisit(t, g.Append(nil)))
	}
	return out
}

func parseVisit(t testing.TB, b []byte) visit {
	t.Helper()
	var m struct {
		ID            string
		EventDatetime string `json:"event_datetime"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse("2006-01-02T15:04:05.999", m.EventDatetime)
	if err != nil {
		t.Fatal(err)
	}
	return visit{b, m.ID, at}
}

// pageViews is a row of the traffic aggregation.
type pageViews struct {
	id    string
	start time.Time
	count int
}

const (
	windowSize = 20 * time.Second
	stamp      = "2006-01-02 15:04:05"
)

func (v pageViews) end() time.Time { return v.start.Add(windowSize) }

// columns are the row's values as text.
func (v pageViews) columns() []string {
	return []string{v.id, v.start.Format(stamp), v.end().Format(stamp), fmt.Sprint(v.count)}
}

// record is the row as the output topic has it.
func (v pageViews) record() record {
	key := fmt.Sprintf(`{"event_id":"%s","window_start":"%s"}`, v.id, v.start.Format(stamp))
	return record{key, fmt.Sprintf(`%s,"window_end":"%s","page_view":%d}`, key[:len(key)-1], v.end().Format(stamp), v.count)}
}

// model counts visits by visitor and window.
func model(partitions ...[]visit) []pageViews {
	type group struct {
		id    string
		start time.Time
	}
	counts := map[group]int{}
	for _, vs := range partitions {
		for _, v := range vs {
			counts[group{v.id, v.at.Truncate(windowSize)}]++
		}
	}
	var out []pageViews
	for g, n := range counts {
		out = append(out, pageViews{g.id, g.start, n})
	}
	slices.SortFunc(out, func(a, b pageViews) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.id, b.id))
	})
	return out
}

// wantRows are the rows as columns of text, sorted.
func wantRows(vs []pageViews) [][]string {
	var out [][]string
	for _, v := range vs {
		out = append(out, v.columns())
	}
	return sortRows(out)
}

func sortRows(rows [][]string) [][]string {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, slices.Compare)
	return rows
}

func wantRecords(vs []pageViews) []record {
	var out []record
	for _, v := range vs {
		out = append(out, v.record())
	}
	return sortRecords(out)
}

func sortRecords(rs []record) []record {
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b record) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value)) })
	return rs
}
