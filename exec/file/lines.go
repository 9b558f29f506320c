package file

import (
	"bytes"

	"github.com/penstock/penstock/exec/format"
)

// lines cuts what is read into lines, or into the records of a format. The buffer grows to the longest line and
// no further than the limit.
type lines struct {
	buf        []byte
	start, end int            // buf[start:end] has been read and not yet given out
	seen       int            // bytes from start on that hold no line end
	number     int64          // of the line under way, from 1
	inside     int64          // line ends within the last record
	records    format.Records // nil: lines
	limit      int
	overlong   bool // in a line above the limit, whose beginning is gone
}

// next gives the next whole line, without its end. tooLong says that there was a line
// above the limit, which is dropped.
func (l *lines) next() (line []byte, ok, tooLong bool) {
	i := l.find()
	if i < 0 {
		l.seen = l.end - l.start
		if l.seen > l.limit {
			l.overlong = true
			l.start, l.seen = l.end, 0
			if l.records != nil {
				l.records.Reset()
			}
		}
		return nil, false, false
	}
	line = l.buf[l.start : l.start+l.seen+i]
	l.start += l.seen + i + 1
	l.seen = 0
	return l.give(line)
}

// find gives the position of the next end behind what was looked at. The rest of
// a record above the limit ends with its line, quoted or not: what opened the
// quotes is gone.
func (l *lines) find() int {
	if l.records == nil || l.overlong {
		return bytes.IndexByte(l.buf[l.start+l.seen:l.end], '\n')
	}
	i := l.records.End(l.buf[l.start:l.end])
	if i >= 0 {
		i -= l.seen
	}
	return i
}

// last gives what stands behind the last line end once the input has ended.
func (l *lines) last() (line []byte, ok, tooLong bool) {
	if l.start == l.end && !l.overlong {
		return nil, false, false
	}
	line = l.buf[l.start:l.end]
	l.start, l.seen = l.end, 0
	if l.records != nil {
		l.records.Reset()
	}
	return l.give(line)
}

func (l *lines) give(line []byte) ([]byte, bool, bool) {
	l.number += 1 + l.inside
	l.inside = 0
	if l.records != nil {
		l.inside = int64(bytes.Count(line, newline))
	}
	if l.overlong || len(line) > l.limit {
		l.overlong = false
		return nil, true, true
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line, true, false
}

// space gives room to read into.
func (l *lines) space() []byte {
	if l.start > 0 {
		copy(l.buf, l.buf[l.start:l.end])
		l.start, l.end = 0, l.end-l.start
	}
	if free := len(l.buf) - l.end; free < readBytes/2 {
		grown := make([]byte, max(readBytes, 2*len(l.buf)))
		copy(grown, l.buf[:l.end])
		l.buf = grown
	}
	return l.buf[l.end:]
}

// read says that n bytes have come into space.
func (l *lines) read(n int) { l.end += n }

var newline = []byte{'\n'}

// drop forgets an unfinished line, and begins to count again.
func (l *lines) drop() (had bool) {
	had = l.end > l.start || l.overlong
	l.start, l.end, l.seen, l.overlong, l.number, l.inside = 0, 0, 0, false, 0, 0
	if l.records != nil {
		l.records.Reset()
	}
	return had
}
