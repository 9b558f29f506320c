package pgcatalog

import (
	"strconv"
	"strings"
)

// OIDs of the types that the interpreter has to tell apart.
const (
	tBool        = 16
	tBytea       = 17
	tChar        = 18
	tName        = 19
	tInt8        = 20
	tInt2        = 21
	tInt2Vector  = 22
	tInt4        = 23
	tRegproc     = 24
	tText        = 25
	tOID         = 26
	tXID         = 28
	tCID         = 29
	tOIDVector   = 30
	tJSON        = 114
	tNodeTree    = 194
	tFloat4      = 700
	tFloat8      = 701
	tUnknown     = 705
	tBPChar      = 1042
	tVarchar     = 1043
	tDate        = 1082
	tTimestamp   = 1114
	tTimestampTZ = 1184
	tInterval    = 1186
	tNumeric     = 1700
	tRegclass    = 2205
	tRegtype     = 2206
	tRecord      = 2249
	tAnyArray    = 2277
	tVoid        = 2278
	tJSONB       = 3802
	tRegnspace   = 4089
	tRegrole     = 4096
	tBoolArray   = 1000
	tCharArray   = 1002
	tNameArray   = 1003
	tInt2Array   = 1005
	tInt4Array   = 1007
	tTextArray   = 1009
	tInt8Array   = 1016
	tOIDArray    = 1028
	tRecordArray = 2287
)

// class tells how values of a type are held and compared.
type class uint8

const (
	classText    class = iota // string
	classBool                 // bool
	classNumber               // int64 or float64
	classTime                 // int64, microseconds
	classArray                // *array
	classRecord               // *record
	classUnknown              // string, a literal not yet typed
)

func classOf(t uint32) class {
	switch t {
	case tBool:
		return classBool
	case tInt2, tInt4, tInt8, tOID, tXID, tCID, tFloat4, tFloat8, tNumeric, tRegproc, tRegclass, tRegtype, tRegnspace, tRegrole:
		return classNumber
	case tDate, tTimestamp, tTimestampTZ:
		return classTime
	case tRecord:
		return classRecord
	case tInt2Vector, tOIDVector:
		return classArray
	case tUnknown:
		return classUnknown
	}
	if elementType(t) != 0 {
		return classArray
	}
	return classText
}

func isReg(t uint32) bool {
	switch t {
	case tRegproc, tRegclass, tRegtype, tRegnspace, tRegrole:
		return true
	}
	return false
}

// elementType gives the element's type of an array's, 0 for other types.
func elementType(t uint32) uint32 {
	switch t {
	case tInt2Vector:
		return tInt2
	case tOIDVector:
		return tOID
	case tAnyArray:
		return tText
	}
	if f := loadFacts().types[t]; f != nil && f.category == "A" {
		return f.elem
	}
	return 0
}

// arrayType gives the array's type of an element's.
func arrayType(t uint32) uint32 {
	if t == tUnknown {
		return tTextArray
	}
	if f := loadFacts().types[t]; f != nil && f.array != 0 {
		return f.array
	}
	return tTextArray
}

// typeName is the name of pg_type: int4.
func typeName(t uint32) string {
	if f := loadFacts().types[t]; f != nil {
		return f.name
	}
	return strconv.Itoa(int(t))
}

// longNames are the names of SQL where they are not those of pg_type.
var longNames = map[uint32]string{
	tBool: "boolean", tChar: `"char"`, tInt8: "bigint", tInt2: "smallint", tInt4: "integer", tFloat4: "real", tFloat8: "double precision",
	tBPChar: "character", tVarchar: "character varying", 1083: "time without time zone", 1266: "time with time zone",
	tTimestamp: "timestamp without time zone", tTimestampTZ: "timestamp with time zone", 1560: "bit", 1562: "bit varying", 2276: `"any"`,
}

// formatType is format_type(oid, typmod).
func formatType(t uint32, mod int64) string {
	if t == 0 {
		return "-"
	}
	if f := loadFacts().types[t]; f != nil && f.category == "A" && f.elem != 0 && strings.HasPrefix(f.name, "_") {
		return formatType(f.elem, mod) + "[]"
	}
	name, ok := longNames[t]
	if !ok {
		if loadFacts().types[t] == nil {
			return "???"
		}
		name = typeName(t)
	}
	if mod < 0 {
		return name
	}
	switch t {
	case tVarchar, tBPChar:
		return name + "(" + strconv.FormatInt(mod-4, 10) + ")"
	case tNumeric:
		return name + "(" + strconv.FormatInt((mod-4)>>16, 10) + "," + strconv.FormatInt((mod-4)&0xffff, 10) + ")"
	case 1083, 1266, tTimestamp, tTimestampTZ:
		first, rest, _ := strings.Cut(name, " ")
		return first + "(" + strconv.FormatInt(mod, 10) + ") " + rest
	}
	return name
}

// parserTypes are the names that the parser gives types, and some of SQL's.
var parserTypes = map[string]uint32{
	"boolean": tBool, "smallint": tInt2, "integer": tInt4, "int": tInt4, "bigint": tInt8, "real": tFloat4, "double": tFloat8, "decimal": tNumeric,
	"varchar": tVarchar, "text": tText, "string": tText, "char": tChar, "character varying": tVarchar, "bytes": tBytea, "date": tDate, "time": 1083, "timetz": 1266,
	"timestamp": tTimestamp, "timestamptz": tTimestampTZ, "timestamp_ltz": tTimestampTZ, "timestamp with time zone": tTimestampTZ,
	"timestamp without time zone": tTimestamp, "double precision": tFloat8, "interval": tInterval,
}

// typeByName finds a type by any of its names, with [] behind for arrays.
func typeByName(name string) (uint32, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.TrimPrefix(name, "pg_catalog.")
	name = strings.TrimPrefix(name, "information_schema.")
	if base, ok := strings.CutSuffix(name, "[]"); ok {
		t, ok := typeByName(base)
		return arrayType(t), ok
	}
	name = strings.Trim(name, `"`)
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		name = strings.TrimSpace(name[:i])
	}
	if t, ok := parserTypes[name]; ok {
		return t, true
	}
	switch name { // the domains of information_schema
	case "sql_identifier":
		return tName, true
	case "cardinal_number":
		return tInt4, true
	case "character_data", "yes_or_no":
		return tVarchar, true
	}
	t, ok := loadFacts().typeNames[name]
	return t, ok
}
