package pgwire

import (
	"github.com/penstock/penstock/catalog"
)

// OIDs of PostgreSQL's types: those that SQL types of ours have, and others
// that clients send parameters as or that catalogue queries answer with.
const (
	oidBool         = 16
	oidBytea        = 17
	oidChar         = 18
	oidName         = 19
	oidInt8         = 20
	oidInt2         = 21
	oidInt2Vector   = 22
	oidInt4         = 23
	oidRegproc      = 24
	oidText         = 25
	oidOID          = 26
	oidXID          = 28
	oidCID          = 29
	oidOIDVector    = 30
	oidJSON         = 114
	oidFloat4       = 700
	oidFloat8       = 701
	oidUnknown      = 705
	oidBPChar       = 1042
	oidVarchar      = 1043
	oidDate         = 1082
	oidTime         = 1083
	oidTimestamp    = 1114
	oidTimestampTZ  = 1184
	oidInterval     = 1186
	oidNumeric      = 1700
	oidRegclass     = 2205
	oidRegtype      = 2206
	oidRecord       = 2249
	oidVoid         = 2278
	oidUUID         = 2950
	oidJSONB        = 3802
	oidRegnamespace = 4089
	oidRecordArray  = 2287
)

// typeInfo is what the protocol has to know of a type.
type typeInfo struct {
	size  int16 // in memory, as pg_type.typlen: -1 varies
	array uint32
	of    catalog.Type // what a parameter of the type is to the planner
}

// typeInfos knows the types by OID, arrays excepted.
var typeInfos = map[uint32]typeInfo{
	oidBool:         {1, 1000, catalog.Of(catalog.Boolean)},
	oidBytea:        {-1, 1001, catalog.Of(catalog.Bytes)},
	oidChar:         {1, 1002, catalog.Of(catalog.Varchar)},
	oidName:         {64, 1003, catalog.Of(catalog.Varchar)},
	oidInt8:         {8, 1016, catalog.Of(catalog.BigInt)},
	oidInt2:         {2, 1005, catalog.Of(catalog.SmallInt)},
	oidInt2Vector:   {-1, 1006, catalog.Of(catalog.Varchar)},
	oidInt4:         {4, 1007, catalog.Of(catalog.Int)},
	oidText:         {-1, 1009, catalog.Of(catalog.Varchar)},
	oidOID:          {4, 1028, catalog.Of(catalog.BigInt)},
	oidXID:          {4, 1011, catalog.Of(catalog.BigInt)},
	oidCID:          {4, 1012, catalog.Of(catalog.BigInt)},
	oidOIDVector:    {-1, 1013, catalog.Of(catalog.Varchar)},
	oidRegproc:      {4, 1008, catalog.Of(catalog.Varchar)},
	oidRegclass:     {4, 2210, catalog.Of(catalog.Varchar)},
	oidRegtype:      {4, 2211, catalog.Of(catalog.Varchar)},
	oidRegnamespace: {4, 4090, catalog.Of(catalog.Varchar)},
	oidJSON:         {-1, 199, catalog.Of(catalog.JSON)},
	oidJSONB:        {-1, 3807, catalog.Of(catalog.JSON)},
	oidFloat4:       {4, 1021, catalog.Of(catalog.Real)},
	oidFloat8:       {8, 1022, catalog.Of(catalog.Double)},
	oidUnknown:      {-2, 0, catalog.Of(catalog.Unknown)},
	oidBPChar:       {-1, 1014, catalog.Of(catalog.Varchar)},
	oidVarchar:      {-1, 1015, catalog.Of(catalog.Varchar)},
	oidDate:         {4, 1182, catalog.Of(catalog.Date)},
	oidTime:         {8, 1183, catalog.Of(catalog.Time)},
	oidTimestamp:    {8, 1115, catalog.Of(catalog.Timestamp)},
	oidTimestampTZ:  {8, 1185, catalog.Of(catalog.TimestampLTZ)},
	oidInterval:     {16, 1187, catalog.Of(catalog.Interval)},
	oidNumeric:      {-1, 1231, catalog.Of(catalog.Decimal)},
	oidRecord:       {-1, oidRecordArray, catalog.Type{}},
	oidVoid:         {4, 0, catalog.Type{}},
	oidUUID:         {16, 2951, catalog.Of(catalog.Varchar)},
}

// elementOf gives the element's OID of an array's.
var elementOf = func() map[uint32]uint32 {
	m := map[uint32]uint32{}
	for oid, info := range typeInfos {
		if info.array != 0 {
			m[info.array] = oid
		}
	}
	return m
}()

// oidOf gives the OID that clients see of a type. A MAP goes out as JSON, for
// PostgreSQL has no such type.
func oidOf(t catalog.Type) uint32 {
	switch t.Kind {
	case catalog.Boolean:
		return oidBool
	case catalog.SmallInt:
		return oidInt2
	case catalog.Int:
		return oidInt4
	case catalog.BigInt:
		return oidInt8
	case catalog.Real:
		return oidFloat4
	case catalog.Double:
		return oidFloat8
	case catalog.Decimal:
		return oidNumeric
	case catalog.Varchar:
		if t.P > 0 {
			return oidVarchar
		}
	case catalog.Bytes:
		return oidBytea
	case catalog.Date:
		return oidDate
	case catalog.Time:
		return oidTime
	case catalog.Timestamp:
		return oidTimestamp
	case catalog.TimestampLTZ:
		return oidTimestampTZ
	case catalog.Interval:
		return oidInterval
	case catalog.JSON, catalog.Map:
		return oidJSON
	case catalog.Row:
		return oidRecord
	case catalog.Void:
		return oidVoid
	case catalog.Array:
		elem := *t.Elem
		for elem.Kind == catalog.Array {
			elem = *elem.Elem
		}
		return typeInfos[oidOf(elem)].array
	}
	return oidText
}

// typeOfOID gives the type of a parameter that a client declares; 0 and
// unknown leave it to the planner.
func typeOfOID(oid uint32) (catalog.Type, bool) {
	if oid == 0 {
		return catalog.Of(catalog.Unknown), true
	}
	if elem, ok := elementOf[oid]; ok && elem != oidRecord {
		return catalog.ArrayOf(typeInfos[elem].of), true
	}
	info, ok := typeInfos[oid]
	return info.of, ok && oid != oidRecord && oid != oidVoid
}

// sizeOf is the type's size in a RowDescription.
func sizeOf(oid uint32) int16 {
	if info, ok := typeInfos[oid]; ok {
		return info.size
	}
	return -1
}

// modifierOf is PostgreSQL's typmod: what stands in parentheses behind the type.
func modifierOf(t catalog.Type, oid uint32) int32 {
	switch {
	case t.Kind == catalog.Array:
		elem := *t.Elem
		return modifierOf(elem, elementOf[oid])
	case oid == oidVarchar && t.P > 0:
		return int32(t.P) + 4
	case oid == oidNumeric && t.P > 0:
		return int32(t.P)<<16 | int32(t.S) + 4
	case (t.Kind == catalog.Time || t.IsTimestamp()) && t.P > 0:
		return int32(t.FracDigits())
	}
	return -1
}
