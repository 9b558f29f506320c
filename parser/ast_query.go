package parser

// TypeName is a type as written, with synonyms resolved: Name is lower case and one of
// boolean smallint integer bigint real double decimal varchar char bytes date time
// timetz timestamp timestamptz timestamp_ltz interval json uuid array row map, or a name that is
// no type of ours (regclass, oid, …), which the planner refuses and the catalogue interpreter knows.
type TypeName struct {
	Name   string
	Args   []int
	Elem   *TypeName // array element, map value
	Key    *TypeName
	Fields []ColumnDef
	P      Pos
}

// Query is a query expression with everything that may surround it.
type Query struct {
	P         Pos
	Recursive bool
	With      []CTE
	Body      Body
	OrderBy   []OrderItem
	Limit     Expr // nil: none
	Offset    Expr
	Emit      *Emit
}

// CTE is name [(columns)] AS (query).
type CTE struct {
	Name    Ident
	Columns []Ident
	Query   *Query
}

// Emit says when rows come out. Mode is "close", "changes", "every" or "final".
type Emit struct {
	Mode  string
	Every Expr
	P     Pos
}

// Body is *Select, *SetOp, *Values or *Query (a parenthesised query).
type Body interface{ body() }

func (*Select) body() {}
func (*SetOp) body()  {}
func (*Values) body() {}
func (*Query) body()  {}

// Select is a SELECT block.
type Select struct {
	P          Pos
	Distinct   bool
	DistinctOn []Expr
	Items      []SelectItem
	From       []FromItem // comma list
	Where      Expr
	GroupBy    []Expr // may hold *GroupingSet
	Having     Expr
	Qualify    Expr
	Windows    []NamedWindow
}

// SelectItem is an expression with an optional alias; the expression may be *Star.
type SelectItem struct {
	X     Expr
	Alias *Ident
}

// SetOp is UNION, EXCEPT or INTERSECT.
type SetOp struct {
	P           Pos
	Op          string // "UNION", "EXCEPT", "INTERSECT"
	All         bool
	Left, Right Body
}

// Values is VALUES (…), (…).
type Values struct {
	P    Pos
	Rows [][]Expr
}

// OrderItem is a sort key. NullsFirst nil means PostgreSQL's default (nulls
// are larger than anything).
type OrderItem struct {
	X          Expr
	Desc       bool
	NullsFirst *bool
}

// NamedWindow is WINDOW w AS (…).
type NamedWindow struct {
	Name Ident
	Spec *WindowSpec
}

// FromItem is *TableRef, *Derived, *TableFunc or *Join.
type FromItem interface{ from() }

func (*TableRef) from()  {}
func (*Derived) from()   {}
func (*TableFunc) from() {}
func (*Join) from()      {}

// Alias is AS name (columns).
type Alias struct {
	Name    Ident // empty Text: none
	Columns []Ident
}

type (
	// TableRef is a table or view, maybe FOR SYSTEM_TIME AS OF.
	TableRef struct {
		Name  Name
		AsOf  Expr
		Alias Alias
	}
	// Derived is a subquery in FROM.
	Derived struct {
		P       Pos
		Query   *Query
		Lateral bool
		Alias   Alias
	}
	// TableFunc is a function in FROM: UNNEST, TUMBLE, a user's. Call.Args may hold
	// *TableArg, *Descriptor and *NamedArg.
	TableFunc struct {
		Call           *Call
		Lateral        bool
		WithOrdinality bool
		WithErrors     bool
		Alias          Alias
	}
	// Join joins two items. Kind is "INNER", "LEFT", "RIGHT", "FULL", "CROSS".
	Join struct {
		P           Pos
		Kind        string
		Natural     bool
		Left, Right FromItem
		On          Expr
		Using       []Ident
	}
)

// WindowSpec is OVER (…) or OVER name.
type WindowSpec struct {
	P           Pos
	Name        Ident // a named window, alone or as base
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame
}

// Frame is ROWS|RANGE|GROUPS BETWEEN …; the bounds' Kind is "UNBOUNDED PRECEDING",
// "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING".
type Frame struct {
	Unit     string
	From, To Bound
}

// Bound is an end of a frame.
type Bound struct {
	Kind string
	X    Expr
}
