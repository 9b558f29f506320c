package avro

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// derive makes the schema of a table's columns: a record of fields that may be
// null.
func derive(fields []catalog.Column) (string, error) {
	d := deriver{}
	list := make([]catalog.Field, len(fields))
	for i, f := range fields {
		list[i] = catalog.Field(f)
	}
	s, err := d.record("record", list)
	if err != nil {
		return "", err
	}
	s["namespace"] = "penstock"
	text, err := json.Marshal(s)
	if err != nil {
		return "", sqlerr.Wrap(err, sqlerr.InternalError, "schema: %s", err)
	}
	return string(text), nil
}

type object = map[string]any

type deriver struct{ rows int }

func (d *deriver) record(name string, fields []catalog.Field) (object, error) {
	list := make([]object, 0, len(fields))
	for _, f := range fields {
		if !validName(f.Name) {
			return nil, sqlerr.New(sqlerr.InvalidName, "column %q has no name that Avro allows", f.Name).
				Hint("letters, digits and _, not beginning with a digit")
		}
		t, err := d.of(f.Type)
		if err != nil {
			return nil, err
		}
		list = append(list, object{"name": f.Name, "type": []any{"null", t}, "default": nil})
	}
	return object{"type": "record", "name": name, "fields": list}, nil
}

func validName(s string) bool {
	for i, c := range []byte(s) {
		if !(c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != ""
}

func (d *deriver) of(t catalog.Type) (any, error) {
	switch t.Kind {
	case catalog.Boolean:
		return "boolean", nil
	case catalog.SmallInt, catalog.Int:
		return "int", nil
	case catalog.BigInt:
		return "long", nil
	case catalog.Real:
		return "float", nil
	case catalog.Double:
		return "double", nil
	case catalog.Bytes:
		return "bytes", nil
	case catalog.Decimal:
		if t.P == 0 {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "DECIMAL without precision in format \"avro\" is not supported").
				Hint("declare DECIMAL(p,s): Avro keeps one scale for all values")
		}
		return object{"type": "bytes", "logicalType": "decimal", "precision": t.P, "scale": t.S}, nil
	case catalog.Date:
		return object{"type": "int", "logicalType": "date"}, nil
	case catalog.Time:
		return object{"type": "long", "logicalType": "time-micros"}, nil
	case catalog.Timestamp, catalog.TimestampLTZ:
		name := "timestamp-micros"
		if t.FracDigits() <= 3 {
			name = "timestamp-millis"
		}
		if t.Kind == catalog.Timestamp {
			name = "local-" + name
		}
		return object{"type": "long", "logicalType": name}, nil
	case catalog.Array:
		e, err := d.of(*t.Elem)
		return object{"type": "array", "items": []any{"null", e}}, err
	case catalog.Map:
		e, err := d.of(*t.Elem)
		return object{"type": "map", "values": []any{"null", e}}, err
	case catalog.Row:
		d.rows++
		return d.record("row"+strconv.Itoa(d.rows), t.Fields)
	}
	return "string", nil
}

// appendDefault encodes a field's default, as the schema library gives it.
func appendDefault(dst []byte, s avro.Schema, v any) ([]byte, error) {
	s = deref(s)
	wrong := func() error {
		return sqlerr.New(sqlerr.InvalidParameterValue, "invalid Avro schema: the default does not suit the type %s", s.Type())
	}
	switch s := s.(type) {
	case *avro.UnionSchema: // a default is of the first branch
		return appendDefault(appendLong(dst, 0), s.Types()[0], v)
	case *avro.NullSchema:
		return dst, nil
	case *avro.RecordSchema:
		m, ok := v.(map[string]any)
		if !ok {
			return dst, wrong()
		}
		for _, f := range s.Fields() {
			fv, ok := m[f.Name()]
			if !ok {
				if !f.HasDefault() {
					return dst, wrong()
				}
				fv = f.Default()
			}
			var err error
			if dst, err = appendDefault(dst, f.Type(), fv); err != nil {
				return dst, err
			}
		}
		return dst, nil
	case *avro.ArraySchema:
		list, ok := v.([]any)
		if !ok {
			return dst, wrong()
		}
		return appendItems(dst, len(list), func(dst []byte, i int) ([]byte, error) { return appendDefault(dst, s.Items(), list[i]) })
	case *avro.MapSchema:
		m, ok := v.(map[string]any)
		if !ok {
			return dst, wrong()
		}
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		return appendItems(dst, len(keys), func(dst []byte, i int) ([]byte, error) {
			return appendDefault(appendBytes(dst, []byte(keys[i])), s.Values(), m[keys[i]])
		})
	case *avro.EnumSchema:
		name, _ := v.(string)
		i := slices.Index(s.Symbols(), name)
		if i < 0 {
			return dst, wrong()
		}
		return appendLong(dst, int64(i)), nil
	}
	if out, ok := appendScalarDefault(dst, s, v); ok {
		return out, nil
	}
	return dst, wrong()
}

func appendItems(dst []byte, n int, item func([]byte, int) ([]byte, error)) ([]byte, error) {
	if n > 0 {
		dst = appendLong(dst, int64(n))
	}
	for i := range n {
		var err error
		if dst, err = item(dst, i); err != nil {
			return dst, err
		}
	}
	return append(dst, 0), nil
}

func appendScalarDefault(dst []byte, s avro.Schema, v any) ([]byte, bool) {
	var raw []byte
	var f float64
	var n int64
	switch v := v.(type) {
	case bool:
		if v {
			return append(dst, 1), s.Type() == avro.Boolean
		}
		return append(dst, 0), s.Type() == avro.Boolean
	case int:
		n, f = int64(v), float64(v)
	case int32:
		n, f = int64(v), float64(v)
	case int64:
		n, f = v, float64(v)
	case float32:
		f = float64(v)
	case float64:
		f, n = v, int64(v)
	case string:
		raw = []byte(v)
	case []byte:
		raw = v
	default:
		return dst, false
	}
	_, isText := v.(string)
	_, isBytes := v.([]byte)
	number := !isText && !isBytes
	switch s.Type() {
	case avro.Int, avro.Long:
		return appendLong(dst, n), number
	case avro.Float:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(f))), number
	case avro.Double:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), number
	case avro.String:
		return appendBytes(dst, raw), !number
	case avro.Bytes:
		return appendBytes(dst, latin1(raw, isText)), !number
	case avro.Fixed:
		raw = latin1(raw, isText)
		return append(dst, raw...), !number && len(raw) == fixedSize(s)
	}
	return dst, false
}

// latin1 gives the bytes that a default of bytes spells: a character each.
func latin1(s []byte, text bool) []byte {
	if !text {
		return s
	}
	var out []byte
	for _, r := range string(s) {
		out = append(out, byte(r))
	}
	return out
}
