package json

import (
	"bytes"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// append adds one value to c. What it has added beneath c when it fails is
// scalar.Rollback's to cut off.
func (r *reader) append(c *exec.Column, b []byte, v value) error {
	if v.kind == missing || v.kind == null {
		c.AppendNull()
		return nil
	}
	if r.scalar == nil {
		return r.nested(c, b, v)
	}
	if r.typ.Kind == catalog.JSON {
		if v.kind == text {
			v.s, v.e = v.s-1, v.e+1
		}
		c.AppendBytes(b[v.s:v.e])
		return nil
	}
	switch v.kind {
	case text:
		s := b[v.s:v.e]
		if len(s) == 0 && !r.emptyOK {
			c.AppendNull()
			return nil
		}
		if v.escaped {
			if s = r.text(b, v); bytes.IndexByte(s, 0) >= 0 {
				return sqlerr.New(sqlerr.UntranslatableCharacter, "unsupported Unicode escape sequence").
					WithDetail(`\u0000 cannot be converted to text.`)
			}
		}
		return r.scalar.Text(c, s)
	case number:
		return r.scalar.Number(c, b[v.s:v.e])
	case truth, lie:
		return r.scalar.Bool(c, v.kind == truth)
	}
	if r.typ.Kind == catalog.Varchar {
		return r.scalar.Text(c, b[v.s:v.e])
	}
	return scalar.SyntaxError(r.typ, b[v.s:v.e])
}

// nested adds a ROW, ARRAY or MAP.
func (r *reader) nested(c *exec.Column, b []byte, v value) error {
	switch {
	case r.typ.Kind == catalog.Array && v.kind == array:
		return r.array(c, b, v)
	case r.typ.Kind == catalog.Row && v.kind == object:
		return r.row(c, b, v)
	case r.typ.Kind == catalog.Map && v.kind == object:
		return r.dict(c, b, v)
	case v.kind == text && v.s == v.e && !r.emptyOK:
		c.AppendNull()
		return nil
	case v.kind == text:
		v.s, v.e = v.s-1, v.e+1
	}
	return scalar.SyntaxError(r.typ, b[v.s:v.e])
}

func (r *reader) array(c *exec.Column, b []byte, v value) error {
	elem := r.kids[0]
	for at, i := walk(b, v), 0; ; i++ {
		e, ok := at.element()
		if !ok {
			break
		}
		if err := elem.append(c.Kids[0], b, e); err != nil {
			return scalar.Within("element", strconv.Itoa(i+1), err)
		}
	}
	c.EndList()
	return nil
}

func (r *reader) row(c *exec.Column, b []byte, v value) error {
	clear(r.vals)
	for at := walk(b, v); ; {
		key, m, ok := at.member()
		if !ok {
			break
		}
		if f := r.keys.find(r.text(b, key)); f >= 0 {
			r.vals[f] = m
		}
	}
	for f, k := range r.kids {
		if err := k.append(c.Kids[f], b, r.vals[f]); err != nil {
			return scalar.Within("field", string(r.keys[f]), err)
		}
	}
	c.EndStruct()
	return nil
}

// text gives the text of v without its escapes, valid until the next call.
func (r *reader) text(b []byte, v value) []byte {
	if !v.escaped {
		return b[v.s:v.e]
	}
	r.scratch = unescape(r.scratch[:0], b[v.s:v.e])
	return r.scratch
}

// dict adds a MAP.
func (r *reader) dict(c *exec.Column, b []byte, v value) error {
	r.collect(b, v)
	for _, e := range r.pairs {
		key := b[e.key.s:e.key.e]
		if err := r.kids[0].append(c.Kids[0], b, e.key); err != nil {
			return scalar.Within("key", scalar.Excerpt(key), err)
		}
		if err := r.kids[1].append(c.Kids[1], b, e.val); err != nil {
			return scalar.Within("key", scalar.Excerpt(key), err)
		}
	}
	c.EndList()
	return nil
}
