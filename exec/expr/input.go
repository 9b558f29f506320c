package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxInputDepth bounds the nesting of arrays and rows in text.
const maxInputDepth = 64

// AppendConst reads a value of type t in PostgreSQL's text form and appends it
// to c. An error leaves c as it was.
func AppendConst(c *exec.Column, t catalog.Type, text string) error {
	return AppendConstIn(c, t, []byte(text), time.UTC)
}

// AppendConstIn is AppendConst with the time zone of instants that name none.
func AppendConstIn(c *exec.Column, t catalog.Type, text []byte, zone *time.Location) error {
	return appendInput(c, t, text, zone, 0)
}

func appendInput(c *exec.Column, t catalog.Type, text []byte, zone *time.Location, depth int) error {
	switch t.Kind {
	case catalog.Boolean:
		v, err := datum.ParseBool(text)
		if err == nil {
			c.AppendBool(v)
		}
		return err
	case catalog.Real, catalog.Double:
		v, err := parseFloat(text, t.Kind)
		if err == nil {
			c.AppendFloat(v)
		}
		return err
	case catalog.Decimal:
		v, err := datum.ParseDecimal(text)
		if err == nil && t.P > 0 {
			v, err = v.Rescale(t.P, t.S)
		}
		if err == nil {
			c.AppendDecimal(v)
		}
		return err
	case catalog.Interval:
		v, err := datum.ParseInterval(text)
		if err == nil {
			c.AppendInterval(v)
		}
		return err
	case catalog.Bytes:
		n := len(c.Data)
		data, err := datum.ParseBytea(c.Data, text)
		c.Data = data
		if err != nil {
			c.Data = data[:n]
			return err
		}
		c.EndString()
		return nil
	case catalog.JSON:
		if err := checkJSON(text); err != nil {
			return err
		}
		c.AppendBytes(text)
		return nil
	case catalog.Varchar, catalog.Unknown, catalog.Void:
		c.AppendBytes(cutVarchar(text, t))
		return nil
	case catalog.Array, catalog.Row, catalog.Map:
		return appendNested(c, t, text, zone, depth)
	}
	v, err := parseInteger(text, t, zone)
	if err == nil {
		c.AppendInt(v)
	}
	return err
}

func parseFloat(text []byte, k catalog.Kind) (float64, error) {
	if k == catalog.Real {
		v, err := datum.ParseFloat4(text)
		return float64(v), err
	}
	return datum.ParseFloat8(text)
}

// parseInteger reads the types kept as int64.
func parseInteger(text []byte, t catalog.Type, zone *time.Location) (int64, error) {
	var v int64
	var err error
	switch t.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return datum.ParseInt64(text, bitsOf(t.Kind))
	case catalog.Date:
		return datum.ParseDate(text)
	case catalog.Time:
		v, err = datum.ParseTime(text)
		return datum.RoundMicros(v, t.FracDigits()), err
	case catalog.Timestamp:
		v, err = datum.ParseTimestamp(text)
	case catalog.TimestampLTZ:
		v, err = datum.ParseTimestampTZ(text, zone)
	default:
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "type %s has no text form", t)
	}
	if err != nil || t.P == 0 {
		return v, err
	}
	return datum.RoundTimestamp(v, t.FracDigits()), nil
}

func bitsOf(k catalog.Kind) int {
	switch k {
	case catalog.SmallInt:
		return 16
	case catalog.Int:
		return 32
	}
	return 64
}

// appendNested reads an array, row or map, and undoes what was appended to the
// columns beneath if the text is wrong.
func appendNested(c *exec.Column, t catalog.Type, text []byte, zone *time.Location, depth int) error {
	if depth >= maxInputDepth {
		return sqlerr.New(sqlerr.StatementTooComplex, "value is nested deeper than %d levels", maxInputDepth)
	}
	marks := make([]int, len(c.Kids))
	for k, kid := range c.Kids {
		marks[k] = kid.Len()
	}
	p := &nestedParser{in: text, zone: zone, depth: depth + 1}
	var err error
	switch t.Kind {
	case catalog.Array:
		err = p.array(c, t)
	case catalog.Row:
		err = p.row(c, t)
	default:
		err = appendMapText(c, t, text, zone, depth+1)
	}
	if err != nil {
		for k, kid := range c.Kids {
			kid.Truncate(marks[k])
		}
	}
	return err
}

// nestedParser reads {a,"b"} and (a,"b").
type nestedParser struct {
	in    []byte
	i     int
	zone  *time.Location
	depth int
	buf   []byte
}

