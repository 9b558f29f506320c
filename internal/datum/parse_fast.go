package datum

import (
	"encoding/binary"
	"math"
)

// ParseTimestamp reads a TIMESTAMP WITHOUT TIME ZONE: ISO 8601 with a T or a
// blank, an optional fraction rounded to microseconds, an optional zone, which
// is ignored as PostgreSQL does; a date alone; BC; infinity; epoch.
func ParseTimestamp(b []byte) (int64, error) {
	if t, _, ok := fastTimestamp(b); ok {
		return t, nil
	}
	p := timeParser{in: b, typ: "timestamp"}
	return p.timestamp()
}

// fastTimestamp reads YYYY-MM-DD[T ]HH:MM:SS[.f{1,9}][Z] and nothing else; of
// what it declines, the slow parser finds out whether and why it is wrong.
func fastTimestamp(b []byte) (t int64, zulu, ok bool) {
	if len(b) < 19 {
		return 0, false, false
	}
	days, ok := fastDate(b)
	clock := binary.LittleEndian.Uint64(b[11:]) // HH:MM:SS
	y := (clock ^ zeros) & clockDigits
	if !ok || b[10] != 'T' && b[10] != ' ' || clock&^clockDigits != clockColons || !allDigits(y) {
		return 0, false, false
	}
	z := y*10 + y>>8
	h, m, s := uint32(z&0xff), uint32(z>>24&0xff), uint32(z>>48&0xff)
	if h > 23 || m > 59 || s > 59 {
		return 0, false, false
	}
	t = days*MicrosPerDay + int64((h*60+m)*60+s)*MicrosPerSecond
	if len(b) == 19 {
		return t, false, true
	}
	frac, n := fastFraction(b[19:])
	if n < 0 {
		return 0, false, false
	}
	switch rest := b[19+n:]; {
	case len(rest) == 0:
		return t + frac, false, true
	case len(rest) == 1 && rest[0] == 'Z':
		return t + frac, true, true
	}
	return 0, false, false
}

// Eight bytes are read as one number, the first lowest. The masks choose the
// bytes that must be digits; the others must be just these separators. Where y
// holds the digits' values, byte i of y*10 + y>>8 is the number of two digits
// that begins at byte i.
const (
	zeros       = 0x3030303030303030
	dateDigits  = 0x00ffff00ffffffff
	dateDashes  = 0x2d00002d00000000
	clockDigits = 0xffff00ffff00ffff
	clockColons = 0x00003a00003a0000
)

// allDigits tells whether every byte is 0 to 9.
func allDigits(y uint64) bool { return (y|(y+0x7676767676767676))&0x8080808080808080 == 0 }

// two reads two digits; anything else gives 100 or more.
func two(b []byte) uint32 {
	d1, d0 := uint32(b[0]-'0'), uint32(b[1]-'0')
	if d1 > 9 || d0 > 9 {
		return 100
	}
	return d1*10 + d0
}

// fastDate reads the ten bytes YYYY-MM-DD of the years 1 to 9999.
func fastDate(b []byte) (days int64, ok bool) {
	b = b[:10]
	x := binary.LittleEndian.Uint64(b) // YYYY-MM-
	y := (x ^ zeros) & dateDigits
	z := y*10 + y>>8
	year, m, d := int(z&0xff*100+z>>16&0xff), uint32(z>>40&0xff), two(b[8:])
	if x&^dateDigits != dateDashes || !allDigits(y) || m-1 > 11 || d-1 > 30 || year == 0 {
		return 0, false
	}
	if d > 28 && int(d) > DaysInMonth(year, int(m)) {
		return 0, false
	}
	return DateFromCivil(year, int(m), int(d)), true
}

// fastFraction reads a point and one to nine digits, and gives the microseconds
// and the bytes used: 0 without a point, -1 if it is not this form.
func fastFraction(b []byte) (micros int64, n int) {
	if len(b) == 0 || b[0] != '.' {
		return 0, 0
	}
	v, n := int64(0), 1
	for n < len(b) && n <= 9 {
		d := b[n] - '0'
		if d > 9 {
			break
		}
		v = v*10 + int64(d)
		n++
	}
	switch digits := n - 1; {
	case digits == 0 || n < len(b) && b[n]-'0' <= 9:
		return 0, -1
	case digits <= 6:
		return v * pow10i[6-digits], n
	default: // PostgreSQL rounds the double nearest to the fraction, half to even
		return int64(math.RoundToEven(float64(v) / float64(pow10i[digits]) * 1e6)), n
	}
}

// TimestampParser parses timestamps that resemble each other, as those of a
// column do: it keeps the last minute (YYYY-MM-DDTHH:MM) and compares sixteen
// bytes instead of reading them. The zero value is ready. Not for concurrent use.
type TimestampParser struct {
	p0, p1 uint64 // the sixteen bytes
	base   int64  // the minute they stand for
	buf    [19]byte
}

// Parse is ParseTimestamp.
func (p *TimestampParser) Parse(b []byte) (int64, error) {
	if len(b) >= 19 && p.p0 != 0 && binary.LittleEndian.Uint64(b) == p.p0 && binary.LittleEndian.Uint64(b[8:]) == p.p1 && b[16] == ':' {
		s := two(b[17:])
		if s <= 59 {
			t := p.base + int64(s)*MicrosPerSecond
			if len(b) == 23 && b[19] == '.' { // milliseconds, the usual case
				d0, d1, d2 := uint32(b[20]-'0'), uint32(b[21]-'0'), uint32(b[22]-'0')
				if d0 <= 9 && d1 <= 9 && d2 <= 9 {
					return t + int64(d0*100+d1*10+d2)*MicrosPerMilli, nil
				}
			} else if len(b) == 19 {
				return t, nil
			} else if frac, n := fastFraction(b[19:]); n >= 0 && (19+n == len(b) || 20+n == len(b) && b[19+n] == 'Z') {
				return t + frac, nil
			}
		}
	}
	return p.miss(b)
}

// miss reads a value of another minute and remembers it.
func (p *TimestampParser) miss(b []byte) (int64, error) {
	t, _, ok := fastTimestamp(b)
	if !ok {
		return ParseTimestamp(b)
	}
	p.p0, p.p1 = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	minute, _, _ := fastTimestamp(append(append(p.buf[:0], b[:17]...), "00"...))
	p.base = minute
	return t, nil
}
