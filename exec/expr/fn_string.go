package expr

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxText bounds the length of a text that a function makes, in bytes.
const maxText = 64 << 20

func startsWith(c *call, i int) error {
	c.out.Bool[i] = bytes.HasPrefix(c.str(0, i), c.str(1, i))
	return nil
}

func errTextTooLong() error {
	return sqlerr.New(sqlerr.ProgramLimitExceeded, "requested length too large")
}

var stringFunctions = []function{
	{name: "||", sigs: "text, text -> text; bytes, bytes -> bytes; any[], any[] -> any[]; json, json -> json; text, any -> text; any, text -> text", ret: concatType, loose: true, kernel: concatOperator,
		doc: "concatenates", example: "'a' || 'b' → ab"},
	{name: "lower", sigs: "text -> text", kernel: strictly(mapCase(unicode.ToLower, 'A', 'Z')), doc: "in small letters", example: "lower('ABC') → abc"},
	{name: "upper", sigs: "text -> text", kernel: strictly(mapCase(unicode.ToUpper, 'a', 'z')), doc: "in capital letters", example: "upper('abc') → ABC"},
	{name: "initcap", sigs: "text -> text", kernel: strictly(initcap), doc: "each word with a capital first letter", example: "initcap('hi THOMAS') → Hi Thomas"},
	{name: "length", sigs: "text -> int; bytes -> int; bytes, text -> int", kernel: strictly(length), doc: "number of characters, or of bytes of BYTES", example: "length('jösé') → 4"},
	{name: "char_length", sigs: "text -> int", kernel: strictly(length), doc: "number of characters", example: "char_length('jösé') → 4"},
	{name: "octet_length", sigs: "text -> int; bytes -> int", doc: "number of bytes", example: "octet_length('jösé') → 6",
		kernel: strictly(func(c *call, i int) error {
			c.out.Int[i] = int64(len(c.str(0, i)))
			return nil
		})},
	{name: "bit_length", sigs: "text -> int; bytes -> int", doc: "number of bits", example: "bit_length('jose') → 32",
		kernel: strictly(func(c *call, i int) error {
			c.out.Int[i] = 8 * int64(len(c.str(0, i)))
			return nil
		})},
	{name: "substring", sigs: "text, int -> text; text, int, int -> text; bytes, int -> bytes; bytes, int, int -> bytes; text, text -> text", kernel: newSubstring,
		doc: "characters from a position (from 1) on, at most so many; or what a regular expression matches", example: "substring('Thomas', 2, 3) → hom"},
	{name: "substr", sigs: "text, int -> text; text, int, int -> text; bytes, int -> bytes; bytes, int, int -> bytes", kernel: strictly(substring),
		doc: "characters from a position (from 1) on, at most so many", example: "substr('Thomas', 2, 3) → hom"},
	{name: "left", sigs: "text, int -> text", kernel: strictly(leftRight(true)), doc: "first characters; all but the last where negative", example: "left('abcde', 2) → ab"},
	{name: "right", sigs: "text, int -> text", kernel: strictly(leftRight(false)), doc: "last characters; all but the first where negative", example: "right('abcde', 2) → de"},
	{name: "btrim", sigs: "text -> text; text, text -> text; bytes, bytes -> bytes", kernel: strictly(trimmed(true, true)),
		doc: "without blanks (or the given characters) at both ends", example: "btrim('xyxtrimyyx', 'xyz') → trim"},
	{name: "ltrim", sigs: "text -> text; text, text -> text; bytes, bytes -> bytes", kernel: strictly(trimmed(true, false)), doc: "without blanks (or the given characters) at the start",
		example: "ltrim('zzzytest', 'xyz') → test"},
	{name: "rtrim", sigs: "text -> text; text, text -> text; bytes, bytes -> bytes", kernel: strictly(trimmed(false, true)), doc: "without blanks (or the given characters) at the end",
		example: "rtrim('testxxzx', 'xyz') → test"},
	{name: "replace", sigs: "text, text, text -> text", kernel: strictly(replaceAll), doc: "each occurrence of the second replaced by the third",
		example: "replace('abcdefabcdef', 'cd', 'XX') → abXXefabXXef"},
	{name: "position", sigs: "text, text -> int; bytes, bytes -> int", kernel: strictly(position),
		doc: "place of the second in the first, from 1; 0: not there", example: "position('ig' IN 'high') → 2"},
	{name: "strpos", sigs: "text, text -> int", kernel: strictly(position), doc: "place of the second in the first, from 1; 0: not there", example: "strpos('high', 'ig') → 2"},
	{name: "concat", sigs: "any... -> text", loose: true, kernel: loosely(concat), doc: "all values as text, NULLs left out", example: "concat('abc', 2, NULL, 22) → abc222"},
	{name: "concat_ws", sigs: "text, any... -> text", loose: true, kernel: loosely(concatWS), doc: "all values as text with the first between them",
		example: "concat_ws(',', 'abc', 2, NULL) → abc,2"},
	{name: "repeat", sigs: "text, int -> text", kernel: strictly(repeat), doc: "so many times", example: "repeat('Pg', 4) → PgPgPgPg"},
	{name: "reverse", sigs: "text -> text", kernel: strictly(reverse), doc: "in reverse order", example: "reverse('abcde') → edcba"},
	{name: "lpad", sigs: "text, int -> text; text, int, text -> text", kernel: strictly(pad(true)), doc: "filled up at the start, or cut, to a length",
		example: "lpad('hi', 5, 'xy') → xyxhi"},
	{name: "rpad", sigs: "text, int -> text; text, int, text -> text", kernel: strictly(pad(false)), doc: "filled up at the end, or cut, to a length",
		example: "rpad('hi', 5, 'xy') → hixyx"},
	{name: "split_part", sigs: "text, text, int -> text", kernel: strictly(splitPart), doc: "the n-th of the parts between a separator, from the end where negative",
		example: "split_part('abc~@~def', '~@~', 2) → def"},
	{name: "split_index", sigs: "text, text, int -> text", kernel: strictly(splitIndex), doc: "the n-th (from 0) of the parts between a separator, or NULL",
		example: "split_index('a,b', ',', 1) → b"},
	{name: "^@", sigs: "text, text -> bool", doc: "whether the first begins with the second", example: "'alphabet' ^@ 'alph' → t", kernel: strictly(startsWith)},
	{name: "starts_with", sigs: "text, text -> bool", doc: "whether the first begins with the second", example: "starts_with('alphabet', 'alph') → t",
		kernel: strictly(startsWith)},
	{name: "ascii", sigs: "text -> int", kernel: strictly(ascii), doc: "code point of the first character", example: "ascii('x') → 120"},
	{name: "chr", sigs: "int -> text", kernel: strictly(chr), doc: "the character with a code point", example: "chr(65) → A"},
	{name: "translate", sigs: "text, text, text -> text", kernel: strictly(translate), doc: "characters of the second replaced by those of the third",
		example: "translate('12345', '143', 'ax') → a2x5"},
	{name: "overlay", sigs: "text, text, int -> text; text, text, int, int -> text; bytes, bytes, int -> bytes; bytes, bytes, int, int -> bytes", kernel: strictly(overlay), doc: "replaces a part",
		example: "overlay('Txxxxas', 'hom', 2, 4) → Thomas"},
	{name: "count_char", sigs: "text, text -> bigint", kernel: strictly(countChar), doc: "how often a character stands in a text", example: "count_char('banana', 'a') → 3"},
}

