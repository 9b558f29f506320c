package json

import (
	"fmt"
	"unicode/utf8"

	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// diagnose says why scan has refused b. It goes over the record once more and
// slowly; scan itself keeps no account of where it is.
func diagnose(b []byte) error {
	d := explain(b)
	return sqlerr.New(sqlerr.InvalidJSONText, "invalid input syntax for type json: %s at byte %d, found %s", d.why, d.at+1, found(b, d.at)).
		WithDetail("record: %s", scalar.Excerpt(b))
}

// explain finds the first fault; there is none if and only if scan says so.
func explain(b []byte) *diagnosis {
	d := &diagnosis{b: b}
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		d.fail(i, "expected an object")
		return d
	}
	if end, ok := d.value(i, 0); ok {
		if end = space(b, end); end < len(b) {
			d.fail(end, "expected the end of the record")
		}
	}
	return d
}

// found describes what stands at i.
func found(b []byte, i int) string {
	if i >= len(b) {
		return "the end"
	}
	r, n := utf8.DecodeRune(b[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return fmt.Sprintf("byte 0x%02x", b[i])
	case r < ' ':
		return fmt.Sprintf("control character 0x%02x", r)
	}
	return fmt.Sprintf("%q", r)
}

type diagnosis struct {
	b   []byte
	at  int
	why string
}

func (d *diagnosis) fail(at int, why string) (int, bool) {
	d.at, d.why = at, why
	return 0, false
}

// value is skip with reasons.
func (d *diagnosis) value(i, depth int) (int, bool) {
	if i >= len(d.b) {
		return d.fail(i, "expected a value")
	}
	switch c := d.b[i]; {
	case c == '"':
		return d.text(i)
	case c == '{' || c == '[':
		if depth >= MaxDepth {
			return d.fail(i, fmt.Sprintf("more than %d levels of nesting", MaxDepth))
		}
		return d.members(i, depth, c == '{')
	case c == 't':
		return d.literal(i, "true")
	case c == 'f':
		return d.literal(i, "false")
	case c == 'n':
		return d.literal(i, "null")
	case c == '-' || c-'0' < 10:
		if end := numberEnd(d.b, i); end >= 0 {
			return end, true
		}
		return d.fail(i, "malformed number")
	}
	return d.fail(i, "expected a value")
}

func (d *diagnosis) literal(i int, s string) (int, bool) {
	if end := literalEnd(d.b, i, s); end >= 0 {
		return end, true
	}
	return d.fail(i, "expected a value")
}

func (d *diagnosis) members(i, depth int, obj bool) (int, bool) {
	b, closing := d.b, byte(']')
	if obj {
		closing = '}'
	}
	if i = space(b, i+1); i < len(b) && b[i] == closing {
		return i + 1, true
	}
	for {
		var ok bool
		if obj {
			if i >= len(b) || b[i] != '"' {
				return d.fail(i, "expected a quoted key")
			}
			if i, ok = d.text(i); !ok {
				return 0, false
			}
			if i = space(b, i); i >= len(b) || b[i] != ':' {
				return d.fail(i, `expected ":"`)
			}
			i = space(b, i+1)
		}
		if i, ok = d.value(i, depth+1); !ok {
			return 0, false
		}
		i = space(b, i)
		switch {
		case i < len(b) && b[i] == closing:
			return i + 1, true
		case i >= len(b) || b[i] != ',':
			return d.fail(i, fmt.Sprintf(`expected "," or "%c"`, closing))
		}
		i = space(b, i+1)
	}
}

func (d *diagnosis) text(i int) (int, bool) {
	b, start := d.b, i
	for i++; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			return i + 1, true
		case c == '\\':
			end := escapeEnd(b, i)
			if end < 0 {
				return d.fail(i, "wrong escape sequence")
			}
			i = end
		case c < ' ':
			return d.fail(i, "control character in a string")
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return d.fail(i, "invalid UTF-8")
			}
			i += n
		}
	}
	return d.fail(len(b), fmt.Sprintf("string that begins at byte %d is not closed", start+1))
}
