package gen

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Kinds of records.
const (
	Visits = "visits"
	Orders = "orders"
	Text   = "text"
)

// Kinds lists them.
func Kinds() []string { return []string{Visits, Orders, Text} }

// lateBy is how far behind Disorder a late record lies at least, lateSpread how
// much further it may lie.
const (
	lateBy     = 10 * time.Second
	lateSpread = 20 * time.Second
)

// DefaultStart is the event time of the first record where Config.Start is the
// zero time.
var DefaultStart = time.Date(2024, 4, 28, 0, 0, 0, 0, time.UTC)

// Config says what to make. Zero values stand for the defaults given here.
type Config struct {
	Kind     string        // Visits, Orders or Text
	Keys     int           // different visitors (1000) or customers (999)
	Seed     uint64        // of the random numbers
	Count    int64         // records, 0: no end
	Disorder time.Duration // records come at most so much after their time
	Late     float64       // share of records that come much later, 0 to 1
	Start    time.Time     // event time of the first record (DefaultStart)
	TimeStep time.Duration // event time between records (1ms)
}

// Gen makes records one after the other. It is used by one goroutine.
type Gen struct {
	cfg      Config
	rng      rng
	makes    func(g *Gen, dst []byte) []byte
	made     int64
	next     int64  // event time of the next record before disorder, ns since 1970
	at       int64  // event time of the record under way, µs since 1970
	lateLess uint64 // a draw below this makes a record late
	key      []byte
}

// New checks the config and makes a generator.
func New(cfg Config) (*Gen, error) {
	g := &Gen{rng: rng(cfg.Seed)}
	keys := 1000
	switch cfg.Kind {
	case Visits:
		g.makes = (*Gen).visit
	case Orders:
		g.makes, keys = (*Gen).order, 999
	case Text:
		g.makes = (*Gen).line
	default:
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "unknown kind of records %q", cfg.Kind).
			Hint("kinds: %s", strings.Join(Kinds(), ", "))
	}
	if cfg.Keys == 0 {
		cfg.Keys = keys
	}
	if cfg.TimeStep == 0 {
		cfg.TimeStep = time.Millisecond
	}
	if cfg.Start.IsZero() {
		cfg.Start = DefaultStart
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	g.cfg, g.next = cfg, cfg.Start.UnixNano()
	g.lateLess = uint64(cfg.Late * (1 << 53))
	return g, nil
}

func (c Config) check() error {
	wrong := func(what string, v any) error {
		return sqlerr.New(sqlerr.InvalidParameterValue, "invalid %s: %v", what, v)
	}
	switch {
	case c.Keys < 0:
		return wrong("number of keys", c.Keys)
	case c.Count < 0:
		return wrong("number of records", c.Count)
	case c.Disorder < 0:
		return wrong("disorder", c.Disorder)
	case !(c.Late >= 0 && c.Late <= 1):
		return wrong("share of late records", c.Late)
	case c.TimeStep < 0:
		return wrong("time step", c.TimeStep)
	case c.Start.Year() < 1970 || c.Start.Year() > 2200:
		return wrong("start", fmt.Sprint(c.Start)+", not in 1970 to 2200")
	}
	return nil
}

// More tells whether there is a record left to make.
func (g *Gen) More() bool { return g.cfg.Count == 0 || g.made < g.cfg.Count }

// Append makes the next record and appends it to dst, without a line end.
func (g *Gen) Append(dst []byte) []byte {
	at := g.next
	g.next += int64(g.cfg.TimeStep)
	g.made++
	if d := int64(g.cfg.Disorder); d > 0 {
		at -= int64(g.rng.below(uint64(d)))
	}
	if g.lateLess > 0 && g.rng.next()>>11 < g.lateLess {
		at -= int64(g.cfg.Disorder+lateBy) + int64(g.rng.below(uint64(lateSpread)))
	}
	g.at = at / 1000
	return g.makes(g, dst)
}

// Key gives the partition key of the last record: a visitor's or an order's id,
// nothing for text. It is valid until the next Append.
func (g *Gen) Key() []byte { return g.key }

// Time gives the event time of the last record.
func (g *Gen) Time() time.Time { return time.UnixMicro(g.at).UTC() }

// rng is SplitMix64: small, fast, and the same for ever.
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (r *rng) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}

// pick gives one of the words.
func (r *rng) pick(words []string) string { return words[r.below(uint64(len(words)))] }

// setKey keeps what the record just written has between from and its end.
func (g *Gen) setKey(dst []byte, from int) { g.key = append(g.key[:0], dst[from:]...) }

// grow makes room for one record, so that appending its parts does not.
func grow(dst []byte) []byte { return slices.Grow(dst, 640) }
