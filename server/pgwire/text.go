package pgwire

import (
	"encoding/binary"
	"strconv"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// cell appends the value in a row of a column, which is not NULL.
type cell func(dst []byte, c *exec.Column, row int) []byte

// dataRows writes DataRow messages.
type dataRows struct{ cells []cell }

// newDataRows chooses how each column is written. formats were checked.
func newDataRows(cols columns, formats []int16, zone *time.Location) (*dataRows, error) {
	e := &dataRows{cells: make([]cell, len(cols.schema))}
	for i, col := range cols.schema {
		if format(formats, i) == 0 {
			e.cells[i] = textCell(col.Type, zone)
			continue
		}
		var err error
		if e.cells[i], err = binaryCell(col.Type, cols.oid(i)); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *dataRows) appendRow(dst []byte, b *exec.Batch, row int) []byte {
	start := len(dst)
	dst = append(dst, 'D', 0, 0, 0, 0, byte(len(e.cells)>>8), byte(len(e.cells)))
	dst = appendFields(dst, e.cells, b, row)
	binary.BigEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-1))
	return dst
}

// appendFields writes the fields of a row, each behind its length, -1 for NULL.
func appendFields(dst []byte, cells []cell, b *exec.Batch, row int) []byte {
	for i, write := range cells {
		col := b.Cols[i]
		if col.IsNull(row) {
			dst = append(dst, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		at := len(dst)
		dst = write(append(dst, 0, 0, 0, 0), col, row)
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst
}

// textCell writes values as PostgreSQL's output functions do; instants in the
// session's time zone.
func textCell(t catalog.Type, zone *time.Location) cell {
	switch t.Kind {
	case catalog.TimestampLTZ:
		return timestampTZCell(zone)
	case catalog.Array:
		return arrayText(t, zone)
	case catalog.Row:
		return rowJSON(t, zone)
	case catalog.Map:
		return mapText(t, zone)
	}
	if int(t.Kind) < len(plainText) && plainText[t.Kind] != nil {
		return plainText[t.Kind]
	}
	return stringCell
}

func stringCell(dst []byte, c *exec.Column, i int) []byte { return append(dst, c.Str(i)...) }

func intCell(dst []byte, c *exec.Column, i int) []byte { return strconv.AppendInt(dst, c.Int[i], 10) }

// plainText are the types whose text depends on nothing but the value.
var plainText = [catalog.NumKinds]cell{
	catalog.Boolean:  func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendBool(dst, c.Bool[i]) },
	catalog.SmallInt: intCell,
	catalog.Int:      intCell,
	catalog.BigInt:   intCell,
	catalog.Real:     func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendFloat4(dst, float32(c.Float[i])) },
	catalog.Double:   func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendFloat8(dst, c.Float[i]) },
	catalog.Decimal:  func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendDecimal(dst, c.Dec[i]) },
	catalog.Bytes:    func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendBytea(dst, c.Str(i)) },
	catalog.Date:     func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendDate(dst, c.Int[i]) },
	catalog.Time:     func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendTime(dst, c.Int[i]) },
	catalog.Timestamp: func(dst []byte, c *exec.Column, i int) []byte {
		return datum.AppendTimestamp(dst, c.Int[i])
	},
	catalog.Interval: func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendInterval(dst, c.Ivl[i]) },
}

func timestampTZCell(zone *time.Location) cell {
	if zone == nil || zone == time.UTC {
		return func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendTimestampTZ(dst, c.Int[i], 0) }
	}
	return func(dst []byte, c *exec.Column, i int) []byte {
		v := c.Int[i]
		if !datum.IsFinite(v) {
			return datum.AppendTimestampTZ(dst, v, 0)
		}
		_, offset := datum.LocalMicros(v, zone)
		return datum.AppendTimestampTZ(dst, v, offset)
	}
}

// arrayText writes {a,"b c",NULL}; arrays within arrays are dimensions.
func arrayText(t catalog.Type, zone *time.Location) cell {
	elem := textCell(*t.Elem, zone)
	nested := t.Elem.Kind == catalog.Array
	return func(dst []byte, c *exec.Column, row int) []byte {
		kid := c.Kids[0]
		dst = append(dst, '{')
		for i := int(c.Offs[row]); i < int(c.Offs[row+1]); i++ {
			if i > int(c.Offs[row]) {
				dst = append(dst, ',')
			}
			if kid.IsNull(i) {
				dst = append(dst, "NULL"...)
				continue
			}
			start := len(dst)
			dst = elem(dst, kid, i)
			if !nested {
				dst = quoteElement(dst, start)
			}
		}
		return append(dst, '}')
	}
}

// mapText writes a map as a JSON object, as clients see rows too: PostgreSQL has
// no maps, and a record's fields are not told. Keys are their text.
func mapText(t catalog.Type, zone *time.Location) cell {
	key, value := textCell(*t.Key, zone), jsonCell(*t.Elem, zone)
	return func(dst []byte, c *exec.Column, row int) []byte {
		dst = append(dst, '{')
		for i := int(c.Offs[row]); i < int(c.Offs[row+1]); i++ {
			if i > int(c.Offs[row]) {
				dst = append(dst, ',')
			}
			start := len(dst)
			dst = quoteJSON(key(dst, c.Kids[0], i), start)
			dst = append(dst, ':')
			if c.Kids[1].IsNull(i) {
				dst = append(dst, "null"...)
				continue
			}
			dst = value(dst, c.Kids[1], i)
		}
		return append(dst, '}')
	}
}

// jsonCell writes a value inside JSON.
func jsonCell(t catalog.Type, zone *time.Location) cell {
	switch {
	case t.Kind == catalog.Boolean:
		return func(dst []byte, c *exec.Column, i int) []byte { return strconv.AppendBool(dst, c.Bool[i]) }
	case t.IsInteger(), t.Kind == catalog.JSON, t.Kind == catalog.Map:
		return textCell(t, zone)
	case t.Kind == catalog.Array:
		elem := jsonCell(*t.Elem, zone)
		return func(dst []byte, c *exec.Column, row int) []byte {
			dst = append(dst, '[')
			for i := int(c.Offs[row]); i < int(c.Offs[row+1]); i++ {
				if i > int(c.Offs[row]) {
					dst = append(dst, ',')
				}
				if c.Kids[0].IsNull(i) {
					dst = append(dst, "null"...)
					continue
				}
				dst = elem(dst, c.Kids[0], i)
			}
			return append(dst, ']')
		}
	case t.Kind == catalog.Row:
		return rowJSON(t, zone)
	}
	text := textCell(t, zone)
	number := t.IsNumeric()
	return func(dst []byte, c *exec.Column, i int) []byte {
		start := len(dst)
		dst = text(dst, c, i)
		if last := dst[len(dst)-1:]; number && len(dst) > start && last[0] >= '0' && last[0] <= '9' {
			return dst
		}
		return quoteJSON(dst, start) // NaN and Infinity too
	}
}

func rowJSON(t catalog.Type, zone *time.Location) cell {
	fields := make([]cell, len(t.Fields))
	names := make([][]byte, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = jsonCell(f.Type, zone)
		names[i] = append(quoteJSON([]byte(f.Name), 0), ':')
	}
	return func(dst []byte, c *exec.Column, row int) []byte {
		dst = append(dst, '{')
		for i, write := range fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, names[i]...)
			if c.Kids[i].IsNull(row) {
				dst = append(dst, "null"...)
				continue
			}
			dst = write(dst, c.Kids[i], row)
		}
		return append(dst, '}')
	}
}

func noBinary(t catalog.Type) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "the binary format of type %s is not supported", t)
}
