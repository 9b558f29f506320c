package records

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Path leads to a member of a JSON object: the names of the members to go
// through.
type Path []string

// ParsePath reads a.b.c or, for names with dots in them, /a/b/c with ~1 for a
// slash and ~0 for a tilde (RFC 6901).
func ParsePath(s string) (Path, error) {
	var p Path
	if rest, ok := strings.CutPrefix(s, "/"); ok {
		for _, name := range strings.Split(rest, "/") {
			p = append(p, strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		}
		return p, nil
	}
	p = strings.Split(s, ".")
	for _, name := range p {
		if name == "" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is not a path", s).
				Hint("a.b.c, or /a/b/c where names have dots in them")
		}
	}
	return p, nil
}

func (p Path) String() string { return strings.Join(p, ".") }

// readJSON reads rows in any of the three shapes.
func (r *Reader) readJSON(in io.Reader) error {
	s := &r.json
	s.reset(in)
	if err := s.passBOM(); err != nil {
		return err
	}
	c, err := s.next()
	switch {
	case err == io.EOF && r.cfg.Rows == nil && r.cfg.Cursor == nil:
		return nil
	case err == io.EOF:
		return s.need()
	case err != nil:
		return err
	case r.cfg.Rows != nil:
		if c != '{' {
			return s.bad("an object with " + r.cfg.Rows.String())
		}
		found := false
		if err := r.object(r.cfg.Rows, r.cfg.Cursor, &found); err != nil {
			return err
		}
		if !found {
			return sqlerr.New(sqlerr.InvalidJSONText, "the object has no member %q", r.cfg.Rows)
		}
		return s.over()
	case c == '[':
		if err := r.array(); err != nil {
			return err
		}
		return s.over()
	}
	return r.objects()
}

func (s *stream) passBOM() error {
	for s.end < len(bom) {
		if err := s.more(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	if bytes.HasPrefix(s.buf[:s.end], bom) {
		s.pos = len(bom)
	}
	return nil
}

// over sees that nothing follows.
func (s *stream) over() error {
	if _, err := s.next(); err == nil {
		return s.bad("the end")
	} else if err != io.EOF {
		return err
	}
	return nil
}

// objects reads rows one after another.
func (r *Reader) objects() error {
	for {
		_, err := r.json.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.row(); err != nil {
			return err
		}
	}
}

func (r *Reader) row() error {
	if c := r.json.buf[r.json.pos]; c != '{' {
		return r.json.bad("an object")
	}
	v, err := r.json.value()
	if err != nil {
		return err
	}
	return r.append(v)
}

// array reads the array of rows that begins at pos.
func (r *Reader) array() error {
	return r.json.list(']', r.row)
}

// list reads what stands between brackets: each item by item, with commas
// between.
func (s *stream) list(end byte, item func() error) error {
	s.pos++
	for first := true; ; first = false {
		c, err := s.must()
		if err != nil {
			return err
		}
		switch {
		case c == end:
			s.pos++
			return nil
		case !first && c != ',':
			return s.bad("a comma or " + string(rune(end)))
		case !first:
			s.pos++
			if _, err := s.must(); err != nil {
				return err
			}
		}
		if err := item(); err != nil {
			return err
		}
	}
}

// object reads the object that begins at pos: rows and cursor lead on from here,
// nil for what does not lie in it.
func (r *Reader) object(rows, cursor Path, found *bool) error {
	s := &r.json
	return s.list('}', func() error {
		name, err := s.member()
		if err != nil {
			return err
		}
		c := s.buf[s.pos]
		inRows, inCursor := len(rows) > 0 && rows[0] == name, len(cursor) > 0 && cursor[0] == name
		switch {
		case inRows && len(rows) == 1:
			if *found {
				return sqlerr.New(sqlerr.InvalidJSONText, "the object has more than one member %q", r.cfg.Rows)
			}
			*found = true
			if c != '[' {
				return s.bad("the array " + r.cfg.Rows.String())
			}
			return r.array()
		case inCursor && len(cursor) == 1:
			return r.scalar()
		case (inRows || inCursor) && c == '{':
			return r.object(rest(rows, inRows), rest(cursor, inCursor), found)
		}
		return s.skip()
	})
}

func rest(p Path, on bool) Path {
	if !on {
		return nil
	}
	return p[1:]
}

// member reads a name and its colon, and goes to the value.
func (s *stream) member() (string, error) {
	if s.buf[s.pos] != '"' {
		return "", s.bad("a string")
	}
	v, err := s.value()
	if err != nil {
		return "", err
	}
	var name string
	if err := json.Unmarshal(v, &name); err != nil {
		return "", sqlerr.New(sqlerr.InvalidJSONText, "invalid JSON: %q is not a name", v)
	}
	c, err := s.must()
	if err != nil {
		return "", err
	}
	if c != ':' {
		return "", s.bad("a colon")
	}
	s.pos++
	_, err = s.must()
	return name, err
}

// scalar keeps the cursor: text as it reads, a number as it is written; null,
// false and "" are none.
func (r *Reader) scalar() error {
	c := r.json.buf[r.json.pos]
	v, err := r.json.value()
	switch {
	case err != nil:
		return err
	case c == '"':
		if err := json.Unmarshal(v, &r.cursor); err != nil {
			return sqlerr.New(sqlerr.InvalidJSONText, "invalid JSON: %q is not a string", r.cfg.Cursor)
		}
	case !json.Valid(v) || c == '{' || c == '[' || c == 't':
		return sqlerr.New(sqlerr.InvalidJSONText, "%q is neither a string nor a number", r.cfg.Cursor)
	case c == 'f' || c == 'n':
		r.cursor = ""
	default:
		r.cursor = string(v)
	}
	return nil
}
