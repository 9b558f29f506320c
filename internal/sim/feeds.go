package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Connector is the name of the connector that Feeds is.
const Connector = "test"

// The options of a table, beside those of the JSON format.
const (
	optConnector  = "connector"
	optPartitions = "partitions"
	optBounded    = "bounded"
	optOnError    = "on-error"
	optIdle       = "scan.watermark.idle-timeout"
)

// maxPartitions bounds the option 'partitions'.
const maxPartitions = 64

var specs = []catalog.OptionSpec{
	{Key: optConnector, Kind: catalog.OptEnum, Enum: []string{Connector}, Required: true, Doc: "this connector"},
	{Key: optPartitions, Kind: catalog.OptInt, Default: "1", Min: 1, Max: maxPartitions, Doc: "the number of partitions"},
	{Key: optBounded, Kind: catalog.OptBool, Default: "false", Doc: "whether the planner may count on an end of the table"},
	{Key: optOnError, Kind: catalog.OptEnum, Enum: []string{"skip", "fail", "null"}, Default: "fail", Doc: "what becomes of a record that cannot be read"},
	{Key: optIdle, Kind: catalog.OptDuration, Doc: "a partition that is silent for so long holds the watermark back no more"},
}

// Feeds holds the logs of all test tables. It implements build.Connector and may be
// used from any goroutine.
type Feeds struct {
	mu     sync.Mutex
	tables map[string]*feed
	taken  []string
}

var _ build.Connector = (*Feeds)(nil)

// NewFeeds makes empty logs.
func NewFeeds() *Feeds { return &Feeds{tables: map[string]*feed{}} }

// feed is a table's log.
type feed struct {
	records []record
	groups  int
	ended   []bool // by partition; nil: none
	behind  []bool // by partition: the broker holds more than was fed
	changed chan struct{}
}

type record struct {
	part, group int
	offset      int64
	at          time.Time
	value       []byte
}

func (f *Feeds) table(name string) *feed {
	t := f.tables[name]
	if t == nil {
		t = &feed{changed: make(chan struct{}), ended: make([]bool, maxPartitions), behind: make([]bool, maxPartitions)}
		f.tables[name] = t
	}
	return t
}

// change does something to a table's log and wakes its readers.
func (f *Feeds) change(name string, do func(t *feed)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.table(name)
	do(t)
	close(t.changed)
	t.changed = make(chan struct{})
}

// Append adds records to a partition as one group: they may come in one batch.
func (f *Feeds) Append(table string, part int, values ...[]byte) {
	f.change(table, func(t *feed) {
		offset := int64(0)
		for i := range t.records {
			if t.records[i].part == part {
				offset++
			}
		}
		t.groups++
		for _, v := range values {
			t.records = append(t.records, record{part, t.groups, offset, time.Now(), v})
			offset++
		}
	})
}

// End says that nothing more will come from a partition, or from any (-1).
func (f *Feeds) End(table string, part int) { f.mark(table, part, true, (*feed).ends) }

// Behind says whether the broker holds more of a partition, or of all (-1), than
// has been fed: silence is then no idleness.
func (f *Feeds) Behind(table string, part int, behind bool) {
	f.mark(table, part, behind, (*feed).behinds)
}

func (t *feed) ends() []bool    { return t.ended }
func (t *feed) behinds() []bool { return t.behind }

func (f *Feeds) mark(table string, part int, v bool, flags func(*feed) []bool) {
	f.change(table, func(t *feed) {
		for i := range flags(t) {
			if part < 0 || i == part {
				flags(t)[i] = v
			}
		}
	})
}

// Clear forgets a table's log.
func (f *Feeds) Clear(table string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tables, table)
}

// Taken gives the rows written to test tables since it was last asked, each as
// table: JSON.
func (f *Feeds) Taken() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.taken
	f.taken = nil
	return t
}

func options(t *catalog.Table) (*catalog.OptionValues, *format.Format, error) {
	js, err := format.Lookup("json")
	if err != nil {
		return nil, nil, err
	}
	v, err := catalog.Validate(slices.Concat(specs, js.Options), t.Options)
	return v, js, err
}

