package gen

import (
	"strconv"

	"github.com/penstock/penstock/internal/datum"
)

// agents are user agents; each # becomes a number of one or two digits.
var agents = []string{
	"Mozilla/5.0 (iPad; CPU iPad OS 14_2_1 like Mac OS X) AppleWebKit/536.# (KHTML, like Gecko) FxiOS/#.3w0588.0 Mobile/66I206 Safari/536.#",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.# (KHTML, like Gecko) Chrome/#.0.4472.124 Safari/537.#",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_#) AppleWebKit/605.1.# (KHTML, like Gecko) Version/16.# Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:109.#) Gecko/20100101 Firefox/#.0",
	"Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.2; Trident/#.1; rv:#.0)",
	"Opera/9.#.(Windows 98; Win 9x 4.90; sl-SI) Presto/2.9.# Version/12.#",
}

var (
	brackets = []string{"18-25", "26-40", "41-55", "55+"}
	pages    = []string{"amoebozoa", "polecat", "whale", "catfish", "hummingbird", "coyote", "fungi", "archaea", "bison", "eagle"}
	methods  = []string{"GET ", "GET ", "GET ", "GET ", "GET ", "GET ", "POST ", "PUT "}
	statuses = []string{"200", "200", "200", "200", "200", "301", "404", "500"}
)

// visitorID gives the id of visitor k, always 19 digits. The multiplier is odd,
// so small numbers give different ids.
func visitorID(dst []byte, k uint64) []byte {
	return strconv.AppendUint(dst, 1_000_000_000_000_000_000+k*0x9e3779b97f4a7c15%8_000_000_000_000_000_000, 10)
}

// emptyPlace is one in how many visits has empty strings for its place.
const emptyPlace = 40

// visit writes a line of a web server's log, about 390 bytes.
func (g *Gen) visit(dst []byte) []byte {
	r := &g.rng
	dst = append(grow(dst), `{"ip":"`...)
	for i, ip := 0, r.next(); i < 4; i, ip = i+1, ip>>8 {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, ip&0xff, 10)
	}
	dst = append(dst, `","id":"`...)
	from := len(dst)
	dst = visitorID(dst, r.below(uint64(g.cfg.Keys)))
	g.setKey(dst, from)
	if r.below(emptyPlace) == 0 {
		dst = append(dst, `","lat":"","lng":""`...)
	} else {
		dst = append(dst, `","lat":`...)
		dst = degrees(dst, r.below(1_800_001), 90)
		dst = append(dst, `,"lng":`...)
		dst = degrees(dst, r.below(3_600_001), 180)
	}
	dst = append(dst, `,"user_agent":"`...)
	dst = g.agent(dst)
	dst = append(dst, `","age_bracket":"`...)
	dst = append(dst, r.pick(brackets)...)
	dst = append(dst, `","opted_into_marketing":`...)
	dst = strconv.AppendBool(dst, r.below(2) == 0)
	dst = append(dst, `,"http_request":"`...)
	dst = append(dst, r.pick(methods)...)
	dst = append(dst, r.pick(pages)...)
	dst = append(dst, `.html HTTP/1.0","http_response":`...)
	dst = append(dst, r.pick(statuses)...)
	dst = append(dst, `,"file_size_bytes":`...)
	dst = strconv.AppendUint(dst, 20+r.below(1000), 10)
	ms := g.at / datum.MicrosPerMilli
	dst = append(dst, `,"event_datetime":"`...)
	dst = datum.AppendTimestampISO(dst, ms*datum.MicrosPerMilli, 3, false)
	dst = append(dst, `","event_ts":`...)
	dst = strconv.AppendInt(dst, ms, 10)
	return append(dst, '}')
}

// degrees writes n ten-thousandths of a degree less half the circle.
func degrees(dst []byte, n uint64, half int64) []byte {
	v := int64(n) - half*10_000
	if v < 0 {
		dst, v = append(dst, '-'), -v
	}
	dst = strconv.AppendInt(dst, v/10_000, 10)
	f := v % 10_000
	return append(dst, '.', byte('0'+f/1000), byte('0'+f/100%10), byte('0'+f/10%10), byte('0'+f%10))
}

func (g *Gen) agent(dst []byte) []byte {
	s, digits := g.rng.pick(agents), g.rng.next()
	last := 0
	for i := range len(s) {
		if s[i] == '#' {
			dst = append(dst, s[last:i]...)
			dst = strconv.AppendUint(dst, digits&63, 10)
			last, digits = i+1, digits>>6
		}
	}
	return append(dst, s[last:]...)
}

// order writes an order whose time is in whole seconds.
func (g *Gen) order(dst []byte) []byte {
	r := &g.rng
	dst = append(grow(dst), `{"order_id":"`...)
	from := len(dst)
	for id, i := r.below(26*26*26*26*26), 0; i < 5; i++ {
		dst = append(dst, byte('a'+id%26))
		id /= 26
	}
	g.setKey(dst, from)
	dst = append(dst, `","customer_id":`...)
	dst = strconv.AppendUint(dst, 1+r.below(uint64(g.cfg.Keys)), 10)
	dst = append(dst, `,"timestamp":`...)
	dst = strconv.AppendInt(dst, g.at/datum.MicrosPerSecond, 10)
	return append(dst, '}')
}

var words = []string{
	"the", "a", "river", "stream", "water", "gate", "wheel", "mill", "turns", "slowly", "under", "old", "stone",
	"bridge", "where", "children", "play", "and", "sing", "every", "morning", "before", "school", "it's", "cold",
	"but", "they", "don't", "mind", "because", "summer", "never", "really", "ends", "for", "those", "who", "listen",
	"to", "wind", "among", "tall", "trees", "miller's", "daughter", "counts", "sacks", "of", "flour", "while",
	"her", "brother", "mends", "nets", "by", "light", "from", "kitchen", "window", "nobody", "remembers", "when",
	"first", "boat", "came", "down", "with", "salt", "letters", "news", "distant", "cities",
}

// line writes four to twelve words, the first with a capital, and a full stop;
// now and then there is a comma.
func (g *Gen) line(dst []byte) []byte {
	r := &g.rng
	dst = grow(dst)
	g.key = g.key[:0]
	n := 4 + r.below(9)
	for i := range n {
		if i > 0 {
			if r.below(8) == 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, ' ')
		}
		at := len(dst)
		dst = append(dst, r.pick(words)...)
		if i == 0 {
			dst[at] -= 'a' - 'A'
		}
	}
	return append(dst, '.')
}
