package datum

import (
	"encoding/binary"
	"strconv"
)

const digitPairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" +
	"40414243444546474849" + "50515253545556575859" + "60616263646566676869" + "70717273747576777879" +
	"80818283848586878889" + "90919293949596979899"

// The timestamps of the years 1 to 9999, which print without ceremony.
const (
	firstPlain int64 = -62135596800 * MicrosPerSecond
	endPlain   int64 = 253402300800 * MicrosPerSecond
)

// pairs holds the two digits of 0 to 99 as one word, in an array of 128 so that
// a masked index needs no check.
var pairs = func() (t [128]uint16) {
	for v := range 100 {
		t[v] = uint16(digitPairs[2*v]) | uint16(digitPairs[2*v+1])<<8
	}
	return t
}()

func put2(b []byte, v uint32) { binary.LittleEndian.PutUint16(b, pairs[v&127]) }

// AppendTimestamp writes a timestamp without time zone as PostgreSQL does with
// DateStyle ISO: 2024-01-01 00:00:00.5, as many fraction digits as are needed.
func AppendTimestamp(dst []byte, micros int64) []byte {
	if micros < firstPlain || micros >= endPlain {
		return appendTimestampSlow(dst, micros, nil)
	}
	n := len(dst)
	dst = append(dst, "0000-00-00 00:00:00.000000"...)
	frac := putTimestamp(dst[n:n+26], micros)
	return dst[:n+19+putFraction(dst[n+19:n+26], frac)]
}

// AppendTimestampFrac writes a timestamp with always the same number of
// fraction digits, 0 to 6; what lies behind them is cut off.
func AppendTimestampFrac(dst []byte, micros int64, digits int) []byte {
	if micros < firstPlain || micros >= endPlain {
		return AppendTimestamp(dst, micros)
	}
	n := len(dst)
	dst = append(dst, "0000-00-00 00:00:00.000000"...)
	frac := putTimestamp(dst[n:n+26], micros)
	if digits <= 0 {
		return dst[:n+19]
	}
	putMicros(dst[n+20:n+26], frac)
	return dst[:n+20+min(digits, 6)]
}

// AppendTimestampISO writes a timestamp in ISO 8601 with a T and, if zulu, a Z,
// as JSON encoders do; digits is the fraction's least length.
func AppendTimestampISO(dst []byte, micros int64, digits int, zulu bool) []byte {
	n := len(dst)
	if micros < firstPlain || micros >= endPlain {
		return AppendTimestamp(dst, micros)
	}
	dst = append(dst, "0000-00-00T00:00:00.000000"...)
	frac := putTimestamp(dst[n:n+26], micros)
	end := putFraction(dst[n+19:n+26], frac)
	if digits > 0 && end < digits+1 {
		if end == 0 {
			putMicros(dst[n+20:n+26], 0)
			dst[n+19] = '.'
		}
		end = min(digits, 6) + 1
	}
	dst = dst[:n+19+end]
	if zulu {
		dst = append(dst, 'Z')
	}
	return dst
}

// putTimestamp fills the 19 bytes before the fraction and gives the fraction.
func putTimestamp(b []byte, micros int64) (frac uint32) {
	b = b[:26]
	since := uint64(micros - firstPlain)
	days := since / uint64(MicrosPerDay)
	inDay := since - days*uint64(MicrosPerDay)
	putDate(b, int64(days)+firstPlain/MicrosPerDay)
	secs := uint32(inDay / uint64(MicrosPerSecond))
	frac = uint32(inDay - uint64(secs)*uint64(MicrosPerSecond))
	minutes := secs / 60
	hours := minutes / 60
	put2(b[11:], hours)
	put2(b[14:], minutes-hours*60)
	put2(b[17:], secs-minutes*60)
	return frac
}

// putDate fills the digits of YYYY-MM-DD.
func putDate(b []byte, days int64) {
	y, m, d := CivilFromDays(days)
	c := uint32(y) / 100
	put2(b, c)
	put2(b[2:], uint32(y)-c*100)
	put2(b[5:], uint32(m))
	put2(b[8:], uint32(d))
}

// putMicros writes six digits.
func putMicros(b []byte, frac uint32) {
	b = b[:6]
	hi := frac / 10000
	lo := frac - hi*10000
	mid := lo / 100
	put2(b, hi)
	put2(b[2:], mid)
	put2(b[4:], lo-mid*100)
}

