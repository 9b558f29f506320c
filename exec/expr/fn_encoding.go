package expr

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

const hashOfText = "text -> text; bytes -> text"

var encodingFunctions = []function{
	{name: "md5", sigs: hashOfText, doc: "MD5 in hex", example: "md5('abc') → 900150983cd24fb0d6963f7d28e17f72",
		kernel: hashed(func(dst, b []byte) []byte { h := md5.Sum(b); return append(dst, h[:]...) }, true)},
	{name: "sha1", sigs: hashOfText, doc: "SHA-1 in hex", example: "sha1('abc') → a9993e364706816aba3e25717850c26c9cd0d89d",
		kernel: hashed(func(dst, b []byte) []byte { h := sha1.Sum(b); return append(dst, h[:]...) }, true)},
	{name: "sha256", sigs: "bytes -> bytes", doc: "SHA-256", example: "substring(sha256('abc'::BYTES), 1, 4) → \\xba7816bf",
		kernel: hashed(func(dst, b []byte) []byte { h := sha256.Sum256(b); return append(dst, h[:]...) }, false)},
	{name: "sha512", sigs: "bytes -> bytes", doc: "SHA-512", example: "substring(sha512('abc'::BYTES), 1, 4) → \\xddaf35a1",
		kernel: hashed(func(dst, b []byte) []byte { h := sha512.Sum512(b); return append(dst, h[:]...) }, false)},
	{name: "encode", sigs: "bytes, text -> text", kernel: strictly(encode), doc: "bytes as text in hex, base64 or escape form", example: "encode('123', 'base64') → MTIz"},
	{name: "decode", sigs: "text, text -> bytes", kernel: strictly(decode), doc: "bytes from text in hex, base64 or escape form", example: "decode('MTIz', 'base64') → \\x313233"},
	{name: "to_hex", sigs: "int -> text; bigint -> text", kernel: strictly(toHex), doc: "a number in hex", example: "to_hex(2147483647) → 7fffffff"},
	{name: "from_base64", sigs: "text -> text", doc: "text from base64", example: "from_base64('aGk=') → hi",
		kernel: strictly(func(c *call, i int) error {
			out, err := base64.StdEncoding.AppendDecode(c.out.Data, c.str(0, i))
			if err != nil {
				return sqlerr.New(sqlerr.InvalidParameterValue, "invalid base64 end sequence")
			}
			c.out.Data = out
			return nil
		})},
	{name: "to_base64", sigs: "text -> text; bytes -> text", doc: "base64 of a text or bytes", example: "to_base64('hi') → aGk=",
		kernel: strictly(func(c *call, i int) error {
			c.out.Data = base64.StdEncoding.AppendEncode(c.out.Data, c.str(0, i))
			return nil
		})},
	{name: "hash_code", sigs: "text -> int", doc: "Java's hash code of a text", example: "hash_code('hello') → 99162322", kernel: strictly(func(c *call, i int) error {
		h := int32(0)
		for s := c.str(0, i); len(s) > 0; {
			r, n := utf8.DecodeRune(s)
			if a, b := utf16.EncodeRune(r); a != utf8.RuneError {
				h, r = 31*h+a, b
			}
			h = 31*h + r
			s = s[n:]
		}
		c.out.Int[i] = int64(h)
		return nil
	})},
	{name: "gen_random_uuid", sigs: "-> text", volatile: true, kernel: strictly(randomUUID), doc: "a random UUID (version 4)", example: "gen_random_uuid()"},
}

func hashed(sum func(dst, b []byte) []byte, inHex bool) kernel {
	return strictly(func(c *call, i int) error {
		if !inHex {
			c.out.Data = sum(c.out.Data, c.str(0, i))
			return nil
		}
		c.buf = sum(c.buf[:0], c.str(0, i))
		c.out.Data = hex.AppendEncode(c.out.Data, c.buf)
		return nil
	})
}

// base64Line is the length of PostgreSQL's lines of base64.
const base64Line = 76

