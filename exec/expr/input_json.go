package expr

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxClip bounds how much of a bad value an error repeats.
const maxClip = 200

// clip cuts a bad value to size for a message.
func clip(b []byte) string {
	if len(b) <= maxClip {
		return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	b = b[:maxClip]
	for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return string(bytes.ToValidUTF8(b, []byte("\uFFFD"))) + "..."
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// equalFold compares with a lower-case ASCII word.
func equalFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// cutVarchar cuts a text to the length of VARCHAR(n), counted in characters.
func cutVarchar(b []byte, t catalog.Type) []byte {
	if t.Kind != catalog.Varchar || t.P == 0 || len(b) <= t.P {
		return b
	}
	n := 0
	for i := 0; i < len(b); n++ {
		if n == t.P {
			return b[:i]
		}
		_, size := utf8.DecodeRune(b[i:])
		i += size
	}
	return b
}

// checkJSON refuses what is not JSON.
func checkJSON(b []byte) error {
	if !json.Valid(b) {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input syntax for type json").
			WithDetail("The value is: %s", clip(b))
	}
	return nil
}

// appendMapText reads a JSON object into a MAP.
func appendMapText(c *exec.Column, t catalog.Type, text []byte, zone *time.Location, depth int) error {
	d := json.NewDecoder(bytes.NewReader(text))
	bad := func() error {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, `malformed map literal: "%s"`, clip(text)).
			Hint("A map is written as a JSON object.")
	}
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return bad()
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return bad()
		}
		name, ok := key.(string)
		if !ok {
			return bad()
		}
		if err := appendInput(c.Kids[0], *t.Key, []byte(name), zone, depth); err != nil {
			return err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return bad()
		}
		if err := appendJSONValue(c.Kids[1], *t.Elem, raw, zone, depth); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil || d.InputOffset() != int64(len(bytes.TrimRight(text, " \t\r\n"))) {
		return bad()
	}
	c.EndList()
	return nil
}

// appendJSONValue reads a JSON value into a column of any type.
func appendJSONValue(c *exec.Column, t catalog.Type, raw []byte, zone *time.Location, depth int) error {
	if depth >= maxInputDepth {
		return sqlerr.New(sqlerr.StatementTooComplex, "value is nested deeper than %d levels", maxInputDepth)
	}
	raw = bytes.TrimSpace(raw)
	switch {
	case t.Kind == catalog.JSON:
		return appendInput(c, t, raw, zone, depth)
	case string(raw) == "null":
		c.AppendNull()
		return nil
	case t.Kind == catalog.Array:
		var elems []json.RawMessage
		if err := json.Unmarshal(raw, &elems); err != nil {
			return sqlerr.New(sqlerr.InvalidTextRepresentation, `malformed array literal: "%s"`, clip(raw))
		}
		n := c.Kids[0].Len()
		for _, e := range elems {
			if err := appendJSONValue(c.Kids[0], *t.Elem, e, zone, depth+1); err != nil {
				c.Kids[0].Truncate(n)
				return err
			}
		}
		c.EndList()
		return nil
	case t.Kind == catalog.Row:
		return appendJSONRow(c, t, raw, zone, depth)
	case len(raw) > 0 && raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return checkJSON(raw)
		}
		raw = []byte(s)
	}
	return appendInput(c, t, raw, zone, depth)
}

func appendJSONRow(c *exec.Column, t catalog.Type, raw []byte, zone *time.Location, depth int) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, `malformed record literal: "%s"`, clip(raw))
	}
	n := c.Len()
	for k, f := range t.Fields {
		v, ok := fields[f.Name]
		if !ok {
			c.Kids[k].AppendNull()
			continue
		}
		if err := appendJSONValue(c.Kids[k], f.Type, v, zone, depth+1); err != nil {
			for _, kid := range c.Kids[:k] {
				kid.Truncate(n)
			}
			return err
		}
	}
	c.EndStruct()
	return nil
}
