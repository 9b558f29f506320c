//go:build integration

package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/internal/kafkatest"
)

// packed is the file of S5 in one of its generations.
func packed(t *testing.T, generation, devices int, line string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := range devices {
		fmt.Fprintf(z, line+"\n", i, generation)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// slowBody sends half of a body, and the rest later.
type slowBody struct {
	http.ResponseWriter
	r    *http.Request
	done bool
}

func (s *slowBody) Write(b []byte) (int, error) {
	if s.done {
		return s.ResponseWriter.Write(b)
	}
	s.done = true
	n, err := s.ResponseWriter.Write(b[:len(b)/2])
	if err != nil {
		return n, err
	}
	if err := http.NewResponseController(s.ResponseWriter).Flush(); err != nil {
		return n, err
	}
	await(s.r.Context(), slowLoad)
	m, err := s.ResponseWriter.Write(b[len(b)/2:])
	return n + m, err
}

// lookupS5Store is S5 with an object store that takes its time.
func lookupS5Store(t *testing.T, k *kafkatest.Broker) {
	const devices, object = 20_000, "/metadata/locations.json.gz"
	store := s3mem.New()
	if err := store.CreateBucket("metadata"); err != nil {
		t.Fatal(err)
	}
	put := func(generation int) {
		b := packed(t, generation, devices, `{"device_id":"d%[1]d","city":"c%[2]d-%[1]d","lat":%[1]d.25,"lng":-2}`)
		if _, err := store.PutObject("metadata", "locations.json.gz", nil, bytes.NewReader(b), int64(len(b)), nil); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	var loading atomic.Bool
	var gets atomic.Int32
	s3 := gofakes3.New(store).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != object {
			s3.ServeHTTP(w, r)
			return
		}
		if gets.Add(1); loading.Swap(true) {
			t.Error("two loads at the same time")
		}
		defer loading.Store(false)
		s3.ServeHTTP(&slowBody{ResponseWriter: w, r: r}, r)
	}))
	defer server.Close()
	lookupS5(t, k, "s5-store", devices, put, &loading, "'refresh.interval' = '1h'",
		fmt.Sprintf("'refresh.interval' = '%s', 's3.endpoint' = '%s', 's3.region' = 'eu-west-1', 's3.access-key' = 'id', 's3.secret-key' = 'secret', 's3.path-style-access' = 'true'", shortCycle, server.URL))
	if n := gets.Load(); n != 3 {
		t.Errorf("the object was read %d times, it had 3 generations", n)
	}
}