// putFraction writes a point and the digits into b (of 7 bytes) and tells how
// many bytes are needed: none for zero, and no trailing zeros.
func putFraction(b []byte, frac uint32) int {
	if frac == 0 {
		return 0
	}
	b[0] = '.'
	putMicros(b[1:7], frac)
	n := 7
	for b[n-1] == '0' {
		n--
	}
	return n
}

// appendTimestampSlow serves infinities, years past 9999 and years BC; zone is
// put before the BC, as PostgreSQL does.
func appendTimestampSlow(dst []byte, micros int64, zone []byte) []byte {
	switch micros {
	case TimestampInfinity:
		return append(dst, "infinity"...)
	case TimestampNegInfinity:
		return append(dst, "-infinity"...)
	}
	days, inDay := SplitTimestamp(micros)
	dst, bc := appendDateDigits(dst, days)
	dst = append(dst, ' ')
	dst = AppendTime(dst, inDay)
	dst = append(dst, zone...)
	if bc {
		dst = append(dst, " BC"...)
	}
	return dst
}

// appendDateDigits writes a date without its BC, and tells whether it needs one.
func appendDateDigits(dst []byte, days int64) (out []byte, bc bool) {
	y, m, d := CivilFromDays(days)
	if bc = y <= 0; bc {
		y = 1 - y
	}
	for limit := 1000; limit > y && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, int64(y), 10)
	n := len(dst)
	dst = append(dst, "-00-00"...)
	put2(dst[n+1:], uint32(m))
	put2(dst[n+4:], uint32(d))
	return dst, bc
}

// AppendTimestampTZ writes an instant as local time of a zone that is offset
// seconds east of Greenwich, with the offset behind it: +00, -03:30.
func AppendTimestampTZ(dst []byte, micros int64, offset int) []byte {
	if !IsFinite(micros) {
		return appendTimestampSlow(dst, micros, nil)
	}
	local := micros + int64(offset)*MicrosPerSecond
	if local >= firstPlain && local < endPlain {
		return appendOffset(AppendTimestamp(dst, local), offset)
	}
	var buf [12]byte
	return appendTimestampSlow(dst, local, appendOffset(buf[:0], offset))
}

// appendOffset writes +hh, +hh:mm or +hh:mm:ss.
func appendOffset(dst []byte, offset int) []byte {
	if offset == 0 {
		return append(dst, "+00"...)
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	h, m, s := offset/3600, offset/60%60, offset%60
	dst = append2(append(dst, sign), h)
	if m != 0 || s != 0 {
		dst = append2(append(dst, ':'), m)
	}
	if s != 0 {
		dst = append2(append(dst, ':'), s)
	}
	return dst
}

func append2(dst []byte, v int) []byte {
	if v > 99 {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return append(dst, digitPairs[2*v], digitPairs[2*v+1])
}

// AppendDate writes a date: 2024-01-01, 0044-03-15 BC, infinity.
func AppendDate(dst []byte, days int64) []byte {
	switch {
	case days >= firstPlain/MicrosPerDay && days < endPlain/MicrosPerDay:
		n := len(dst)
		dst = append(dst, "0000-00-00"...)
		putDate(dst[n:n+10], days)
		return dst
	case !IsFinite(days):
		return appendTimestampSlow(dst, days, nil)
	}
	dst, bc := appendDateDigits(dst, days)
	if bc {
		dst = append(dst, " BC"...)
	}
	return dst
}

// AppendTime writes a time of day: 23:59:59.5; 24:00:00 is the end of the day.
func AppendTime(dst []byte, micros int64) []byte {
	n := len(dst)
	dst = append(dst, "00:00:00.000000"...)
	frac := putTime(dst[n:n+15], micros)
	return dst[:n+8+putFraction(dst[n+8:n+15], frac)]
}

// AppendTimeFrac writes a time of day with always the same number of fraction
// digits, 0 to 6.
func AppendTimeFrac(dst []byte, micros int64, digits int) []byte {
	n := len(dst)
	dst = append(dst, "00:00:00.000000"...)
	frac := putTime(dst[n:n+15], micros)
	if digits <= 0 {
		return dst[:n+8]
	}
	putMicros(dst[n+9:n+15], frac)
	return dst[:n+9+min(digits, 6)]
}

func putTime(b []byte, micros int64) (frac uint32) {
	us := uint64(min(max(micros, 0), MicrosPerDay))
	secs := uint32(us / uint64(MicrosPerSecond))
	frac = uint32(us - uint64(secs)*uint64(MicrosPerSecond))
	put2(b, secs/3600)
	put2(b[3:], secs/60%60)
	put2(b[6:], secs%60)
	return frac
}