// Check looks at a table's options and columns.
func (f *Feeds) Check(t *catalog.Table) error {
	v, js, err := options(t)
	if err != nil {
		return err
	}
	var fields []format.Field
	for _, c := range t.Columns {
		if c.Physical() {
			fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
		}
	}
	_, err = js.NewDecoder(fields, js.Given(v))
	return err
}

// Bounded is as the option says.
func (f *Feeds) Bounded(t *catalog.Table) bool {
	v, _, err := options(t)
	return err == nil && v.Bool(optBounded)
}

// OpenScan reads a table's log from its beginning.
func (f *Feeds) OpenScan(_ context.Context, r *build.ScanRequest) (build.Scan, error) {
	v, js, err := options(r.Table)
	if err != nil {
		return nil, err
	}
	return &scan{feeds: f, req: r, parts: int(v.Int(optPartitions)), onError: v.Enum(optOnError), json: js, opts: js.Given(v)}, nil
}

// Lanes: any number.
func (f *Feeds) Lanes() int { return 0 }

// OpenSink takes rows as JSON.
func (f *Feeds) OpenSink(_ context.Context, r *build.SinkRequest) (exec.Sink, error) {
	v, js, err := options(r.Table)
	if err != nil {
		return nil, err
	}
	var fields []format.Field
	for _, c := range r.Columns {
		if c.Metadata != "" {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "metadata %q cannot be written", c.Metadata)
		}
		fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
	}
	enc, err := js.NewEncoder(fields, js.Given(v))
	if err != nil {
		return nil, err
	}
	return &sink{feeds: f, table: r.Table.Name, enc: enc}, nil
}

type sink struct {
	feeds *Feeds
	table string
	enc   format.Encoder
	cols  []int // those that are written; nil: all
}

// Write takes the rows.
func (s *sink) Write(_ context.Context, b *exec.Batch) error {
	if s.cols != nil {
		part := &exec.Batch{N: b.N, Sel: b.Sel}
		for _, i := range s.cols {
			part.Cols = append(part.Cols, b.Cols[i])
		}
		b = part
	}
	for i := range b.Rows() {
		row, err := s.enc.Encode(nil, b, b.Row(i))
		if err != nil {
			return err
		}
		s.feeds.mu.Lock()
		s.feeds.taken = append(s.feeds.taken, fmt.Sprintf("%s: %s", s.table, row))
		s.feeds.mu.Unlock()
	}
	return nil
}

// Flush has nothing to do.
func (s *sink) Flush(context.Context) error { return nil }

// Close has nothing to do.
func (s *sink) Close() error { return nil }

// scan is an opened test table.
type scan struct {
	feeds   *Feeds
	req     *build.ScanRequest
	parts   int
	onError string
	json    *format.Format
	opts    map[string]string
	rejects atomic.Int64
}

// Splits is the number of partitions.
func (s *scan) Splits() int { return s.parts }

// Counters gives the records that could not be read.
func (s *scan) Counters(yield func(string, int64)) { yield("rejects", s.rejects.Load()) }

// Source reads some partitions.
func (s *scan) Source(splits []int) (exec.Source, error) {
	src := &source{scan: s, batch: &exec.Batch{}, at: make([]int64, s.parts)}
	for _, p := range splits {
		src.splits = append(src.splits, int32(p))
	}
	var fields []format.Field
	for _, c := range s.req.Columns {
		col := exec.NewColumnOf(c.Type)
		src.batch.Cols = append(src.batch.Cols, col)
		if c.Meta == "" {
			fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
			src.value = append(src.value, col)
			continue
		}
		if !strings.Contains("partition offset timestamp", c.Meta) {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "connector %q has no metadata %q", Connector, c.Meta)
		}
		src.meta = append(src.meta, metaColumn{col, c.Meta})
	}
	var err error
	src.dec, err = s.json.NewDecoder(fields, s.opts)
	return src, err
}
