package csv

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	lowBits  = 0x0101010101010101
	lowSeven = 0x7f7f7f7f7f7f7f7f
	highBits = 0x8080808080808080
)

// field is where a field's text lies in the record, without its quotes.
type field struct {
	s, e   int32
	quoted bool
	folded bool // holds doubled quotes or escapes
}

// scanner cuts a record into fields.
type scanner struct {
	delim, quote, escape byte
	delims               uint64 // the delimiter in each byte
	fields               []field
	_                    [16]byte // to 64: lanes write no common cache line
}

func newScanner(o *Options) scanner {
	return scanner{delim: o.Delimiter, quote: o.Quote, escape: o.Escape, delims: lowBits * uint64(o.Delimiter)}
}

// scan fills fields. bad is -1, or where a quoted field is broken.
func (sc *scanner) scan(b []byte) (bad int) {
	out := sc.fields[:0]
	i := 0
	for {
		if i < len(b) && b[i] == sc.quote && sc.quote != 0 {
			end, folded := sc.quotedEnd(b, i+1)
			if end < 0 {
				sc.fields = out
				return i
			}
			out = append(out, field{int32(i + 1), int32(end), true, folded})
			if i = end + 1; i == len(b) {
				break
			}
			if b[i] != sc.delim {
				sc.fields = out
				return i
			}
			i++
			continue
		}
		start := i
		// Whole words of plain fields: each mark is a delimiter.
	words:
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:]) ^ sc.delims
			m := ^((x&lowSeven + lowSeven) | x | lowSeven)
			for ; m != 0; m &= m - 1 {
				at := i + bits.TrailingZeros64(m)>>3
				out = append(out, field{s: int32(start), e: int32(at)})
				start = at + 1
				if start < len(b) && b[start] == sc.quote && sc.quote != 0 {
					i = start
					break words
				}
			}
			i += 8
		}
		if i == start && i < len(b) && b[i] == sc.quote && sc.quote != 0 {
			continue
		}
		again := false
		for ; i < len(b); i++ {
			if b[i] == sc.delim {
				out = append(out, field{s: int32(start), e: int32(i)})
				start = i + 1
				if start < len(b) && b[start] == sc.quote && sc.quote != 0 {
					i, again = start, true
					break
				}
			}
		}
		if again {
			continue
		}
		out = append(out, field{s: int32(start), e: int32(len(b))})
		sc.fields = out
		return -1
	}
	sc.fields = out
	return -1
}

// quotedEnd finds the quote that closes the field whose text begins at i.
func (sc *scanner) quotedEnd(b []byte, i int) (end int, folded bool) {
	if sc.escape != 0 {
		return sc.escapedEnd(b, i)
	}
	for {
		n := bytes.IndexByte(b[i:], sc.quote)
		if n < 0 {
			return -1, folded
		}
		i += n
		if i+1 >= len(b) || b[i+1] != sc.quote {
			return i, folded
		}
		i, folded = i+2, true
	}
}

func (sc *scanner) escapedEnd(b []byte, i int) (end int, folded bool) {
	for ; i < len(b); i++ {
		switch b[i] {
		case sc.escape:
			folded = true
			i++
		case sc.quote:
			if i+1 >= len(b) || b[i+1] != sc.quote {
				return i, folded
			}
			folded = true
			i++
		}
	}
	return -1, folded
}

// unfold appends the text of a field without what quoting has added.
func (sc *scanner) unfold(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if (s[i] == sc.quote || s[i] == sc.escape && sc.escape != 0) && i+1 < len(s) {
			i++
		}
		dst = append(dst, s[i])
	}
	return dst
}

// Records cuts a stream into records: a line end inside quotes is part of a
// field. It is used by one goroutine, for one stream from its beginning.
type Records struct {
	sc     scanner
	state  state
	at     int // bytes of the record under way that have been looked at
	skip   byte
	header bool
}

// state is where in a record the cut stands.
type state uint8

const (
	atField state = iota // at the first character of a field
	inPlain
	inQuotes
	afterEscape
	atQuote   // behind a quote within quotes: the closing one, or half of a double
	inComment // to the end of the line
)

// NewRecords makes a cutter.
func NewRecords(o Options) *Records {
	r := &Records{sc: newScanner(&o), header: o.Header}
	if o.Comments {
		r.skip = '#'
	}
	return r
}

// End gives the position of the line end of the record that b begins with, or
// -1 when more bytes are needed; b must begin with the same record until then.
func (r *Records) End(b []byte) int {
	if r.at == 0 && r.skip != 0 && len(b) > 0 && b[0] == r.skip {
		r.state = inComment
	}
	for i := r.at; i < len(b); {
		if r.state == inPlain || r.state == atField || r.state == inComment {
			n := bytes.IndexByte(b[i:], '\n')
			line := b[i:]
			if n >= 0 {
				line = b[i : i+n]
			}
			if r.sc.quote == 0 || r.state == inComment || bytes.IndexByte(line, r.sc.quote) < 0 {
				if n >= 0 {
					r.Reset()
					return i + n
				}
				if len(line) > 0 && r.state != inComment {
					r.state = inPlain
					if line[len(line)-1] == r.sc.delim {
						r.state = atField
					}
				}
				break
			}
		}
		end, next := r.walk(b, i)
		if end >= 0 {
			r.Reset()
			return end
		}
		i = next
	}
	r.at = len(b)
	return -1
}

// walk goes on byte by byte to the end of the record, or of b.
func (r *Records) walk(b []byte, i int) (end, next int) {
	for ; i < len(b); i++ {
		c := b[i]
		switch r.state {
		case inQuotes:
			switch {
			case c == r.sc.quote:
				r.state = atQuote
			case c == r.sc.escape && r.sc.escape != 0:
				r.state = afterEscape
			default: // to the next quote in one step
				if r.sc.escape == 0 {
					n := bytes.IndexByte(b[i:], r.sc.quote)
					if n < 0 {
						return -1, len(b)
					}
					i += n - 1
				}
			}
			continue
		case afterEscape:
			r.state = inQuotes
			continue
		case atQuote:
			if c == r.sc.quote {
				r.state = inQuotes
				continue
			}
		}
		switch {
		case c == '\n':
			return i, i
		case c == r.sc.delim:
			r.state = atField
		case c == r.sc.quote && r.state == atField:
			r.state = inQuotes
		default:
			r.state = inPlain
		}
	}
	return -1, i
}

// Reset begins anew: the bytes behind are of another record.
func (r *Records) Reset() { r.state, r.at = atField, 0 }

// Skip tells whether a record is a comment.
func (r *Records) Skip(b []byte) bool { return r.skip != 0 && len(b) > 0 && b[0] == r.skip }

// Header tells whether the first record names the columns.
func (r *Records) Header() bool { return r.header }
