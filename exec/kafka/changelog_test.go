package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// upserts are a key and a value, both text, and the operation.
var upserts = Columns{
	Types: []catalog.Type{catalog.Of(catalog.Varchar), catalog.Of(catalog.Varchar), catalog.Of(catalog.Varchar)},
	Key:   []int{0}, NewKey: newText, Value: []int{1}, NewValue: newText,
	Meta: []MetaColumn{{Col: 2, Meta: MetaOp}},
}

func keyed(kv ...string) (out []rec) {
	for i := 0; i < len(kv); i += 2 {
		r := rec{key: []byte(kv[i]), value: []byte(kv[i+1]), ts: 1}
		if kv[i+1] == "-" {
			r.value = nil
		}
		if kv[i] == "" {
			r.key = nil
		}
		out = append(out, r)
	}
	return out
}

func cell(c *exec.Column, row int) string {
	if c.IsNull(row) {
		return "NULL"
	}
	return string(c.Str(row))
}

// TestUpserts reads an upsert topic as rows, with and without tombstones.
func TestUpserts(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, LZ4, unmarked, keyed("a", "1", "b", "2", "a", "-", "", "lost", "b", "3", "c", "!bad")...))
	for _, deletes := range []bool{true, false} {
		cols := upserts
		cols.Upsert, cols.Deletes = true, deletes
		s := openScan(t, testConfig(b.Addr(), "t"))
		src := openSource(t, s, []int32{0}, cols)
		var got []string
		for {
			batch, err := src.Read(testContext(t))
			if err != nil {
				break
			}
			for i := range batch.N {
				got = append(got, cell(batch.Cols[0], i)+" "+cell(batch.Cols[1], i)+" "+cell(batch.Cols[2], i))
			}
		}
		exp := []string{"a 1 +U", "b 2 +U", "a NULL -D", "b 3 +U"}
		if !deletes {
			exp = slices.Delete(exp, 2, 3)
		}
		if d := cmp.Diff(exp, got); d != "" {
			t.Errorf("deletes=%t: %s", deletes, d)
		}
		if r, n := s.Stats.Rejects.Load(), s.Stats.Tombstones.Load(); r != 2 || n != 1 {
			t.Errorf("%d rejects, %d tombstones", r, n)
		}
	}
	cfg := testConfig(b.Addr(), "t")
	cfg.OnError = OnErrorFail
	cols := upserts
	cols.Upsert = true
	_, err := readAll(t, openSource(t, openScan(t, cfg), []int32{0}, cols))
	wantFault(t, err, sqlerr.NotNullViolation, "offset 3", "no key")
}

// TestChangelog loads what is there and follows what comes, over batches of
// three rows and two partitions.
func TestChangelog(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 2}})
	for i := range 10 {
		put(t, b.Addr(), "t", int32(i%2), "", encodeBatch(t, None, unmarked, keyed(fmt.Sprint("k", i%4), fmt.Sprint(i))...))
	}
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, keyed("k0", "-", "k8", "8", "k10", "-")...))
	cfg := testConfig(b.Addr(), "t")
	cfg.MaxRows = 3
	cols := upserts
	cols.Meta, cols.Types = nil, cols.Types[:2]
	c := NewChangelog(cfg, cols)
	defer c.Close()
	table := map[string]string{}
	left := -1
	enough := errors.New("enough")
	apply := func(rows *exec.Batch, deleted []bool) error {
		if len(deleted) != rows.N {
			t.Fatalf("%d rows, %d marks", rows.N, len(deleted))
		}
		for i := range rows.N {
			k := cell(rows.Cols[0], i)
			if deleted[i] {
				delete(table, k)
			} else {
				table[k] = cell(rows.Cols[1], i)
			}
			left--
		}
		if left == 0 {
			return enough
		}
		return nil
	}
	if c.CaughtUp() || c.Stats() != nil {
		t.Error("something is known before the first load")
	}
	if err := c.Load(testContext(t), apply); err != nil {
		t.Fatal(err)
	}
	exp := map[string]string{"k1": "9", "k2": "6", "k3": "7", "k8": "8"}
	if d := cmp.Diff(exp, table); d != "" {
		t.Fatal(d)
	}
	put(t, b.Addr(), "t", 1, "", encodeBatch(t, None, unmarked, keyed("k1", "-", "k3", "new")...))
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, keyed("k2", "newer")...))
	left = 3
	if err := c.Follow(testContext(t), apply); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	exp = map[string]string{"k2": "newer", "k3": "new", "k8": "8"}
	if d := cmp.Diff(exp, table); d != "" {
		t.Error(d)
	}
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	if err := c.Follow(ctx, apply); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	clear(table)
	left = -1
	if err := c.Load(testContext(t), apply); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(exp, table); d != "" {
		t.Errorf("loaded anew: %s", d)
	}
	empty := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	c2 := NewChangelog(testConfig(empty.Addr(), "t"), cols)
	defer c2.Close()
	if err := c2.Load(testContext(t), func(*exec.Batch, []bool) error { return enough }); err != nil {
		t.Errorf("an empty topic: %v", err)
	}
}

// TestUpsertSink writes values and tombstones into a topic that is made
// compacted.
func TestUpsertSink(t *testing.T) {
	b := startBroker(t, broker.Config{})
	cfg := sinkConfig(b.Addr())
	cfg.Topic, cfg.AutoCreate, cfg.Upsert, cfg.KeyCols, cfg.Op = "fresh", true, true, []int{0}, 2
	cfg.Key, cfg.Value = textEncoder{0}, textEncoder{1}
	s := openSink(t, cfg)
	batch := &exec.Batch{Split: -1}
	for range 3 {
		batch.Cols = append(batch.Cols, exec.NewColumnOf(catalog.Of(catalog.Varchar)))
	}
	add := func(cells ...string) {
		for i, c := range cells {
			if c == "NULL" {
				batch.Cols[i].AppendNull()
			} else {
				batch.Cols[i].AppendString(c)
			}
		}
		batch.N++
	}
	add("a", "1", "+I")
	add("b", "2", "NULL")
	add("a", "1", "-U")
	add("a", "3", "+U")
	add("b", "NULL", "-D")
	if err := s.Write(testContext(t), batch); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	cols := upserts
	cols.Upsert, cols.Deletes = true, true
	src := openSource(t, openScan(t, testConfig(b.Addr(), "fresh")), []int32{0}, cols)
	var got []string
	for len(got) < 4 {
		rows, err := src.Read(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows.N {
			got = append(got, cell(rows.Cols[0], i)+" "+cell(rows.Cols[1], i)+" "+cell(rows.Cols[2], i))
		}
	}
	if d := cmp.Diff([]string{"a 1 +U", "b 2 +U", "a 3 +U", "b NULL -D"}, got); d != "" {
		t.Error(d)
	}
	if p := b.Cluster().TopicInfo("fresh").Configs["cleanup.policy"]; p == nil || *p != "compact" {
		t.Errorf("cleanup.policy %v", p)
	}
	for _, row := range [][]string{{"NULL", "1", "+I"}, {"a", "1", "I"}} {
		batch.Reset()
		add(row...)
		if err := s.Write(testContext(t), batch); err == nil {
			t.Errorf("written: %q", row)
		}
	}
}
