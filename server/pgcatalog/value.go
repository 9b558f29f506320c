package pgcatalog

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// A value is nil for NULL, bool, int64, float64, string, *array or *record.

// array is of one dimension; lower is its first index.
type array struct {
	elems []any
	lower int64
}

func arrayOf(elems ...any) *array { return &array{elems, 1} }

type record struct{ vals []any }

// compare orders two values of one class; NULLs are the caller's.
func compare(a, b any) (int, error) {
	switch x := a.(type) {
	case bool:
		if y, ok := b.(bool); ok {
			switch {
			case x == y:
				return 0, nil
			case y:
				return -1, nil
			}
			return 1, nil
		}
	case int64:
		switch y := b.(type) {
		case int64:
			return cmp.Compare(x, y), nil
		case float64:
			return cmp.Compare(float64(x), y), nil
		}
	case float64:
		switch y := b.(type) {
		case int64:
			return cmp.Compare(x, float64(y)), nil
		case float64:
			return cmp.Compare(x, y), nil
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), nil
		}
	case *array:
		if y, ok := b.(*array); ok {
			return compareLists(x.elems, y.elems)
		}
	case *record:
		if y, ok := b.(*record); ok {
			return compareLists(x.vals, y.vals)
		}
	}
	return 0, sqlerr.New(sqlerr.UndefinedFunction, "values of different types cannot be compared")
}

func compareLists(a, b []any) (int, error) {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == nil && b[i] == nil:
			continue
		case a[i] == nil:
			return 1, nil
		case b[i] == nil:
			return -1, nil
		}
		if n, err := compare(a[i], b[i]); n != 0 || err != nil {
			return n, err
		}
	}
	return cmp.Compare(len(a), len(b)), nil
}

// key makes values comparable by ==, for hashing: equal values, equal keys.
func key(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, 'n')
	case bool:
		return strconv.AppendBool(append(dst, 'b'), v)
	case int64:
		return strconv.AppendInt(append(dst, 'i'), v, 10)
	case float64:
		if v == float64(int64(v)) {
			return strconv.AppendInt(append(dst, 'i'), int64(v), 10)
		}
		return strconv.AppendFloat(append(dst, 'f'), v, 'g', -1, 64)
	case string:
		dst = strconv.AppendInt(append(dst, 's'), int64(len(v)), 10)
		return append(append(dst, ':'), v...)
	case *array:
		dst = append(dst, '{')
		for _, e := range v.elems {
			dst = key(dst, e)
		}
		return append(dst, '}')
	case *record:
		dst = append(dst, '(')
		for _, e := range v.vals {
			dst = key(dst, e)
		}
		return append(dst, ')')
	}
	return dst
}

// text prints a value as its type's output function does. v is not nil.
func (d *database) text(v any, t uint32, fields []column) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "t"
		}
		return "f"
	case int64:
		switch t {
		case tRegclass, tRegtype, tRegproc, tRegnspace, tRegrole:
			return d.regText(v, t)
		case tTimestampTZ:
			return string(datum.AppendTimestampTZ(nil, v, 0))
		case tTimestamp:
			return string(datum.AppendTimestamp(nil, v))
		case tDate:
			return string(datum.AppendDate(nil, v))
		}
		return strconv.FormatInt(v, 10)
	case float64:
		if t == tFloat4 {
			return string(datum.AppendFloat4(nil, float32(v)))
		}
		return string(datum.AppendFloat8(nil, v))
	case string:
		return v
	case *array:
		return d.arrayText(v, t)
	case *record:
		parts := make([]string, len(v.vals))
		for i, f := range v.vals {
			if f == nil {
				continue
			}
			ft := uint32(tText)
			if i < len(fields) {
				ft = fields[i].typ
			}
			parts[i] = d.text(f, ft, nil)
			if parts[i] == "" || strings.ContainsAny(parts[i], "(),\"\\ \t\n\r\v\f") {
				parts[i] = `"` + strings.NewReplacer(`"`, `""`, `\`, `\\`).Replace(parts[i]) + `"`
			}
		}
		return "(" + strings.Join(parts, ",") + ")"
	}
	return ""
}

func (d *database) arrayText(a *array, t uint32) string {
	elem := elementType(t)
	parts := make([]string, len(a.elems))
	for i, e := range a.elems {
		if e == nil {
			parts[i] = "NULL"
			continue
		}
		parts[i] = d.text(e, elem, nil)
		if t == tInt2Vector || t == tOIDVector {
			continue
		}
		if _, nested := e.(*array); !nested && needsQuotes(parts[i]) {
			parts[i] = `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(parts[i]) + `"`
		}
	}
	if t == tInt2Vector || t == tOIDVector {
		return strings.Join(parts, " ")
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func needsQuotes(s string) bool {
	return s == "" || strings.EqualFold(s, "null") || strings.ContainsAny(s, "{},\"\\ \t\n\r\v\f")
}

// parseArray reads {a,"b c",NULL}; of vectors, numbers with blanks between.
func (d *database) parseArray(s string, t uint32) (*array, error) {
	bad := sqlerr.New(sqlerr.InvalidTextRepresentation, "malformed array literal: \"%s\"", s)
	elem := elementType(t)
	var words []string
	var quoted []bool
	trimmed := strings.TrimSpace(s)
	switch {
	case t == tInt2Vector || t == tOIDVector:
		words = strings.Fields(s)
		quoted = make([]bool, len(words))
	case len(trimmed) < 2 || trimmed[0] != '{' || trimmed[len(trimmed)-1] != '}':
		return nil, bad
	default:
		var ok bool
		if words, quoted, ok = splitArray(trimmed[1 : len(trimmed)-1]); !ok {
			return nil, bad
		}
	}
	a := &array{lower: 1}
	if t == tInt2Vector || t == tOIDVector {
		a.lower = 0
	}
	for i, w := range words {
		if !quoted[i] && strings.EqualFold(w, "null") {
			a.elems = append(a.elems, nil)
			continue
		}
		v, err := d.parse(w, elem)
		if err != nil {
			return nil, err
		}
		a.elems = append(a.elems, v)
	}
	return a, nil
}

// splitArray cuts the inside of an array's text at its commas.
func splitArray(s string) (words []string, quoted []bool, ok bool) {
	if strings.TrimSpace(s) == "" {
		return nil, nil, true
	}
	for i := 0; ; i++ {
		for i < len(s) && s[i] == ' ' {
			i++
		}
		var b strings.Builder
		q := i < len(s) && s[i] == '"'
		if q {
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				b.WriteByte(s[i])
			}
			if i == len(s) {
				return nil, nil, false
			}
			i++
		} else {
			for ; i < len(s) && s[i] != ','; i++ {
				if s[i] == '{' || s[i] == '}' || s[i] == '"' {
					return nil, nil, false
				}
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				b.WriteByte(s[i])
			}
		}
		w := b.String()
		if !q {
			w = strings.TrimSpace(w)
		}
		words, quoted = append(words, w), append(quoted, q)
		if i >= len(s) {
			return words, quoted, true
		}
		if s[i] != ',' {
			return nil, nil, false
		}
	}
}
