package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// readSome reads until n rows of all splits are there.
func readSome(t *testing.T, src *Source, got map[int32][]string, n int) {
	t.Helper()
	ctx := testContext(t)
	have := 0
	for _, v := range got {
		have += len(v)
	}
	for have < n {
		b, err := src.Read(ctx)
		if err != nil {
			t.Fatalf("after %d rows of %d: %v", have, n, err)
		}
		if b != nil {
			gather(got, b)
			have += b.N
		}
	}
}

func unbounded(addr string) Config {
	cfg := testConfig(addr, "t")
	cfg.End = Unbounded
	return cfg
}

func TestBrokerRestart(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, DataDir: dir})
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, numbered("a", 900)...))
	s := openScan(t, unbounded(b.Addr()))
	src := openSource(t, s, []int32{0}, textColumns)
	got := make(map[int32][]string)
	exp := want(numbered("a", 900))
	readSome(t, src, got, 600)
	for round := range 2 {
		b.Close()
		if round == 0 {
			readSome(t, src, got, 900)
			for s.Stats.Retries.Load() == 0 { // the fault has been noticed
				if _, err := src.Read(testContext(t)); err != nil {
					t.Fatal(err)
				}
			}
			if src.CaughtUp(0) {
				t.Error("caught up with a broker that is gone")
			}
		}
		b = startBroker(t, broker.Config{Listen: b.Addr(), DataDir: dir})
		recs := numbered(fmt.Sprintf("restart%d-", round), 300)
		put(t, b.Addr(), "t", 0, "", encodeBatch(t, LZ4, unmarked, recs...))
		exp = append(exp, want(recs)...)
		readSome(t, src, got, len(exp))
	}
	if d := cmp.Diff(exp, got[0]); d != "" {
		t.Fatal(d)
	}
}

func TestLeaderMoves(t *testing.T) {
	c, err := kfake.NewCluster(kfake.NumBrokers(3), kfake.SeedTopics(6, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	addr := strings.Join(c.ListenAddrs(), ",")
	cfg := unbounded(addr)
	cfg.Client.Brokers = c.ListenAddrs()
	s := openScan(t, cfg)
	src := openSource(t, s, allSplits(s), textColumns)
	exp, got := make(map[int32][]string), make(map[int32][]string)
	total := 0
	for round := range 5 {
		for p := range int32(6) {
			recs := numbered(fmt.Sprintf("r%d-p%d-", round, p), 100)
			put(t, c.ListenAddrs()[0], "t", p, "", encodeBatch(t, Zstd, unmarked, recs...))
			exp[p] = append(exp[p], want(recs)...)
			total += len(recs)
			if err := c.MoveTopicPartition("t", p, (c.LeaderFor("t", p)+1)%3); err != nil {
				t.Fatal(err)
			}
		}
		readSome(t, src, got, total)
	}
	if d := cmp.Diff(exp, got); d != "" {
		t.Fatal(d)
	}
}

func TestOffsetOutOfRange(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, numbered("a", 10)...))
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, numbered("b", 10)...))
	scans := make(map[Reset]*Scan)
	for _, r := range []Reset{ResetFail, ResetEarliest, ResetLatest} {
		cfg := unbounded(b.Addr())
		cfg.OutOfRange = r
		scans[r] = openScan(t, cfg)
	}
	if err := b.Cluster().DeleteRecords("t", 0, 10); err != nil {
		t.Fatal(err)
	}
	_, err := openSource(t, scans[ResetFail], []int32{0}, textColumns).Read(testContext(t))
	if err == nil || !strings.Contains(err.Error(), `topic "t", partition 0: offset 0 is out of range`) {
		t.Errorf("fail: %v", err)
	}
	src := openSource(t, scans[ResetEarliest], []int32{0}, textColumns)
	got := make(map[int32][]string)
	readSome(t, src, got, 10)
	if d := cmp.Diff(want(numbered("b", 10)), got[0]); d != "" {
		t.Errorf("earliest: %s", d)
	}
	src = openSource(t, scans[ResetLatest], []int32{0}, textColumns)
	for ctx := testContext(t); !src.CaughtUp(0); {
		if b, err := src.Read(ctx); err != nil || b != nil {
			t.Fatalf("latest: %v, %v", b, err)
		}
	}
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, values("new")...))
	got = make(map[int32][]string)
	readSome(t, src, got, 1)
	if got[0][0] != "new" || scans[ResetLatest].Stats.Resets.Load() != 1 {
		t.Errorf("latest: %v, %d resets", got, scans[ResetLatest].Stats.Resets.Load())
	}
}