func concatOperator(s *site) (exec.Eval, error) {
	if s.ret.Kind == catalog.Array {
		if err := s.alike(s.ret); err != nil {
			return nil, err
		}
		return newCall(s, arrayCat, false), nil
	}
	if s.ret.Kind == catalog.JSON {
		return newCall(s, jsonConcat, true), nil
	}
	for k, t := range s.types {
		if exec.LayoutOf(t) != exec.Strings || s.ret.Kind == catalog.Varchar && t.Kind == catalog.Bytes {
			n, err := newCast(s.args[k], t, s.ret, false, s.pos, s.env)
			if err != nil {
				return nil, err
			}
			s.args[k] = n
		}
	}
	return newCall(s, func(c *call, i int) error {
		c.put(c.str(0, i))
		c.put(c.str(1, i))
		return nil
	}, true), nil
}

func concatType(t []catalog.Type) (catalog.Type, error) {
	if t[0].Kind == catalog.Array && t[1].Kind == catalog.Array || t[0].Kind == catalog.Bytes && t[1].Kind == catalog.Bytes ||
		t[0].Kind == catalog.JSON && t[1].Kind == catalog.JSON {
		return t[0], nil
	}
	return catalog.Of(catalog.Varchar), nil
}

// mapCase changes letters; from and to are the ASCII ones that change.
func mapCase(conv func(rune) rune, from, to byte) rowFunc {
	return func(c *call, i int) error {
		s := c.str(0, i)
		n := len(c.out.Data)
		c.out.Data = append(c.out.Data, s...)
		for k, ch := range c.out.Data[n:] {
			if ch >= utf8.RuneSelf {
				c.out.Data = c.out.Data[:n+k]
				for rest := s[k:]; len(rest) > 0; {
					r, size := utf8.DecodeRune(rest)
					c.out.Data = utf8.AppendRune(c.out.Data, conv(r))
					rest = rest[size:]
				}
				break
			}
			if ch-from <= to-from {
				c.out.Data[n+k] = ch ^ 0x20
			}
		}
		return nil
	}
}