func (p *nestedParser) bad(what string) error {
	return sqlerr.New(sqlerr.InvalidTextRepresentation, `malformed %s literal: "%s"`, what, clip(p.in))
}

func (p *nestedParser) space() {
	for p.i < len(p.in) && isSpace(p.in[p.i]) {
		p.i++
	}
}

func (p *nestedParser) take(ch byte) bool {
	if p.i < len(p.in) && p.in[p.i] == ch {
		p.i++
		return true
	}
	return false
}

func (p *nestedParser) array(c *exec.Column, t catalog.Type) error {
	p.space()
	if !p.take('{') {
		return p.bad("array")
	}
	p.space()
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return p.bad("array")
		}
		p.space()
		if t.Elem.Kind == catalog.Array && p.i < len(p.in) && p.in[p.i] == '{' {
			sub, err := p.inner()
			if err != nil {
				return err
			}
			if err := appendInput(c.Kids[0], *t.Elem, sub, p.zone, p.depth); err != nil {
				return err
			}
		} else if err := p.arrayElement(c, *t.Elem); err != nil {
			return err
		}
		p.space()
	}
	p.space()
	if p.i != len(p.in) {
		return p.bad("array")
	}
	c.EndList()
	return nil
}

func (p *nestedParser) arrayElement(c *exec.Column, elem catalog.Type) error {
	p.buf = p.buf[:0]
	quoted := p.take('"')
	end := 0 // behind the last character that is not a trailing blank
	for {
		if p.i >= len(p.in) {
			return p.bad("array")
		}
		ch := p.in[p.i]
		if quoted && ch == '"' {
			p.i++
			break
		}
		if !quoted {
			if ch == ',' || ch == '}' {
				p.buf = p.buf[:end]
				break
			}
			if ch == '{' || ch == '"' {
				return p.bad("array")
			}
		}
		if ch == '\\' {
			if p.i++; p.i >= len(p.in) {
				return p.bad("array")
			}
			ch = p.in[p.i]
		}
		p.buf = append(p.buf, ch)
		p.i++
		if !isSpace(ch) {
			end = len(p.buf)
		}
	}
	if !quoted {
		if len(p.buf) == 0 {
			return p.bad("array")
		}
		if equalFold(p.buf, "null") {
			c.Kids[0].AppendNull()
			return nil
		}
	}
	return appendInput(c.Kids[0], elem, p.buf, p.zone, p.depth)
}

// inner takes an array within the array, braces included.
func (p *nestedParser) inner() ([]byte, error) {
	from, level, quoted := p.i, 0, false
	for ; p.i < len(p.in); p.i++ {
		switch ch := p.in[p.i]; {
		case ch == '\\':
			p.i++
		case ch == '"':
			quoted = !quoted
		case quoted:
		case ch == '{':
			level++
		case ch == '}':
			if level--; level == 0 {
				p.i++
				return p.in[from:p.i], nil
			}
		}
	}
	return nil, p.bad("array")
}

func (p *nestedParser) row(c *exec.Column, t catalog.Type) error {
	p.space()
	if !p.take('(') {
		return p.bad("record")
	}
	for k, f := range t.Fields {
		if k > 0 && !p.take(',') {
			return p.bad("record")
		}
		isNull, err := p.field()
		if err != nil {
			return err
		}
		if isNull {
			c.Kids[k].AppendNull()
		} else if err := appendInput(c.Kids[k], f.Type, p.buf, p.zone, p.depth); err != nil {
			return err
		}
	}
	if !p.take(')') {
		return p.bad("record")
	}
	if p.space(); p.i != len(p.in) {
		return p.bad("record")
	}
	c.EndStruct()
	return nil
}

// field takes a field of a row into buf. Nothing at all is a NULL.
func (p *nestedParser) field() (isNull bool, err error) {
	p.buf = p.buf[:0]
	quoted, any := false, false
	for ; p.i < len(p.in); p.i++ {
		ch := p.in[p.i]
		switch {
		case ch == '\\':
			if p.i++; p.i >= len(p.in) {
				return false, p.bad("record")
			}
			p.buf = append(p.buf, p.in[p.i])
		case ch == '"' && quoted && p.i+1 < len(p.in) && p.in[p.i+1] == '"':
			p.i++
			p.buf = append(p.buf, '"')
		case ch == '"':
			quoted = !quoted
		case !quoted && (ch == ',' || ch == ')'):
			return !any, nil
		default:
			p.buf = append(p.buf, ch)
		}
		any = true
	}
	return false, p.bad("record")
}
