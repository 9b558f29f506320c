package records

import (
	"io"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxDepth bounds how deep values may be nested.
const maxDepth = 512

// stream cuts JSON values out of a reader. It knows where values end; whether
// they are right inside is for those who decode them.
type stream struct {
	in       io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] has been read and not yet looked at
	mark     int   // the beginning of what has to stay in the buffer, or -1
	base     int64 // of buf[0] in the stream
	eof      error // what in has ended with
}

func (s *stream) reset(in io.Reader) {
	if len(s.buf) > 16*readBytes {
		s.buf = nil // grown by one long record
	}
	*s = stream{in: in, buf: s.buf, mark: -1}
}

// more reads on; what stands from mark (or pos) on stays. Positions move.
func (s *stream) more() error {
	if s.eof != nil {
		return s.eof
	}
	keep := s.pos
	if s.mark >= 0 {
		keep = s.mark
		s.mark = 0
	}
	if keep > 0 {
		copy(s.buf, s.buf[keep:s.end])
		s.pos, s.end, s.base = s.pos-keep, s.end-keep, s.base+int64(keep)
	}
	if s.end > MaxRecordBytes {
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "the record at byte %d is longer than %d bytes", s.base, MaxRecordBytes)
	}
	if len(s.buf)-s.end < readBytes/2 {
		grown := make([]byte, max(readBytes, 2*len(s.buf)))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for range 100 { // as io.ErrNoProgress
		n, err := s.in.Read(s.buf[s.end:])
		s.end += n
		s.eof = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	s.eof = sqlerr.Wrap(io.ErrNoProgress, sqlerr.IOError, "reading makes no progress")
	return s.eof
}

// need is more where the stream must not end.
func (s *stream) need() error {
	err := s.more()
	if err == io.EOF {
		return sqlerr.New(sqlerr.InvalidJSONText, "invalid JSON: the text ends too early, after %d bytes", s.base+int64(s.end))
	}
	return err
}

func (s *stream) bad(expected string) error {
	return sqlerr.New(sqlerr.InvalidJSONText, "invalid JSON: %s expected at byte %d, not %q", expected, s.base+int64(s.pos), s.buf[s.pos])
}

// next passes over white space and looks at the byte behind. It gives io.EOF at
// the end of the stream.
func (s *stream) next() (byte, error) {
	for {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c, nil
			}
		}
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}

// must is next where the stream must not end.
func (s *stream) must() (byte, error) {
	c, err := s.next()
	if err == io.EOF {
		return 0, s.need()
	}
	return c, err
}

// value gives the bytes of the value that begins at pos; they are valid until
// the stream is read on.
func (s *stream) value() ([]byte, error) {
	s.mark = s.pos
	err := s.skip()
	v := s.buf[s.mark:s.pos]
	s.mark = -1
	return v, err
}

// skip passes over the value that begins at pos.
func (s *stream) skip() error {
	switch c := s.buf[s.pos]; c {
	case '"':
		s.pos++
		return s.text()
	case '{', '[':
		return s.nested()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 't', 'f', 'n':
		return s.plain()
	}
	return s.bad("a value")
}

// text passes over the rest of a string.
func (s *stream) text() error {
	for escaped := false; ; {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				s.pos++
				return nil
			}
		}
		if err := s.need(); err != nil {
			return err
		}
	}
}

// plain passes over a number or word, which white space or punctuation ends.
func (s *stream) plain() error {
	for {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; {
			case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c == '-', c == '+', c == '.', c == 'E':
			default:
				return nil
			}
		}
		if err := s.more(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// nested passes over an object or array.
func (s *stream) nested() error {
	var open [maxDepth]byte
	depth := 0
	for {
		for s.pos < s.end {
			c := s.buf[s.pos]
			switch c {
			case '"':
				s.pos++
				if err := s.text(); err != nil {
					return err
				}
				continue
			case '{', '[':
				if depth == maxDepth {
					return sqlerr.New(sqlerr.StatementTooComplex, "invalid JSON: more than %d levels at byte %d", maxDepth, s.base+int64(s.pos))
				}
				open[depth] = c + 2 // the bracket that closes it
				depth++
			case '}', ']':
				if depth--; open[depth] != c {
					return s.bad(string(rune(open[depth])))
				}
				if depth == 0 {
					s.pos++
					return nil
				}
			}
			s.pos++
		}
		if err := s.need(); err != nil {
			return err
		}
	}
}