func initcap(c *call, i int) error {
	inWord := false
	for s := c.str(0, i); len(s) > 0; {
		r, n := utf8.DecodeRune(s)
		if inWord {
			c.out.Data = utf8.AppendRune(c.out.Data, unicode.ToLower(r))
		} else {
			c.out.Data = utf8.AppendRune(c.out.Data, unicode.ToUpper(r))
		}
		inWord = unicode.IsLetter(r) || unicode.IsDigit(r)
		s = s[n:]
	}
	return nil
}

func length(c *call, i int) error {
	if len(c.args) == 2 {
		e, err := encodingOf(c.str(1, i))
		if err != nil {
			return err
		}
		c.out.Int[i] = int64(len(c.str(0, i)))
		if e == "UTF8" {
			if !utf8.Valid(c.str(0, i)) || bytes.IndexByte(c.str(0, i), 0) >= 0 {
				return errByteSequence(c.str(0, i))
			}
			c.out.Int[i] = int64(utf8.RuneCount(c.str(0, i)))
		}
		return nil
	}
	if c.types[0].Kind == catalog.Bytes {
		c.out.Int[i] = int64(len(c.str(0, i)))
	} else {
		c.out.Int[i] = int64(utf8.RuneCount(c.str(0, i)))
	}
	return nil
}

