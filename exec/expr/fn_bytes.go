package expr

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

var byteFunctions = []function{
	{name: "sha224", sigs: "bytes -> bytes", doc: "SHA-224", example: `substring(sha224('abc'::BYTES), 1, 4) → \x23097d22`,
		kernel: hashed(func(dst, b []byte) []byte { h := sha256.Sum224(b); return append(dst, h[:]...) }, false)},
	{name: "sha384", sigs: "bytes -> bytes", doc: "SHA-384", example: `substring(sha384('abc'::BYTES), 1, 4) → \xcb00753f`,
		kernel: hashed(func(dst, b []byte) []byte { h := sha512.Sum384(b); return append(dst, h[:]...) }, false)},
	{name: "get_byte", sigs: "bytes, int -> int", doc: "byte at a place, from 0", example: `get_byte('\x1234'::BYTES, 1) → 52`,
		kernel: strictly(func(c *call, i int) error {
			b, n := c.str(0, i), c.int(1, i)
			if n < 0 || n >= int64(len(b)) {
				return errIndex(n, len(b))
			}
			c.out.Int[i] = int64(b[n])
			return nil
		})},
	{name: "set_byte", sigs: "bytes, int, int -> bytes", doc: "with another byte at a place", example: `set_byte('\x1234'::BYTES, 1, 64) → \x1240`,
		kernel: strictly(func(c *call, i int) error {
			b, n := c.str(0, i), c.int(1, i)
			if n < 0 || n >= int64(len(b)) {
				return errIndex(n, len(b))
			}
			from := len(c.out.Data)
			c.put(b)
			c.out.Data[from+int(n)] = byte(c.int(2, i))
			return nil
		})},
	{name: "get_bit", sigs: "bytes, bigint -> int", doc: "bit at a place, from 0", example: `get_bit('\x12'::BYTES, 1) → 1`,
		kernel: strictly(func(c *call, i int) error {
			b, n := c.str(0, i), c.int(1, i)
			if n < 0 || n >= 8*int64(len(b)) {
				return errIndex(n, 8*len(b))
			}
			c.out.Int[i] = int64(b[n/8] >> (n % 8) & 1)
			return nil
		})},
	{name: "set_bit", sigs: "bytes, bigint, int -> bytes", doc: "with another bit at a place", example: `set_bit('\x12'::BYTES, 0, 1) → \x13`,
		kernel: strictly(func(c *call, i int) error {
			b, n, v := c.str(0, i), c.int(1, i), c.int(2, i)
			if n < 0 || n >= 8*int64(len(b)) {
				return errIndex(n, 8*len(b))
			}
			if v != 0 && v != 1 {
				return sqlerr.New(sqlerr.InvalidParameterValue, "new bit must be 0 or 1")
			}
			from := len(c.out.Data)
			c.put(b)
			at := &c.out.Data[from+int(n/8)]
			*at = *at&^(1<<(n%8)) | byte(v)<<(n%8)
			return nil
		})},
	{name: "convert_from", sigs: "bytes, text -> text", doc: "text of bytes in an encoding (UTF8, LATIN1, SQL_ASCII)", example: `convert_from('\xe9'::BYTES, 'LATIN1') → é`,
		kernel: strictly(func(c *call, i int) error { return c.recode(c.str(0, i), c.str(1, i), []byte("UTF8")) })},
	{name: "convert_to", sigs: "text, text -> bytes", doc: "bytes of a text in an encoding (UTF8, LATIN1, SQL_ASCII)", example: `convert_to('é', 'LATIN1') → \xe9`,
		kernel: strictly(func(c *call, i int) error { return c.recode(c.str(0, i), []byte("UTF8"), c.str(1, i)) })},
	{name: "convert", sigs: "bytes, text, text -> bytes", doc: "bytes from one encoding in another", example: `convert('\xc3a9'::BYTES, 'UTF8', 'LATIN1') → \xe9`,
		kernel: strictly(func(c *call, i int) error { return c.recode(c.str(0, i), c.str(1, i), c.str(2, i)) })},
	{name: "unistr", sigs: "text -> text", kernel: strictly(unistr), doc: "text with \\XXXX, \\+XXXXXX, \\uXXXX and \\UXXXXXXXX read", example: `unistr('d\0061t\+000061') → data`},
	{name: "normalize", sigs: "text -> text; text, text -> text", kernel: strictly(normalize), doc: "in a normal form of Unicode (NFC, NFD, NFKC, NFKD)", example: "normalize('é') → é"},
	{name: "is_normalized", sigs: "text -> bool; text, text -> bool", doc: "whether a text is in a normal form (IS NORMALIZED)", example: "is_normalized('é') → t",
		kernel: strictly(func(c *call, i int) error {
			f, err := normalForm(c.argument(1, i))
			if err == nil {
				c.out.Bool[i] = f.IsNormal(c.str(0, i))
			}
			return err
		})},
}

func errIndex(n int64, size int) error {
	return sqlerr.New(sqlerr.ArraySubscriptError, "index %d out of valid range, 0..%d", n, size-1)
}

