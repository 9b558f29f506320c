package catalog

import (
	"strconv"
	"strings"
)

// Object identifiers of PostgreSQL's types, as its pg_type has them.
const (
	OIDBool        uint32 = 16
	OIDBytea       uint32 = 17
	OIDName        uint32 = 19
	OIDInt8        uint32 = 20
	OIDInt2        uint32 = 21
	OIDInt4        uint32 = 23
	OIDText        uint32 = 25
	OIDOID         uint32 = 26
	OIDJSON        uint32 = 114
	OIDFloat4      uint32 = 700
	OIDFloat8      uint32 = 701
	OIDUnknown     uint32 = 705
	OIDBPChar      uint32 = 1042
	OIDVarchar     uint32 = 1043
	OIDDate        uint32 = 1082
	OIDTime        uint32 = 1083
	OIDTimestamp   uint32 = 1114
	OIDTimestampTZ uint32 = 1184
	OIDInterval    uint32 = 1186
	OIDNumeric     uint32 = 1700
	OIDVoid        uint32 = 2278
	OIDJSONB       uint32 = 3802
)

// typeRow is a line of the one table of types: SQL kind, Arrow name,
// PostgreSQL's OID, that of the array, its catalogue name, the name that
// format_type prints, and the length of the binary form (-1: varies).
type typeRow struct {
	arrow   string
	oid     uint32
	array   uint32
	typname string
	sqlName string
	length  int16
}

// types is indexed by Kind. ROW and MAP have no counterpart among PostgreSQL's
// built-in types (a record's fields could not be told by a client) and travel
// as json; so do arrays of them. An ARRAY is named by its element.
var types = [NumKinds]typeRow{
	Unknown:      {"null", OIDUnknown, 0, "unknown", "unknown", -2},
	Boolean:      {"bool", OIDBool, 1000, "bool", "boolean", 1},
	SmallInt:     {"int16", OIDInt2, 1005, "int2", "smallint", 2},
	Int:          {"int32", OIDInt4, 1007, "int4", "integer", 4},
	BigInt:       {"int64", OIDInt8, 1016, "int8", "bigint", 8},
	Real:         {"float", OIDFloat4, 1021, "float4", "real", 4},
	Double:       {"double", OIDFloat8, 1022, "float8", "double precision", 8},
	Decimal:      {"decimal128", OIDNumeric, 1231, "numeric", "numeric", -1},
	Varchar:      {"utf8", OIDText, 1009, "text", "text", -1},
	Bytes:        {"binary", OIDBytea, 1001, "bytea", "bytea", -1},
	Date:         {"date32[day]", OIDDate, 1182, "date", "date", 4},
	Time:         {"time64[us]", OIDTime, 1183, "time", "time without time zone", 8},
	Timestamp:    {"timestamp[us]", OIDTimestamp, 1115, "timestamp", "timestamp without time zone", 8},
	TimestampLTZ: {"timestamp[us, tz=UTC]", OIDTimestampTZ, 1185, "timestamptz", "timestamp with time zone", 8},
	Interval:     {"month_day_nano_interval", OIDInterval, 1187, "interval", "interval", 16},
	JSON:         {"utf8", OIDJSON, 199, "json", "json", -1},
	Row:          {"struct", OIDJSON, 199, "json", "json", -1},
	Map:          {"map", OIDJSON, 199, "json", "json", -1},
	Void:         {"null", OIDVoid, 0, "void", "void", 4},
}

// varcharRow stands in for VARCHAR(n), which PostgreSQL tells from text.
var varcharRow = typeRow{"utf8", OIDVarchar, 1015, "varchar", "character varying", -1}

// row finds a type's line; of an array, that of its innermost element.
func (t Type) row() *typeRow {
	switch {
	case t.Kind == Array && t.Elem != nil:
		return t.Elem.row()
	case t.Kind == Varchar && t.P > 0:
		return &varcharRow
	case int(t.Kind) < NumKinds:
		return &types[t.Kind]
	}
	return &types[Unknown]
}

// OID is the identifier that clients see for a type. Arrays of arrays have that
// of the one-dimensional array, as PostgreSQL's do.
func OID(t Type) uint32 {
	if t.Kind == Array {
		return t.row().array
	}
	return t.row().oid
}

