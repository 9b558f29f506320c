package pgwire

import "github.com/penstock/penstock/catalog"

// OIDs of types that are PostgreSQL's only: clients send parameters as them, or
// catalogue queries answer with them. Those of our own types are the catalog's.
const (
	oidChar         = 18
	oidInt2Vector   = 22
	oidRegproc      = 24
	oidXID          = 28
	oidCID          = 29
	oidOIDVector    = 30
	oidRegclass     = 2205
	oidRegtype      = 2206
	oidUUID         = 2950
	oidRegnamespace = 4089
	oidRegrole      = 4096
)

// foreign is what the protocol has to know of a type that is not ours.
type foreign struct {
	size  int16 // as pg_type.typlen: -1 varies
	array uint32
	of    catalog.Kind // what a parameter of the type is to the planner
}

var foreignTypes = map[uint32]foreign{
	oidChar:            {1, 1002, catalog.Varchar},
	catalog.OIDName:    {64, 1003, catalog.Varchar},
	oidInt2Vector:      {-1, 1006, catalog.Varchar},
	catalog.OIDOID:     {4, 1028, catalog.BigInt},
	oidXID:             {4, 1011, catalog.BigInt},
	oidCID:             {4, 1012, catalog.BigInt},
	oidOIDVector:       {-1, 1013, catalog.Varchar},
	oidRegproc:         {4, 1008, catalog.Varchar},
	oidRegclass:        {4, 2210, catalog.Varchar},
	oidRegtype:         {4, 2211, catalog.Varchar},
	oidRegnamespace:    {4, 4090, catalog.Varchar},
	oidRegrole:         {4, 4097, catalog.Varchar},
	catalog.OIDJSONB:   {-1, 3807, catalog.JSON},
	catalog.OIDBPChar:  {-1, 1014, catalog.Varchar},
	catalog.OIDVarchar: {-1, 1015, catalog.Varchar},
	oidUUID:            {16, 2951, catalog.Varchar},
}

// elements gives the element's OID of an array's.
var elements = func() map[uint32]uint32 {
	m := map[uint32]uint32{}
	for oid, f := range foreignTypes {
		m[f.array] = oid
	}
	for k := range catalog.NumKinds {
		t := catalog.Of(catalog.Kind(k))
		if array := catalog.ArrayOID(t); array != 0 && t.Kind != catalog.Array {
			m[array] = catalog.OID(t)
		}
	}
	return m
}()

// typeOfOID gives the type of a parameter that a client declares; 0 and
// unknown leave it to the planner.
func typeOfOID(oid uint32) (catalog.Type, bool) {
	if oid == 0 || oid == catalog.OIDUnknown {
		return catalog.Of(catalog.Unknown), true
	}
	if elem, ok := elements[oid]; ok {
		t, ok := typeOfOID(elem)
		return catalog.ArrayOf(t), ok
	}
	if f, ok := foreignTypes[oid]; ok {
		return catalog.Of(f.of), true
	}
	t, ok := catalog.FromOID(oid)
	return t, ok && t.Kind != catalog.Void
}

// sizeOf is the type's size in a RowDescription.
func sizeOf(oid uint32) int16 {
	if f, ok := foreignTypes[oid]; ok {
		return f.size
	}
	if t, ok := catalog.FromOID(oid); ok {
		return catalog.TypLen(t)
	}
	return -1
}
