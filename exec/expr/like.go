package expr

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

// likePattern is a LIKE pattern cut at its percent signs.
type likePattern struct {
	segs []likeSeg
	fold bool // ILIKE: the segments are in small letters
	// dangling: the pattern ends with the escape character, which is an error
	// for a text that gets that far.
	dangling bool
}

// likeSeg is what stands between two percent signs: literal bytes, or
// characters with underscores among them.
type likeSeg struct {
	lit []byte
	// items are set where there is an underscore: a character, or -1 for any;
	// lit is then what stands before the first.
	items []rune
}

// newLike compiles a pattern. Nothing is escaped where escape is 0.
func newLike(pattern []byte, escape rune, fold bool) (*likePattern, error) {
	p := &likePattern{fold: fold, segs: []likeSeg{{}}}
	var items []rune
	wild := false
	end := func() {
		seg := &p.segs[len(p.segs)-1]
		if wild {
			seg.items = items
			items = items[:slices.Index(items, -1)]
		}
		seg.lit = []byte(string(items))
		items, wild = nil, false
	}
	invalid := !utf8.Valid(pattern)
	for len(pattern) > 0 {
		r, n := utf8.DecodeRune(pattern)
		if invalid && r == utf8.RuneError && n == 1 {
			return nil, sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8": 0x%02x`, pattern[0])
		}
		pattern = pattern[n:]
		switch {
		case escape != 0 && r == escape:
			if len(pattern) == 0 {
				p.dangling, items, wild = true, append(items, -1), true
				end()
				p.segs = append(p.segs, likeSeg{})
				return p, nil
			}
			r, n = utf8.DecodeRune(pattern)
			pattern = pattern[n:]
		case r == '%':
			end()
			p.segs = append(p.segs, likeSeg{})
			continue
		case r == '_':
			items, wild = append(items, -1), true
			continue
		}
		if fold {
			r = unicode.ToLower(r)
		}
		items = append(items, r)
	}
	end()
	return p, nil
}

// match tells whether the whole of s is as the pattern says.
func (p *likePattern) match(s []byte) bool {
	last := len(p.segs) - 1
	n, ok := p.segs[0].prefix(s)
	if !ok {
		return false
	}
	if s = s[n:]; last == 0 {
		return len(s) == 0
	}
	for k := 1; k < last; k++ {
		if n = p.segs[k].find(s); n < 0 {
			return false
		}
		s = s[n:]
	}
	return p.segs[last].suffix(s)
}

// prefix gives the bytes that the segment takes at the beginning of s.
func (g *likeSeg) prefix(s []byte) (int, bool) {
	if g.items == nil {
		return len(g.lit), bytes.HasPrefix(s, g.lit)
	}
	n := 0
	for _, want := range g.items {
		r, size := utf8.DecodeRune(s[n:])
		if size == 0 || want >= 0 && r != want {
			return 0, false
		}
		n += size
	}
	return n, true
}

// find gives the end of the first place in s where the segment stands, or -1.
func (g *likeSeg) find(s []byte) int {
	if g.items == nil {
		k := bytes.Index(s, g.lit)
		if k < 0 {
			return -1
		}
		return k + len(g.lit)
	}
	for from := 0; ; {
		k := bytes.Index(s[from:], g.lit)
		if k < 0 {
			return -1
		}
		from += k
		if n, ok := g.prefix(s[from:]); ok {
			return from + n
		}
		if from >= len(s) {
			return -1
		}
		_, size := utf8.DecodeRune(s[from:])
		from += size
	}
}

func (g *likeSeg) suffix(s []byte) bool {
	if g.items == nil {
		return bytes.HasSuffix(s, g.lit)
	}
	for k := len(g.items) - 1; k >= 0; k-- {
		r, size := utf8.DecodeLastRune(s)
		if size == 0 || g.items[k] >= 0 && r != g.items[k] {
			return false
		}
		s = s[:len(s)-size]
	}
	return true
}

// appendFolded appends s in small letters.
func appendFolded(dst, s []byte) []byte {
	for k := 0; k < len(s); {
		ch := s[k]
		if ch >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[k:])
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
			k += n
			continue
		}
		if ch >= 'A' && ch <= 'Z' {
			ch += 'a' - 'A'
		}
		dst = append(dst, ch)
		k++
	}
	return dst
}

// escapeOf reads the ESCAPE character.
func escapeOf(b []byte) (rune, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r, n := utf8.DecodeRune(b)
	if n != len(b) {
		return 0, sqlerr.New(sqlerr.InvalidEscape, "invalid escape string").Hint("Escape string must be empty or one character.")
	}
	return r, nil
}
