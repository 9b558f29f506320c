package planner

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// maxPrecision is the most digits of a DECIMAL.
const maxPrecision = 38

var kindByName = map[string]catalog.Kind{
	"boolean": catalog.Boolean, "smallint": catalog.SmallInt, "integer": catalog.Int, "bigint": catalog.BigInt,
	"real": catalog.Real, "double": catalog.Double, "decimal": catalog.Decimal, "varchar": catalog.Varchar,
	"bytes": catalog.Bytes, "date": catalog.Date, "time": catalog.Time, "timestamp": catalog.Timestamp,
	"timestamptz": catalog.TimestampLTZ, "timestamp_ltz": catalog.TimestampLTZ, "interval": catalog.Interval,
	"json": catalog.JSON,
}

// ResolveType makes a type of a type's name.
func ResolveType(t *parser.TypeName) (catalog.Type, error) {
	switch t.Name {
	case "array":
		elem, err := ResolveType(t.Elem)
		return catalog.ArrayOf(elem), err
	case "map":
		k, err := ResolveType(t.Key)
		if err != nil {
			return k, err
		}
		v, err := ResolveType(t.Elem)
		return catalog.MapOf(k, v), err
	case "row":
		return resolveRow(t)
	}
	kind, ok := kindByName[t.Name]
	if !ok {
		e := sqlerr.New(sqlerr.UndefinedObject, "type \"%s\" does not exist", t.Name).At(t.P)
		switch t.Name {
		case "char", "uuid":
			return catalog.Type{}, e.Hint("use VARCHAR")
		case "timetz":
			return catalog.Type{}, e.Hint("use TIME or TIMESTAMP_LTZ")
		}
		return catalog.Type{}, e
	}
	typ := catalog.Of(kind)
	if len(t.Args) == 0 {
		return typ, nil
	}
	return withArgs(typ, t)
}

func resolveRow(t *parser.TypeName) (catalog.Type, error) {
	row := catalog.Type{Kind: catalog.Row}
	for i, f := range t.Fields {
		if f.Type == nil {
			return row, sqlerr.New(sqlerr.SyntaxError, "field \"%s\" has no type", f.Name.Text).At(f.Name.P)
		}
		ft, err := ResolveType(f.Type)
		if err != nil {
			return row, err
		}
		name := f.Name.Text
		if name == "" {
			name = "f" + strconv.Itoa(i+1)
		}
		row.Fields = append(row.Fields, catalog.Field{Name: name, Type: ft})
	}
	return row, nil
}

// withArgs applies the parameters in parentheses.
func withArgs(typ catalog.Type, t *parser.TypeName) (catalog.Type, error) {
	bad := func(format string, args ...any) (catalog.Type, error) {
		return typ, sqlerr.New(sqlerr.InvalidParameterValue, format, args...).At(t.P)
	}
	n := t.Args[0]
	switch typ.Kind {
	case catalog.Decimal:
		if n < 1 || n > maxPrecision {
			return bad("NUMERIC precision %d must be between 1 and %d", n, maxPrecision)
		}
		typ.P = n
		if len(t.Args) > 1 {
			typ.S = t.Args[1]
		}
		if typ.S < 0 || typ.S > n {
			return bad("NUMERIC scale %d must be between 0 and precision %d", typ.S, n)
		}
		return typ, nil
	case catalog.Varchar, catalog.Bytes:
		if n < 1 {
			return bad("length for type %s must be at least 1", strings.ToLower(t.Name))
		}
		if n < 1<<31-1 { // VARCHAR(2147483647) is how some spell VARCHAR
			typ.P = n
		}
		return typ, nil
	case catalog.Time, catalog.Timestamp, catalog.TimestampLTZ:
		if n < 0 || n > 9 {
			return bad("precision of %s must be between 0 and 9", typ)
		}
		return typ.WithFrac(min(n, 6)), nil
	case catalog.Interval:
		if n < 6 {
			return typ, sqlerr.New(sqlerr.FeatureNotSupported, "INTERVAL(%d) is not supported", n).At(t.P).
				Hint("INTERVAL keeps six digits of seconds")
		}
		return typ, nil
	case catalog.Real, catalog.Double:
		return typ, nil // a precision that says less than the type holds
	}
	return typ, sqlerr.New(sqlerr.SyntaxError, "type modifier is not allowed for type \"%s\"", t.Name).At(t.P)
}

var pgNames = [catalog.NumKinds]string{"unknown", "boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric",
	"text", "bytea", "date", "time without time zone", "timestamp without time zone", "timestamp with time zone", "interval", "json",
	"array", "record", "map", "void"}

// typeName is the type as PostgreSQL's messages name it, without its length.
func typeName(t catalog.Type) string {
	switch t.Kind {
	case catalog.Varchar:
		if t.P > 0 {
			return "character varying"
		}
	case catalog.Array:
		if t.Elem != nil {
			return typeName(*t.Elem) + "[]"
		}
	case catalog.Map:
		if t.Key != nil && t.Elem != nil {
			return "map<" + typeName(*t.Key) + ", " + typeName(*t.Elem) + ">"
		}
	}
	return pgNames[t.Kind]
}

// category is PostgreSQL's type category.
func category(k catalog.Kind) byte {
	switch k {
	case catalog.Unknown:
		return 'X'
	case catalog.Boolean:
		return 'B'
	case catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Real, catalog.Double, catalog.Decimal:
		return 'N'
	case catalog.Varchar:
		return 'S'
	case catalog.Date, catalog.Time, catalog.Timestamp, catalog.TimestampLTZ:
		return 'D'
	case catalog.Interval:
		return 'T'
	case catalog.Array:
		return 'A'
	case catalog.Row:
		return 'C'
	}
	return 'U'
}

// preferred says whether a kind is the preferred one of its category.
func preferred(k catalog.Kind) bool {
	switch k {
	case catalog.Boolean, catalog.Double, catalog.Varchar, catalog.TimestampLTZ, catalog.Interval:
		return true
	}
	return false
}