// ArrayOID is the identifier of arrays of a type; 0 means there are none.
func ArrayOID(t Type) uint32 { return t.row().array }

// TypName is the name in pg_type: int8, _int8 for an array.
func TypName(t Type) string {
	if t.Kind == Array {
		return "_" + t.row().typname
	}
	return t.row().typname
}

// TypLen is the length in pg_type: bytes, or -1 where values differ.
func TypLen(t Type) int16 {
	if t.Kind == Array {
		return -1
	}
	return t.row().length
}

// TypMod is the type modifier of a RowDescription: -1 where there is none.
func TypMod(t Type) int32 {
	switch t.Kind {
	case Array:
		if t.Elem != nil {
			return TypMod(*t.Elem)
		}
	case Varchar:
		if t.P > 0 {
			return int32(t.P) + 4
		}
	case Decimal:
		if t.P > 0 {
			return int32(t.P)<<16 | int32(t.S) + 4
		}
	case Time, Timestamp, TimestampLTZ:
		if t.P > 0 {
			return int32(t.P - 1)
		}
	}
	return -1
}

// aliases are types that clients name for parameters and that we read as one of
// ours.
var aliases = map[uint32]Type{
	OIDName: Of(Varchar), OIDBPChar: Of(Varchar), OIDVarchar: Of(Varchar), OIDOID: Of(BigInt), OIDJSONB: Of(JSON),
	1002: ArrayOf(Of(Varchar)), 1003: ArrayOf(Of(Varchar)), 1014: ArrayOf(Of(Varchar)), 1015: ArrayOf(Of(Varchar)),
	1028: ArrayOf(Of(BigInt)), 3807: ArrayOf(Of(JSON)),
}

var byOID = func() map[uint32]Type {
	m := make(map[uint32]Type, 64)
	for k := range types {
		kind := Kind(k)
		if kind == Row || kind == Map || kind == Array { // json is JSON
			continue
		}
		m[types[k].oid] = Of(kind)
		if types[k].array != 0 {
			m[types[k].array] = ArrayOf(Of(kind))
		}
	}
	for oid, t := range aliases {
		m[oid] = t
	}
	return m
}()

// FromOID finds the type for an identifier that a client sent. Parameters of
// types we do not have are not known.
func FromOID(oid uint32) (Type, bool) {
	t, ok := byOID[oid]
	return t, ok
}

// PGName is the type as PostgreSQL's format_type prints it: bigint,
// timestamp(3) without time zone, numeric(10,2), text[].
func PGName(t Type) string {
	r := t.row()
	switch t.Kind {
	case Array:
		if t.Elem == nil {
			return "unknown[]"
		}
		base := *t.Elem
		for base.Kind == Array && base.Elem != nil { // dimensions are not part of the type
			base = *base.Elem
		}
		return PGName(base) + "[]"
	case Varchar:
		if t.P > 0 {
			return r.sqlName + "(" + strconv.Itoa(t.P) + ")"
		}
	case Decimal:
		if t.P > 0 {
			return "numeric(" + strconv.Itoa(t.P) + "," + strconv.Itoa(t.S) + ")"
		}
	case Time, Timestamp, TimestampLTZ:
		if t.P > 0 {
			name, rest, _ := strings.Cut(r.sqlName, " ")
			return name + "(" + strconv.Itoa(t.P-1) + ") " + rest
		}
	}
	return r.sqlName
}

// ArrowName is the Arrow type that columns of a type are exchanged as.
func ArrowName(t Type) string {
	switch t.Kind {
	case Decimal:
		p, s := t.P, t.S
		if p == 0 { // values keep their own scale: half of the digits each
			p, s = 38, 18
		}
		return "decimal128(" + strconv.Itoa(p) + ", " + strconv.Itoa(s) + ")"
	case Array:
		if t.Elem != nil {
			return "list<item: " + ArrowName(*t.Elem) + ">"
		}
	case Map:
		if t.Key != nil && t.Elem != nil {
			return "map<" + ArrowName(*t.Key) + ", " + ArrowName(*t.Elem) + ">"
		}
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ": " + ArrowName(f.Type)
		}
		return "struct<" + strings.Join(parts, ", ") + ">"
	}
	return t.row().arrow
}
