package catalog

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OptionValues are checked options with the defaults filled in. Asking for a
// key that was not declared, or as another kind, is a bug and panics.
type OptionValues struct {
	specs    []OptionSpec
	values   map[string]optionValue
	prefixed []Option
}

// optionValue is a parsed value: text as written (an Enum's in its declared
// spelling), n for everything that is a number.
type optionValue struct {
	text string
	n    int64
	set  bool // by the user
}

// advice is an error that says what a value should be: a whole sentence, shown
// to the user as a hint.
type advice string

func (a advice) Error() string { return string(a) }

// parse reads a value of the option's kind. The error is meant as a hint.
func (s *OptionSpec) parse(text string) (optionValue, error) {
	v := optionValue{text: text}
	var err error
	t := strings.TrimSpace(text)
	switch s.Kind {
	case OptInt:
		if v.n, err = strconv.ParseInt(t, 10, 64); err != nil {
			err = advice("A whole number is expected.")
		}
	case OptDuration:
		var d time.Duration
		d, err = ParseDuration(t)
		v.n = int64(d)
	case OptBytes:
		v.n, err = ParseBytes(t)
	case OptBool:
		b, ok := boolWords[strings.ToLower(t)]
		if !ok {
			err = advice("The values are: true, false.")
		} else if b {
			v.n = 1
		}
	case OptEnum:
		i := slices.IndexFunc(s.Enum, func(e string) bool { return strings.EqualFold(e, t) })
		if i < 0 {
			return v, advice("No such value.")
		}
		v.text = s.Enum[i]
	}
	if err == nil && s.Max != 0 && (v.n < s.Min || v.n > s.Max) && (s.Kind == OptInt || s.Kind == OptBytes || s.Kind == OptDuration) {
		err = advice("The value must lie between " + s.format(s.Min) + " and " + s.format(s.Max) + ".")
	}
	return v, err
}

func (s *OptionSpec) format(n int64) string {
	if s.Kind == OptDuration {
		return FormatDuration(time.Duration(n))
	}
	return strconv.FormatInt(n, 10)
}

func (v *OptionValues) get(key string, kind OptionKind) optionValue {
	s := findSpec(v.specs, key)
	if s == nil || s.Kind != kind && kind != OptString {
		panic("catalog: option " + key + " is not declared so") //nolint:forbidigo // a bug of ours
	}
	return v.values[key]
}

// IsSet tells whether the user gave the option.
func (v *OptionValues) IsSet(key string) bool { return v.values[key].set }

// String gives an option's text, "" when it has neither value nor default.
func (v *OptionValues) String(key string) string { return v.get(key, OptString).text }

// Enum gives the value in its declared spelling.
func (v *OptionValues) Enum(key string) string { return v.get(key, OptEnum).text }

// Int gives a whole number.
func (v *OptionValues) Int(key string) int64 { return v.get(key, OptInt).n }

// Duration gives a length of time.
func (v *OptionValues) Duration(key string) time.Duration {
	return time.Duration(v.get(key, OptDuration).n)
}

// Bytes gives a size.
func (v *OptionValues) Bytes(key string) int64 { return v.get(key, OptBytes).n }

// Bool gives a truth value.
func (v *OptionValues) Bool(key string) bool { return v.get(key, OptBool).n != 0 }

// Prefixed gives the options that a prefix allowed, with the prefix taken off,
// in the order they were written.
func (v *OptionValues) Prefixed(prefix string) []Option {
	var out []Option
	for _, o := range v.prefixed {
		if rest, ok := strings.CutPrefix(o.Key, prefix); ok {
			o.Key = rest
			out = append(out, o)
		}
	}
	return out
}

// unit is a name of a multiple.
type unit struct {
	name string
	n    int64
}

var timeUnits = []unit{
	{"d", int64(24 * time.Hour)}, {"h", int64(time.Hour)}, {"min", int64(time.Minute)}, {"s", int64(time.Second)},
	{"ms", int64(time.Millisecond)}, {"us", int64(time.Microsecond)}, {"ns", 1},
}