// lookupS5File is S5 with a local file of CSV that others replace.
func lookupS5File(t *testing.T, k *kafkatest.Broker) {
	const devices = 20_000
	path := filepath.Join(t.TempDir(), "locations.csv.gz")
	put := func(generation int) {
		b := packed(t, generation, devices, `d%[1]d,"c%[2]d-%[1]d",%[1]d.25,-2`)
		if err := os.WriteFile(path+".new", b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	lookupS5(t, k, "s5-file", devices, put, nil, "'path' = 's3://metadata/locations.json.gz', 'format' = 'json', 'refresh.interval' = '1h'",
		fmt.Sprintf("'path' = '%s', 'format' = 'csv', 'refresh.interval' = '%s'", path, shortCycle/2))
}

// lookupS5 sends an event each 10 ms while the locations are replaced twice and
// then looked at once more. Each event comes out once, in order, soon, with the place that the version of its row has.
func lookupS5(t *testing.T, k *kafkatest.Broker, topic string, devices int, put func(generation int), loading *atomic.Bool, replace ...string) {
	f := newFeed(t, k, topic, 1)
	w := serve(t, site{brokers: k.Addr})
	query := w.scenario("s5", append([]string{"localhost:9092", k.Addr, "'topic' = 'device-events'", "'topic' = '" + topic + "'"}, replace...)...)
	s := w.streamPG(query)
	var beside, during []time.Duration
	tick := time.NewTicker(rowPace)
	defer tick.Stop()
	version, generation, until, end := 0, 1, int64(0), time.Now().Add(patience)
	for i := 0; ; i++ {
		if time.Now().After(end) {
			t.Fatalf("version %d, generation %d, %+v", version, generation, w.lookupTable("locations"))
		}
		sent, device := time.Now(), i*7919%devices
		if i%10 == 9 {
			device = devices + i // has no place
		}
		slow := loading != nil && loading.Load()
		f.values(fmt.Sprintf(`{"device_id":"d%d","reading":%d,"ts":"%s"}`, device, i, sent.UTC().Format("2006-01-02 15:04:05")))
		a := s.next(t)
		v, err := strconv.Atoi(a.row[4])
		if err != nil || v < version || v > generation {
			t.Fatalf("version %s after %d, the newest is %d", a.row[4], version, generation)
		}
		version = v
		city := fmt.Sprintf("c%d-%d", v, device)
		if device >= devices {
			city = "NULL"
		}
		diff(t, "row", a.row[:4], []string{sent.UTC().Format("2006-01-02 15:04:05"), fmt.Sprintf("d%d", device), strconv.Itoa(i), city})
		if t.Failed() {
			t.FailNow()
		}
		switch d := a.at.Sub(sent); {
		case i == 0: // waited for the first load
			t.Logf("first row after %v", d.Round(time.Millisecond))
		case slow:
			during = append(during, d)
		default:
			beside = append(beside, d)
		}
		if i%50 == 49 && version == generation {
			if generation < 3 {
				generation++
				put(generation)
			} else if loads := w.lookupTable("locations").Loads; until == 0 {
				until = loads + 1
			} else if loads >= until {
				break
			}
		}
		<-tick.C
	}
	t.Logf("beside loads: %s; during loads: %s", delays(beside), delays(during))
	for _, d := range append(beside, during...) {
		if d > liveDelay {
			t.Errorf("a row came after %v", d)
		}
	}
	if loading != nil && len(during) < 100 {
		t.Errorf("%d rows during loads show little", len(during))
	}
	// A file of the last seconds is read at each refresh; one that is replaced meanwhile is refused.
	if st := w.lookupTable("locations"); st.Version != 3 || st.Rows != int64(devices) || st.Stale || loading != nil && st.Failures > 0 {
		t.Errorf("%+v", st)
	}
}

// lookupCompacted reads a topic that Kafka has compacted as a live table: later
// rows see updates and deletions, also once the broker has started again.
func lookupCompacted(t *testing.T, k *kafkatest.Broker) {
	const devices = 100
	places := newFeed(t, k, "locations", 1, "cleanup.policy", "compact", "segment.ms", "100", "min.cleanable.dirty.ratio", "0.001", "max.compaction.lag.ms", "100")
	place := func(device int, city string) kafkago.Message {
		m := kafkago.Message{Key: fmt.Appendf(nil, `{"device_id":"d%d"}`, device)}
		if city != "" {
			m.Value = fmt.Appendf(nil, `{"device_id":"d%d","city":"%s","lat":1.5,"lng":2}`, device, city)
		}
		return m
	}
	for round := range 3 {
		var ms []kafkago.Message
		for i := range devices {
			ms = append(ms, place(i, fmt.Sprintf("old%d", round)))
		}
		places.send(ms...)
	}
	awaitCompaction(t, k, places, place(devices-1, "old2"))
	f := newFeed(t, k, "s5-compacted", 1)
	w := serve(t, site{brokers: k.Addr})
	query := w.scenario("s5", "localhost:9092", k.Addr, "'topic' = 'device-events'", "'topic' = 's5-compacted'",
		"'connector' = 'file', 'path' = 's3://metadata/locations.json.gz', 'format' = 'json', 'refresh.interval' = '1h', 'refresh.align' = 'true'",
		"'connector' = 'kafka', 'topic' = 'locations', 'properties.bootstrap.servers' = 'BROKERS', 'key.format' = 'json', 'format' = 'json'")
	s := w.streamPG(query)
	event, version := 0, 0
	// city sends an event of a device and gives the city that comes out.
	city := func(device int) string {
		t.Helper()
		f.values(fmt.Sprintf(`{"device_id":"d%d","reading":%d,"ts":"2026-01-02 03:04:05"}`, device, event))
		row := s.next(t).row
		if row[1] != fmt.Sprintf("d%d", device) || row[2] != strconv.Itoa(event) {
			t.Fatalf("row %q of event %d", row, event)
		}
		event++
		v, err := strconv.Atoi(row[4])
		if err != nil || v < version {
			t.Fatalf("version %s after %d", row[4], version)
		}
		version = v
		return row[3]
	}
	for i := range devices {
		if c := city(i); c != "old2" {
			t.Fatalf("device %d: %s", i, c)
		}
	}
	if st := w.lookupTable("locations"); st.Rows != devices || !st.Live {
		t.Errorf("%+v", st)
	}
	type change struct {
		device              int
		city, before, after string
	}
	// apply writes a change and sends events until one sees it, for which there is a bound.
	apply := func(c change, bound time.Duration) {
		t.Helper()
		places.send(place(c.device, c.city))
		sent := time.Now()
		for got := city(c.device); got != c.after; got = city(c.device) {
			if got != c.before || time.Since(sent) > bound {
				t.Fatalf("%+v: %s after %v", c, got, time.Since(sent))
			}
		}
		t.Logf("d%d is %s %v after it was written", c.device, c.after, time.Since(sent).Round(time.Millisecond))
		if got := city(c.device); got != c.after {
			t.Errorf("%+v: %s afterwards", c, got)
		}
	}
	for _, c := range []change{{3, "new", "old2", "new"}, {3, "", "new", "NULL"}, {3, "again", "NULL", "again"}, {devices, "more", "NULL", "more"}, {5, "", "old2", "NULL"}} {
		apply(c, liveDelay)
	}
	if st := w.lookupTable("locations"); st.Rows != devices || st.Failures > 0 || st.Loads != 1 {
		t.Errorf("%+v", st)
	}
	k.Stop(t)
	k.Run(t)
	for i, want := range map[int]string{3: "again", 5: "NULL", 7: "old2", devices: "more"} {
		if c := city(i); c != want {
			t.Errorf("device %d is in %s after the broker's restart, want %s", i, c, want)
		}
	}
	// Following goes on, if need be after a wait and a load.
	apply(change{3, "newer", "again", "newer"}, patience/2)
	apply(change{7, "", "old2", "NULL"}, liveDelay)
	if st := w.lookupTable("locations"); st.Rows != devices-1 || !st.Live || st.Stale {
		t.Errorf("%+v", st)
	}
}

// awaitCompaction writes a record again and again, which gives the topic new
// segments, until its first record has gone.
func awaitCompaction(t *testing.T, k *kafkatest.Broker, f *feed, m kafkago.Message) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		f.send(m)
		r := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{k.Addr}, Topic: f.w.Topic, MaxWait: 100 * time.Millisecond})
		first, err := r.ReadMessage(testContext(t))
		if _ = r.Close(); err != nil { // it has read what it should
			t.Fatal(err)
		}
		if first.Offset > 0 {
			t.Logf("compacted: the first record is number %d", first.Offset)
			return
		}
		await(t.Context(), 100*time.Millisecond)
	}
	t.Fatal("Kafka has not compacted the topic")
}