// encodings are the names of those that recode knows.
var encodings = map[string]string{"utf8": "UTF8", "unicode": "UTF8", "latin1": "LATIN1", "iso88591": "LATIN1", "sqlascii": "SQL_ASCII"}

func encodingOf(name []byte) (string, error) {
	e, ok := encodings[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(string(name)))]
	if !ok {
		return "", sqlerr.New(sqlerr.InvalidParameterValue, "invalid encoding name \"%s\"", clip(name))
	}
	return e, nil
}

func errByteSequence(b []byte) error {
	text := ""
	for k, n := 0, 1; k < min(n, len(b)); k++ {
		if k == 0 && b[0] >= 0xc0 {
			n = [4]int{2, 2, 3, 4}[min(int(b[0]>>4)-0xc, 3)]
		}
		text += " 0x" + string(hexDigits[b[k]>>4]) + string(hexDigits[b[k]&15])
	}
	return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\":%s", text)
}

// recode appends s, which is in one encoding, in another.
func (c *call) recode(s, from, to []byte) error {
	a, err := encodingOf(from)
	if err != nil {
		return err
	}
	b, err := encodingOf(to)
	if err != nil {
		return err
	}
	if k := bytes.IndexByte(s, 0); k >= 0 && a != "UTF8" {
		return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"%s\": 0x00", a)
	}
	for k := 0; a == "UTF8" && k < len(s); {
		r, n := utf8.DecodeRune(s[k:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return errByteSequence(s[k:])
		}
		k += n
	}
	switch {
	case a == b || a == "SQL_ASCII" || b == "SQL_ASCII":
		if b == "UTF8" && !utf8.Valid(s) {
			return errByteSequence(s)
		}
		c.put(s)
	case a == "LATIN1":
		for _, ch := range s {
			c.out.Data = utf8.AppendRune(c.out.Data, rune(ch))
		}
	default:
		for k := 0; k < len(s); {
			r, n := utf8.DecodeRune(s[k:])
			if r > 0xff {
				return sqlerr.New(sqlerr.UntranslatableCharacter, "character with byte sequence 0x%x in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\"", s[k:k+n])
			}
			c.out.Data = append(c.out.Data, byte(r))
			k += n
		}
	}
	return nil
}

func normalForm(name []byte) (norm.Form, error) {
	forms := map[string]norm.Form{"": norm.NFC, "nfc": norm.NFC, "nfd": norm.NFD, "nfkc": norm.NFKC, "nfkd": norm.NFKD}
	f, ok := forms[strings.ToLower(string(name))]
	if !ok {
		return f, sqlerr.New(sqlerr.InvalidParameterValue, "invalid normalization form: %s", clip(name))
	}
	return f, nil
}

func normalize(c *call, i int) error {
	f, err := normalForm(c.argument(1, i))
	if err == nil {
		c.out.Data = f.Append(c.out.Data, c.str(0, i)...)
	}
	return err
}

// unistr reads the escapes of characters by their numbers.
func unistr(c *call, i int) error {
	bad := func() error { return sqlerr.New(sqlerr.SyntaxError, "invalid Unicode escape") }
	high := rune(0)
	for s := c.str(0, i); len(s) > 0; {
		if s[0] != '\\' || len(s) > 1 && s[1] == '\\' {
			if high != 0 {
				return sqlerr.New(sqlerr.SyntaxError, "invalid Unicode surrogate pair")
			}
			n := 1
			if s[0] == '\\' {
				s = s[1:]
			}
			c.put(s[:n])
			s = s[n:]
			continue
		}
		skip, digits := 1, 4
		if len(s) > 1 {
			switch s[1] {
			case 'u':
				skip = 2
			case '+':
				skip, digits = 2, 6
			case 'U':
				skip, digits = 2, 8
			}
		}
		if len(s) < skip+digits {
			return bad()
		}
		r := rune(0)
		for _, ch := range s[skip : skip+digits] {
			v := strings.IndexByte(hexDigits, ch|0x20)
			if ch < '0' || v < 0 || ch >= '0' && ch <= '9' && v > 9 {
				return bad()
			}
			r = r<<4 | rune(v)
		}
		s = s[skip+digits:]
		switch {
		case r >= 0xd800 && r < 0xdc00 && high == 0:
			high = r
			continue
		case high != 0 && r >= 0xdc00 && r < 0xe000:
			r = 0x10000 + (high-0xd800)<<10 + (r - 0xdc00)
			high = 0
		case high != 0 || r >= 0xdc00 && r < 0xe000:
			return sqlerr.New(sqlerr.SyntaxError, "invalid Unicode surrogate pair")
		case r <= 0 || r > utf8.MaxRune:
			return sqlerr.New(sqlerr.InvalidParameterValue, "invalid Unicode code point: %04X", r)
		}
		c.out.Data = utf8.AppendRune(c.out.Data, r)
	}
	if high != 0 {
		return sqlerr.New(sqlerr.SyntaxError, "invalid Unicode surrogate pair")
	}
	return nil
}

// isBytes tells whether the first argument is BYTES.
func (c *call) isBytes() bool { return c.types[0].Kind == catalog.Bytes }