var timeNames = map[string]string{"day": "d", "days": "d", "hour": "h", "hours": "h", "hr": "h", "m": "min", "minute": "min",
	"minutes": "min", "mins": "min", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "milli": "ms", "millis": "ms",
	"millisecond": "ms", "milliseconds": "ms", "micro": "us", "micros": "us", "µs": "us", "microsecond": "us",
	"microseconds": "us", "nano": "ns", "nanos": "ns", "nanosecond": "ns", "nanoseconds": "ns"}

// byteUnits are powers of 1024 throughout, as in PostgreSQL.
var byteUnits = []unit{{"tib", 1 << 40}, {"gib", 1 << 30}, {"mib", 1 << 20}, {"kib", 1 << 10}, {"b", 1}}

var byteNames = map[string]string{"tb": "tib", "t": "tib", "gb": "gib", "g": "gib", "mb": "mib", "m": "mib", "kb": "kib", "k": "kib",
	"byte": "b", "bytes": "b"}

var (
	errDuration = advice("A length of time is expected, such as '500ms', '5s', '10 min' or '1h30m'.")
	errBytes    = advice("A size is expected, such as '64kB', '16MB' or '1GiB'.")
)

// ParseDuration reads a length of time: 5s, 10 s, 1h30m, 5 seconds, 1.5h. Only 0
// needs no unit.
func ParseDuration(s string) (time.Duration, error) {
	n, err := parseUnits(s, timeUnits, timeNames, 0)
	if err != nil {
		return 0, errDuration
	}
	return time.Duration(n), nil
}

// ParseBytes reads a size: 64MB, 1GiB, 512.
func ParseBytes(s string) (int64, error) {
	n, err := parseUnits(s, byteUnits, byteNames, 1)
	if err != nil || n < 0 {
		return 0, errBytes
	}
	return n, nil
}

var errUnits = errors.New("not a number with a unit")

// parseUnits adds up numbers with units. bare is what a number without one is
// multiplied with; 0 allows only the number 0.
func parseUnits(s string, units []unit, names map[string]string, bare int64) (int64, error) {
	s = strings.TrimSpace(s)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if s == "" {
		return 0, errUnits
	}
	var total int64
	for first := true; s != ""; first = false {
		num := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if num < 0 {
			num = len(s)
		}
		whole, frac, err := splitNumber(s[:num])
		if err != nil {
			return 0, err
		}
		s = strings.TrimLeft(s[num:], " ")
		end := strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r >= '0' && r <= '9' })
		if end < 0 {
			end = len(s)
		}
		m, ok := unitOf(s[:end], units, names)
		if end == 0 {
			m, ok = bare, first && s == "" && (bare != 0 || whole == 0 && frac == 0)
		}
		if !ok || m != 0 && whole > (math.MaxInt64-total)/m-1 {
			return 0, errUnits
		}
		total += whole*m + int64(math.RoundToEven(frac*float64(m)))
		s = strings.TrimLeft(s[end:], " ")
	}
	if neg {
		total = -total
	}
	return total, nil
}

func splitNumber(s string) (whole int64, frac float64, err error) {
	left, right, point := strings.Cut(s, ".")
	if left != "" {
		if whole, err = strconv.ParseInt(left, 10, 64); err != nil {
			return 0, 0, err
		}
	}
	if right != "" {
		frac, err = strconv.ParseFloat("0."+right, 64)
	}
	if left == "" && right == "" || point && right == "" {
		err = errUnits
	}
	return whole, frac, err
}

func unitOf(name string, units []unit, names map[string]string) (int64, bool) {
	name = strings.ToLower(name)
	if n, ok := names[name]; ok {
		name = n
	}
	i := slices.IndexFunc(units, func(u unit) bool { return u.name == name })
	if i < 0 {
		return 0, false
	}
	return units[i].n, true
}

// FormatDuration writes a length of time in the largest unit that leaves no
// fraction: 90s, 5min, 0.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	for _, u := range timeUnits {
		if int64(d)%u.n == 0 {
			return strconv.FormatInt(int64(d)/u.n, 10) + u.name
		}
	}
	return d.String()
}
