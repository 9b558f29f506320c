package expr

import (
	"bytes"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

// part gives the n-th (from 0) of the parts of s between separators.
func part(s, sep []byte, n int64) ([]byte, bool) {
	if len(sep) == 0 {
		return s, n == 0
	}
	for ; ; n-- {
		k := bytes.Index(s, sep)
		if n == 0 {
			if k >= 0 {
				s = s[:k]
			}
			return s, true
		}
		if k < 0 {
			return nil, false
		}
		s = s[k+len(sep):]
	}
}

func splitPart(c *call, i int) error {
	s, sep, n := c.str(0, i), c.str(1, i), c.int(2, i)
	if n == 0 {
		return sqlerr.New(sqlerr.InvalidParameterValue, "field position must not be zero")
	}
	switch {
	case len(s) == 0:
		return nil
	case len(sep) == 0:
		n = max(n, -n) // of one part the last is the first
	case n < 0:
		if n += int64(bytes.Count(s, sep)) + 2; n <= 0 {
			return nil
		}
	}
	if p, ok := part(s, sep, n-1); ok {
		c.put(p)
	}
	return nil
}

func splitIndex(c *call, i int) error {
	s, sep, n := c.str(0, i), c.str(1, i), c.int(2, i)
	if n < 0 || len(s) == 0 {
		c.null = true
		return nil
	}
	p, ok := part(s, sep, n)
	c.null = !ok
	c.put(p)
	return nil
}

func ascii(c *call, i int) error {
	c.out.Int[i] = 0
	if s := c.str(0, i); len(s) > 0 {
		r, _ := utf8.DecodeRune(s)
		c.out.Int[i] = int64(r)
	}
	return nil
}

func chr(c *call, i int) error {
	v := c.int(0, i)
	switch {
	case v < 0:
		return sqlerr.New(sqlerr.InvalidParameterValue, "character number must be positive")
	case v == 0:
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "null character not permitted")
	case v <= utf8.MaxRune && !utf8.ValidRune(rune(v)):
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "requested character not valid for encoding: %d", v)
	case v > utf8.MaxRune:
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "requested character too large for encoding: %d", v)
	}
	c.out.Data = utf8.AppendRune(c.out.Data, rune(v))
	return nil
}

func translate(c *call, i int) error {
	from, to := c.str(1, i), c.str(2, i)
	for s := c.str(0, i); len(s) > 0; {
		_, n := utf8.DecodeRune(s)
		k := bytes.Index(from, s[:n])
		if k < 0 {
			c.put(s[:n])
		} else {
			nth := skipChars(to, utf8.RuneCount(from[:k]))
			_, size := utf8.DecodeRune(to[nth:])
			c.put(to[nth : nth+size])
		}
		s = s[n:]
	}
	return nil
}

func overlay(c *call, i int) error {
	s, put, from := c.str(0, i), c.str(1, i), c.int(2, i)
	skip := skipChars
	n := int64(utf8.RuneCount(put))
	if c.isBytes() {
		skip = func(b []byte, n int) int { return min(n, len(b)) }
		n = int64(len(put))
	}
	if len(c.args) == 4 {
		n = c.int(3, i)
	}
	if from <= 0 {
		return sqlerr.New(sqlerr.SubstringError, "negative substring length not allowed")
	}
	if from+n > 1<<31-1 {
		return sqlerr.New(sqlerr.NumericOutOfRange, "integer out of range")
	}
	c.put(s[:skip(s, int(from-1))])
	c.put(put)
	c.put(s[skip(s, int(max(from+n-1, 0))):])
	return nil
}

func countChar(c *call, i int) error {
	s, ch := c.str(0, i), c.str(1, i)
	c.out.Int[i] = 0
	if len(ch) > 0 {
		c.out.Int[i] = int64(bytes.Count(s, ch[:skipChars(ch, 1)]))
	}
	return nil
}