func encode(c *call, i int) error {
	b, format := c.str(0, i), c.str(1, i)
	switch {
	case equalFold(format, "hex"):
		c.out.Data = hex.AppendEncode(c.out.Data, b)
	case equalFold(format, "base64"):
		c.buf = base64.StdEncoding.AppendEncode(c.buf[:0], b)
		for s := c.buf; len(s) > 0; {
			n := min(len(s), base64Line)
			c.put(s[:n])
			if s = s[n:]; len(s) > 0 {
				c.out.Data = append(c.out.Data, '\n')
			}
		}
	case equalFold(format, "escape"):
		for _, ch := range b {
			switch {
			case ch == 0 || ch >= 0x80:
				c.out.Data = append(c.out.Data, '\\', '0'+ch>>6, '0'+ch>>3&7, '0'+ch&7)
			case ch == '\\':
				c.out.Data = append(c.out.Data, '\\', '\\')
			default:
				c.out.Data = append(c.out.Data, ch)
			}
		}
	default:
		return errEncoding(format)
	}
	return nil
}

func errEncoding(format []byte) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, `unrecognized encoding: "%s"`, clip(format))
}

func decode(c *call, i int) error {
	s, format := c.str(0, i), c.str(1, i)
	switch {
	case equalFold(format, "hex"):
		c.buf = c.buf[:0]
		for _, ch := range s {
			if !isSpace(ch) {
				c.buf = append(c.buf, ch)
			}
		}
		out, err := hex.AppendDecode(c.out.Data, c.buf)
		if bad, ok := errors.AsType[hex.InvalidByteError](err); ok {
			return sqlerr.New(sqlerr.InvalidParameterValue, `invalid hexadecimal digit: "%c"`, byte(bad))
		} else if err != nil {
			return sqlerr.New(sqlerr.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
		}
		c.out.Data = out
	case equalFold(format, "base64"):
		c.buf = c.buf[:0]
		for _, ch := range s {
			if !isSpace(ch) {
				c.buf = append(c.buf, ch)
			}
		}
		out, err := base64.StdEncoding.AppendDecode(c.out.Data, c.buf)
		if at, ok := errors.AsType[base64.CorruptInputError](err); ok {
			if int(at) < len(c.buf) && c.buf[at] != '=' && !isBase64(c.buf[at]) {
				return sqlerr.New(sqlerr.InvalidParameterValue, `invalid symbol "%c" found while decoding base64 sequence`, c.buf[at])
			}
			return sqlerr.New(sqlerr.InvalidParameterValue, "invalid base64 end sequence").
				Hint("Input data is missing padding, is truncated, or is otherwise corrupted.")
		}
		c.out.Data = out
	case equalFold(format, "escape"):
		return c.unescape(s)
	default:
		return errEncoding(format)
	}
	return nil
}

func isBase64(ch byte) bool {
	return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '+' || ch == '/'
}

func (c *call) unescape(s []byte) error {
	for k := 0; k < len(s); k++ {
		switch {
		case s[k] != '\\':
			c.out.Data = append(c.out.Data, s[k])
		case k+1 < len(s) && s[k+1] == '\\':
			c.out.Data = append(c.out.Data, '\\')
			k++
		case k+3 < len(s) && s[k+1]-'0' <= 3 && s[k+2]-'0' <= 7 && s[k+3]-'0' <= 7:
			c.out.Data = append(c.out.Data, (s[k+1]-'0')<<6|(s[k+2]-'0')<<3|(s[k+3]-'0'))
			k += 3
		default:
			return sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return nil
}

func toHex(c *call, i int) error {
	v := uint64(c.int(0, i))
	if bitsOf(c.types[0].Kind) <= 32 {
		v = uint64(uint32(v))
	}
	var b [16]byte
	n := len(b)
	for {
		n--
		b[n] = hexDigits[v&15]
		if v >>= 4; v == 0 {
			break
		}
	}
	c.put(b[n:])
	return nil
}

func randomUUID(c *call, _ int) error {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	for k, from := range []int{0, 4, 6, 8, 10} {
		to := [...]int{4, 6, 8, 10, 16}[k]
		if k > 0 {
			c.out.Data = append(c.out.Data, '-')
		}
		c.out.Data = hex.AppendEncode(c.out.Data, u[from:to])
	}
	return nil
}