func TestTopicDeleted(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	src := openSource(t, openScan(t, unbounded(b.Addr())), []int32{0}, textColumns)
	if err := src.begin(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := b.Cluster().DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	src.fetch.mu.Lock()
	src.fetch.missing = src.fetch.missing.AddDate(-1, 0, 0) // it has been gone for long
	src.fetch.mu.Unlock()
	for {
		if _, err := src.Read(testContext(t)); err != nil {
			if sqlerr.CodeOf(err) != sqlerr.UndefinedTable {
				t.Error(err)
			}
			return
		}
	}
}

// walkAll gives the values of a record set.
func walkAll(set []byte, from int64, txns []aborted) (vals []string, next int64, err error) {
	var w walker
	defer w.inf.close()
	w.reset(set, from, noOffset, txns)
	var r record
	for {
		ok, err := w.read(&r)
		if !ok || err != nil {
			return vals, w.next, err
		}
		vals = append(vals, string(r.value))
	}
}

func TestWalkBroken(t *testing.T) {
	good := encodeBatch(t, None, unmarked, numbered("v", 10)...)
	edit := func(f func(b []byte)) []byte {
		b := slices.Clone(good)
		f(b)
		return b
	}
	signed := func(f func(b []byte)) []byte {
		return edit(func(b []byte) { f(b); sign(b, noIdentity, -1) })
	}
	tests := []struct {
		name string
		set  []byte
		err  error
		n    int
	}{
		{"whole", good, nil, 10},
		{"cut", good[:len(good)-1], nil, 0},
		{"second cut", append(slices.Clone(good), good[:70]...), nil, 10},
		{"flipped bit", edit(func(b []byte) { b[80] ^= 1 }), errCRC, 0},
		{"old format", edit(func(b []byte) { b[16] = 1 }), errOldKind, 0},
		{"negative length", edit(func(b []byte) { binary.BigEndian.PutUint32(b[8:], ^uint32(0)) }), errBroken, 0},
		{"length within the header", edit(func(b []byte) { binary.BigEndian.PutUint32(b[8:], 20) }), errBroken, 0},
		{"negative count", signed(func(b []byte) { binary.BigEndian.PutUint32(b[57:], ^uint32(0)) }), errBroken, 0},
		{"huge count", signed(func(b []byte) { binary.BigEndian.PutUint32(b[57:], 1<<30) }), errBroken, 0},
		{"one record too many", signed(func(b []byte) { b[60]++ }), errBroken, 10},
		{"record too long", signed(func(b []byte) { b[61] = 0x7e }), errBroken, 1},
		{"last offset before first", signed(func(b []byte) { binary.BigEndian.PutUint32(b[23:], ^uint32(0)) }), errBroken, 0},
		{"unknown codec", signed(func(b []byte) { b[22] |= 6 }), errCodec, 0},
	}
	for _, tt := range tests {
		vals, _, err := walkAll(tt.set, 0, nil)
		if !errors.Is(err, tt.err) || len(vals) != tt.n {
			t.Errorf("%s: %d values, error %v", tt.name, len(vals), err)
		}
	}
	for c := Gzip; c <= Zstd; c++ {
		b := encodeBatch(t, c, unmarked, numbered("v", 10)...)
		for i := batchHeader; i < batchHeader+8; i++ {
			b[i] ^= 0x55
		}
		sign(b, noIdentity, -1)
		if _, _, err := walkAll(b, 0, nil); err == nil {
			t.Errorf("codec %d: broken data was read", c)
		}
	}
}

func TestCorruptBatchNamesPlace(t *testing.T) {
	bad := encodeBatch(t, None, unmarked, values("x")...)
	bad[len(bad)-2] ^= 1
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"), kfake.SyntheticFetch(kfake.SyntheticBatch{Batch: bad}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	_, err = openSource(t, openScan(t, unbounded(c.ListenAddrs()[0])), []int32{0}, textColumns).Read(testContext(t))
	if sqlerr.CodeOf(err) != sqlerr.DataCorrupted || !strings.Contains(err.Error(), `topic "t", partition 0, offset 0`) {
		t.Error(err)
	}
}

// TestReadAllocates nothing per record: three records of the topic cost less
// than one allocation.
func TestReadAllocates(t *testing.T) {
	set := encodeBatch(t, LZ4, unmarked, numbered("value", 5000)...)
	src := &Source{scan: &Scan{cfg: Config{Topic: "t", MaxRows: DefaultMaxRows}}, value: textDecoder{}, batch: &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings)}}}
	src.valueCol = src.batch.Cols
	part := sourcePart{end: noOffset, stats: &PartitionStats{}}
	n := testing.AllocsPerRun(20, func() {
		src.walk.reset(set, 0, noOffset, nil)
		for more := true; more; {
			src.batch.Reset()
			var err error
			if more, err = src.rows(&part); err != nil {
				t.Fatal(err)
			}
		}
	})
	if n > 1 {
		t.Errorf("%v allocations for 5000 records", n)
	}
}

func FuzzWalk(f *testing.F) {
	for c := None; c <= Zstd; c++ {
		f.Add(encodeBatch(f, c, unmarked, numbered("value", 20)...), int64(3), true)
	}
	h := appendHeader(nil, []byte("h"), []byte("v"))
	f.Add(encodeBatch(f, None, unmarked, rec{key: []byte("k"), headers: h, nheaders: 1}), int64(0), true)
	f.Add(encodeBatch(f, None, mark{id: identity{1, 0}, attr: attrTxn}, numbered("t", 3)...), int64(0), false)
	f.Fuzz(func(t *testing.T, set []byte, from int64, fix bool) {
		if fix && len(set) >= batchHeader { // let the mutations past the checksum
			binary.BigEndian.PutUint32(set[8:], uint32(len(set)-batchPrefix))
			sign(set, noIdentity, -1)
		}
		var w walker
		defer w.inf.close()
		w.reset(set, from, noOffset, []aborted{{1, 0}, {-1, 5}})
		col := exec.NewColumn(exec.MapOf, exec.NewColumn(exec.Strings), exec.NewColumn(exec.Strings))
		var r record
		for {
			ok, err := w.read(&r)
			if err != nil || !ok {
				break
			}
			if r.offset < from {
				t.Fatalf("offset %d before %d", r.offset, from)
			}
			_ = appendHeaders(col, r.headers)
			if col.Kids[0].Len() != col.Kids[1].Len() {
				t.Fatal("keys and values of headers differ in number")
			}
		}
		lastOffset(set, from)
		req := rawFetch{ver: fetchVersionMax, body: set}
		_, _ = req.parse(nil)
	})
}