func isASCII(b []byte) bool {
	for _, ch := range b {
		if ch >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// skipChars gives the number of bytes of the first n characters.
func skipChars(b []byte, n int) int {
	k := 0
	for ; n > 0 && k < len(b); n-- {
		if b[k] < utf8.RuneSelf {
			k++
			continue
		}
		_, size := utf8.DecodeRune(b[k:])
		k += size
	}
	return k
}

func newSubstring(s *site) (exec.Eval, error) {
	if s.types[1].Kind == catalog.Varchar {
		return newRegex(s, regexSubstring)
	}
	return newCall(s, substring, true), nil
}

func substring(c *call, i int) error {
	s := c.str(0, i)
	start, end := c.int(1, i), int64(len(s))+1 // from 1; end is exclusive
	if len(c.args) == 3 {
		n := c.int(2, i)
		if n < 0 {
			return sqlerr.New(sqlerr.SubstringError, "negative substring length not allowed")
		}
		end = start + n
	}
	start = max(start, 1)
	if end <= start {
		return nil
	}
	if c.types[0].Kind == catalog.Bytes || isASCII(s) {
		c.put(s[min(start-1, int64(len(s))):min(end-1, int64(len(s)))])
		return nil
	}
	s = s[skipChars(s, int(min(start-1, int64(len(s))))):]
	c.put(s[:skipChars(s, int(min(end-start, int64(len(s)))))])
	return nil
}

func leftRight(left bool) rowFunc {
	return func(c *call, i int) error {
		s, n := c.str(0, i), c.int(1, i)
		if n < 0 || !left {
			count := int64(utf8.RuneCount(s))
			if n < 0 {
				n = max(count+n, 0)
			}
			if !left {
				c.put(s[skipChars(s, int(max(count-n, 0))):])
				return nil
			}
		}
		c.put(s[:skipChars(s, int(min(n, int64(len(s)))))])
		return nil
	}
}

func trimmed(atStart, atEnd bool) rowFunc {
	return func(c *call, i int) error {
		s, set := c.str(0, i), []byte(" ")
		if len(c.args) == 2 {
			set = c.str(1, i)
		}
		whole := c.types[0].Kind != catalog.Bytes
		for atStart && len(s) > 0 {
			n := 1
			if whole {
				_, n = utf8.DecodeRune(s)
			}
			if !bytes.Contains(set, s[:n]) {
				break
			}
			s = s[n:]
		}
		for atEnd && len(s) > 0 {
			n := 1
			if whole {
				_, n = utf8.DecodeLastRune(s)
			}
			if !bytes.Contains(set, s[len(s)-n:]) {
				break
			}
			s = s[:len(s)-n]
		}
		c.put(s)
		return nil
	}
}

func replaceAll(c *call, i int) error {
	s, from, to := c.str(0, i), c.str(1, i), c.str(2, i)
	for len(from) > 0 {
		k := bytes.Index(s, from)
		if k < 0 {
			break
		}
		c.put(s[:k])
		c.put(to)
		s = s[k+len(from):]
	}
	c.put(s)
	return nil
}

func position(c *call, i int) error {
	s := c.str(0, i)
	k := bytes.Index(s, c.str(1, i))
	switch {
	case k < 0:
		c.out.Int[i] = 0
	case c.types[0].Kind == catalog.Bytes:
		c.out.Int[i] = int64(k) + 1
	default:
		c.out.Int[i] = int64(utf8.RuneCount(s[:k])) + 1
	}
	return nil
}

// putText appends a value of any type as text, as a function with arguments of
// any type does: BOOLEAN is t or f.
func (c *call) putText(k, i int) {
	c.out.Data = AppendTextIn(c.out.Data, c.types[k], c.args[k], i, c.env.Timezone)
}

func concat(c *call, i int) error {
	for k := range c.args {
		if !c.isNull(k, i) {
			c.putText(k, i)
		}
	}
	return nil
}

func concatWS(c *call, i int) error {
	if c.isNull(0, i) {
		c.null = true
		return nil
	}
	first := true
	for k := 1; k < len(c.args); k++ {
		if c.isNull(k, i) {
			continue
		}
		if !first {
			c.put(c.str(0, i))
		}
		first = false
		c.putText(k, i)
	}
	return nil
}

func repeat(c *call, i int) error {
	s, n := c.str(0, i), c.int(1, i)
	if n > 0 && int64(len(s)) > maxText/n {
		return errTextTooLong()
	}
	for ; n > 0; n-- {
		c.put(s)
	}
	return nil
}

func reverse(c *call, i int) error {
	for s := c.str(0, i); len(s) > 0; {
		_, n := utf8.DecodeLastRune(s)
		c.put(s[len(s)-n:])
		s = s[:len(s)-n]
	}
	return nil
}

func pad(left bool) rowFunc {
	return func(c *call, i int) error {
		s, n, fill := c.str(0, i), c.int(1, i), []byte(" ")
		if len(c.args) == 3 {
			fill = c.str(2, i)
		}
		if n > maxText/utf8.UTFMax {
			return errTextTooLong()
		}
		have := int64(utf8.RuneCount(s))
		if have >= n {
			c.put(s[:skipChars(s, int(max(n, 0)))])
			return nil
		}
		if !left {
			c.put(s)
		}
		for missing, rest := n-have, fill; missing > 0 && len(fill) > 0; missing-- {
			if len(rest) == 0 {
				rest = fill
			}
			_, size := utf8.DecodeRune(rest)
			c.put(rest[:size])
			rest = rest[size:]
		}
		if left {
			c.put(s)
		}
		return nil
	}
}
