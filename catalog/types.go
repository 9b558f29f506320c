package catalog

import (
	"strconv"
	"strings"
)

// Kind is an SQL type without its parameters.
type Kind uint8

// The kinds. Unknown is the type of NULL and of a bare string literal before
// it is resolved (PostgreSQL's unknown, OID 705); it never reaches the engine.
const (
	Unknown Kind = iota
	Boolean
	SmallInt
	Int
	BigInt
	Real
	Double
	Decimal
	Varchar
	Bytes
	Date
	Time
	Timestamp    // without time zone
	TimestampLTZ // PostgreSQL's timestamptz: an instant
	Interval
	JSON
	Array
	Row
	Map
	Void // of a statement without a value, never of a column
	numKinds
)

// NumKinds is the number of kinds, for tables indexed by Kind.
const NumKinds = int(numKinds)

// Type is an SQL type. It is a value: compare with Equal, copy freely.
type Type struct {
	Kind Kind `json:"kind"`
	// P is the precision of DECIMAL (0: unconstrained), the length of VARCHAR
	// and BYTES (0: unlimited), and the number of fraction digits of TIME and
	// TIMESTAMP plus one (0: not given, meaning 6).
	P int `json:"p,omitempty"`
	// S is the scale of a DECIMAL whose P is not 0.
	S int `json:"s,omitempty"`
	// Elem is the element of an ARRAY and the value of a MAP.
	Elem *Type `json:"elem,omitempty"`
	// Key is the key of a MAP.
	Key *Type `json:"key,omitempty"`
	// Fields are those of a ROW.
	Fields []Field `json:"fields,omitempty"`
}

// Field is a named part of a ROW.
type Field struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Of makes a type without parameters.
func Of(k Kind) Type { return Type{Kind: k} }

// ArrayOf makes an array type.
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// MapOf makes a map type.
func MapOf(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// FracDigits gives the fraction digits of a TIME or TIMESTAMP, 0 to 6.
func (t Type) FracDigits() int {
	if t.P == 0 {
		return 6
	}
	return t.P - 1
}

// WithFrac sets the fraction digits of a TIME or TIMESTAMP.
func (t Type) WithFrac(digits int) Type { t.P = digits + 1; return t }

// Equal says whether two types are the same, parameters included.
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || t.P != u.P || t.S != u.S || len(t.Fields) != len(u.Fields) {
		return false
	}
	if (t.Elem == nil) != (u.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*u.Elem) {
		return false
	}
	if (t.Key == nil) != (u.Key == nil) || t.Key != nil && !t.Key.Equal(*u.Key) {
		return false
	}
	for i := range t.Fields {
		if t.Fields[i].Name != u.Fields[i].Name || !t.Fields[i].Type.Equal(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// SameKind says whether two types agree but for parameters (lengths,
// precisions), deeply.
func (t Type) SameKind(u Type) bool {
	if t.Kind != u.Kind || len(t.Fields) != len(u.Fields) {
		return false
	}
	if t.Elem != nil && u.Elem != nil && !t.Elem.SameKind(*u.Elem) {
		return false
	}
	if t.Key != nil && u.Key != nil && !t.Key.SameKind(*u.Key) {
		return false
	}
	for i := range t.Fields {
		if !t.Fields[i].Type.SameKind(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// IsInteger, IsNumeric and IsTime name PostgreSQL's type categories.
func (t Type) IsInteger() bool { return t.Kind >= SmallInt && t.Kind <= BigInt }

// IsNumeric tells the integers, floats and DECIMAL.
func (t Type) IsNumeric() bool { return t.Kind >= SmallInt && t.Kind <= Decimal }

// IsTimestamp tells both timestamp types.
func (t Type) IsTimestamp() bool { return t.Kind == Timestamp || t.Kind == TimestampLTZ }

// String is the SQL spelling used in DDL, EXPLAIN and errors.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		if t.P > 0 {
			return "DECIMAL(" + strconv.Itoa(t.P) + "," + strconv.Itoa(t.S) + ")"
		}
	case Varchar, Bytes, Time, Timestamp, TimestampLTZ:
		if t.P > 0 {
			n := t.P
			if t.Kind >= Time {
				n--
			}
			return kindNames[t.Kind] + "(" + strconv.Itoa(n) + ")"
		}
	case Array:
		return t.Elem.String() + " ARRAY"
	case Map:
		return "MAP<" + t.Key.String() + ", " + t.Elem.String() + ">"
	case Row:
		var b strings.Builder
		b.WriteString("ROW<")
		for i, f := range t.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(QuoteIdent(f.Name) + " " + f.Type.String())
		}
		return b.String() + ">"
	}
	return kindNames[t.Kind]
}

var kindNames = [NumKinds]string{"UNKNOWN", "BOOLEAN", "SMALLINT", "INT", "BIGINT", "REAL", "DOUBLE", "DECIMAL", "VARCHAR",
	"BYTES", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "INTERVAL", "JSON", "ARRAY", "ROW", "MAP", "VOID"}

// QuoteIdent quotes a name where it would not read back as itself.
func QuoteIdent(s string) string {
	plain := s != ""
	for i, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			plain = false
		}
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Column is a named, typed column of a relation.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Schema is the columns of a relation in order.
type Schema []Column

// Signature is one overload of a function, as the planner sees it. The kernels
// stand beside it in exec/expr; the planner never sees those.
type Signature struct {
	Name string
	Args []Type // Kind Unknown means: any type
	// Variadic: the last of Args may come any number of times (at least once).
	Variadic bool
	Ret      Type
	// RetOf, where set, works the result type out from the actual arguments.
	RetOf func(args []Type) (Type, error)
	// Strict functions give NULL when an argument is NULL, without being asked.
	Strict bool
	// Volatile ones (random, clock) are never folded nor shared. Stable ones
	// (now, current_date) are constant within a query but not over plans.
	Volatile, Stable bool
	// Aggregate functions stand in GROUP BY queries; TwoPhase ones can be
	// computed partially and merged.
	Aggregate, TwoPhase bool
	Doc, Example        string
}
