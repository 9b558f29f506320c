package parser

import "github.com/penstock/penstock/internal/sqlerr"

// Pos is a byte offset plus one into the text given to Parse; 0 is unknown.
type Pos = sqlerr.Pos

// Ident is a name as written, without its quotes. Names keep their case; the
// planner looks them up exactly first, then (unless quoted) without case.
type Ident struct {
	Text   string
	Quoted bool
	P      Pos
}

// Name is a possibly qualified name: catalog.schema.object.
type Name []Ident

// Pos is where the name begins.
func (n Name) Pos() Pos {
	if len(n) == 0 {
		return 0
	}
	return n[0].P
}

// Last is the object's own name.
func (n Name) Last() Ident { return n[len(n)-1] }

// Span is a piece of the source text, as positions.
type Span struct{ From, To Pos }

// Text cuts the span out of the text it was parsed from.
func (s Span) Text(src string) string { return src[s.From-1 : s.To-1] }

// Statement is one SQL statement.
type Statement interface {
	// Span tells where in the source the statement stands, without its
	// semicolon and surrounding blanks.
	Span() Span
	setSpan(Span)
}

type stmt struct{ span Span }

func (s *stmt) Span() Span     { return s.span }
func (s *stmt) setSpan(p Span) { s.span = p }

// The statements.
type (
	// Select is a query as a statement of its own.
	SelectStmt struct {
		stmt
		Query *Query
	}
	// CreateTable is CREATE [TEMPORARY] TABLE, and CREATE LOOKUP TABLE.
	CreateTable struct {
		stmt
		Temporary, IfNotExists, OrReplace, Lookup bool
		Name                                      Name
		Columns                                   []ColumnDef
		Watermark                                 *Watermark
		PrimaryKey                                []Ident
		PrimaryKeyPos                             Pos
		Comment                                   string
		Options                                   []Option
		As                                        *Query
	}
	// CreateView is CREATE [OR REPLACE] [TEMPORARY] [MATERIALIZED] VIEW.
	CreateView struct {
		stmt
		OrReplace, Temporary, Materialized, IfNotExists bool
		Name                                            Name
		Columns                                         []Ident
		Options                                         []Option
		Query                                           *Query
		QuerySpan                                       Span
	}
	// CreateFunction is every form of CREATE [OR REPLACE] [TEMPORARY] FUNCTION.
	CreateFunction struct {
		stmt
		OrReplace, Temporary, IfNotExists bool
		Name                              Name
		Args                              []ColumnDef // Name may be empty
		Returns                           *TypeName   // nil when ReturnsTable or not given
		ReturnsTable                      []ColumnDef
		Language                          string // lower case
		As                                string
		AsPos                             Pos
		Options                           []Option
	}
	// CreateAggregate is CREATE AGGREGATE FUNCTION f(…) RETURNS t (STATE s t = e, … ACCUMULATE s = e, … [MERGE …] RESULT e).
	CreateAggregate struct {
		stmt
		OrReplace  bool
		Name       Name
		Args       []ColumnDef
		Returns    TypeName
		State      []StateDef
		Accumulate []Assign
		Merge      []Assign
		Result     Expr
		Source     Span // of the parenthesis
	}
	// CreateEndpoint is CREATE ENDPOINT e WITH (…).
	CreateEndpoint struct {
		stmt
		OrReplace, IfNotExists bool
		Name                   Name
		Options                []Option
	}
	// CreateSchema is CREATE SCHEMA or DATABASE.
	CreateSchema struct {
		stmt
		Database, IfNotExists bool
		Name                  Name
	}
	// Drop removes objects. Kind is "TABLE", "VIEW", "MATERIALIZED VIEW",
	// "LOOKUP TABLE", "FUNCTION", "AGGREGATE FUNCTION", "ENDPOINT", "SCHEMA", "DATABASE".
	Drop struct {
		stmt
		Kind              string
		IfExists, Cascade bool
		Temporary         bool
		Names             []Name
	}
	// Insert is INSERT INTO t [(columns)] query.
	Insert struct {
		stmt
		Table   Name
		Columns []Ident
		Query   *Query
	}
	// Explain is EXPLAIN [ANALYZE] [(FORMAT x)] of a statement or of QUERY id.
	Explain struct {
		stmt
		Analyze bool
		Format  string // "text", "json", "dot"
		Target  Statement
		QueryID string
	}
	// Show is SHOW x. What is upper case: "TABLES", "VIEWS", "FUNCTIONS",
	// "LOOKUP TABLES", "QUERIES", "WATERMARKS", "ENDPOINTS", "CREATE TABLE", "CREATE VIEW",
	// "CREATE LOOKUP TABLE", "CREATE FUNCTION", "COLUMNS", "ALL", or "SETTING" for SHOW name.
	Show struct {
		stmt
		What    string
		Name    Name
		Like    string
		HasLike bool
	}
	// Describe is DESCRIBE or DESC [FUNCTION | TABLE …] x.
	Describe struct {
		stmt
		Kind string // "" or "FUNCTION", "TABLE", "LOOKUP TABLE", "VIEW", …
		Name Name
	}
	// Set is SET [SESSION|LOCAL] name =|TO value[, …] | DEFAULT. SET TIME ZONE and
	// SET TRANSACTION, SET SESSION CHARACTERISTICS, SET NAMES come as settings too
	// ("timezone", "transaction", "session characteristics", "client_encoding").
	Set struct {
		stmt
		Local, Default bool
		Name           string // as written, dots and dashes included, lower case
		Values         []string
		P              Pos
	}
	// Reset is RESET name | ALL.
	Reset struct {
		stmt
		Name string // "" for ALL
	}
	// Transaction is BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT,
	// RELEASE, ROLLBACK TO. Kind is "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "ROLLBACK TO".
	Transaction struct {
		stmt
		Kind string
		Name Ident
	}
	// Declare is DECLARE c [BINARY] [NO SCROLL] CURSOR [WITH HOLD] FOR query.
	Declare struct {
		stmt
		Cursor       Ident
		Binary, Hold bool
		Query        *Query
		QuerySpan    Span
	}
	// Fetch is FETCH|MOVE [direction] [n] FROM|IN c [WITH (timeout = '1s')].
	Fetch struct {
		stmt
		Move     bool
		Cursor   Ident
		Count    int64 // rows; -1 is ALL. Backward directions are refused by the session.
		Backward bool
		Options  []Option
	}
	// CloseCursor is CLOSE c | ALL (Cursor.Text empty).
	CloseCursor struct {
		stmt
		Cursor Ident
	}
	// Copy is COPY (query) | table [(columns)] TO STDOUT | FROM STDIN [WITH (…)].
	Copy struct {
		stmt
		Query     *Query
		QuerySpan Span
		Table     Name
		Columns   []Ident
		From      bool // FROM STDIN
		Options   []Option
	}
	// Subscribe is SUBSCRIBE [TO] (query) | table [WITH (…)].
	Subscribe struct {
		stmt
		Query   *Query
		Options []Option
	}
	// QueryControl is PAUSE|RESUME|STOP|CANCEL QUERY id.
	QueryControl struct {
		stmt
		Verb string
		ID   string
		P    Pos
	}
	// RefreshLookup is REFRESH LOOKUP TABLE t [NO WAIT].
	RefreshLookup struct {
		stmt
		Name   Name
		NoWait bool
	}
	// Prepare is PREPARE name [(types)] AS statement.
	Prepare struct {
		stmt
		Name   Ident
		Types  []TypeName
		Target Statement
	}
	// Execute is EXECUTE name [(args)].
	Execute struct {
		stmt
		Name Ident
		Args []Expr
	}
	// Discard is DISCARD ALL|PLANS|…; Deallocate is DEALLOCATE [PREPARE] name|ALL.
	Discard struct {
		stmt
		What string
	}
	// Deallocate forgets a prepared statement; an empty name means ALL.
	Deallocate struct {
		stmt
		Name Ident
	}
	// Listen is LISTEN, UNLISTEN or NOTIFY: drivers send them, nothing happens.
	Listen struct {
		stmt
		Verb, Channel string
	}
)

// Option is one 'key' = 'value' of a WITH list; Value is the text of a string,
// number, word or boolean.
type Option struct {
	Key, Value   string
	KeyP, ValueP Pos
}

// ColumnDef is a column in DDL.
type ColumnDef struct {
	Name       Ident
	Type       *TypeName // nil for a computed column
	Computed   Expr      // AS expr
	Metadata   bool
	MetaFrom   string // METADATA FROM 'x'; empty: the column's own name
	Virtual    bool
	NotNull    bool
	PrimaryKey bool
	Default    Expr
	Comment    string
	Source     Span // of the computed expression
}

// Watermark is WATERMARK FOR column AS expr.
type Watermark struct {
	Column Ident
	Expr   Expr
	Source Span // of the expression
}

// StateDef is STATE name type = expr; Assign is name = expr.
type StateDef struct {
	Name Ident
	Type TypeName
	Init Expr
}

// Assign is name = expr.
type Assign struct {
	Name Ident
	X    Expr
}

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

// Expr is an expression.
type Expr interface{ Pos() Pos }

type (
	// Star is *, t.* as a select item, and the argument of COUNT(*) is Call.Star instead.
	Star struct {
		P     Pos
		Table Name
	}
	// ColumnRef is a possibly qualified column; further parts are fields of rows.
	ColumnRef struct{ Parts []Ident }
	// Literal is a constant. Kind is "null", "bool", "int", "decimal", "float" (with an exponent), "string", "bits", "bytes".
	Literal struct {
		P    Pos
		Kind string
		Text string // without quotes, escapes resolved; "true"/"false"
	}
	// Param is $n.
	Param struct {
		P Pos
		N int
	}
	// Unary is -x, +x, NOT x, ~x. Op is upper case.
	Unary struct {
		P  Pos
		Op string
		X  Expr
	}
	// Binary is L op R. Op is one of + - * / % ^ || & | # << >> = <> < <= > >= AND OR
	// -> ->> #> #>> @> <@ ? ?| ?& && or another operator as written; P is the operator's place.
	Binary struct {
		P    Pos
		Op   string
		L, R Expr
	}
	// Is is x IS [NOT] NULL | TRUE | FALSE | UNKNOWN; What is upper case.
	Is struct {
		X    Expr
		Not  bool
		What string
	}
	// IsDistinct is L IS [NOT] DISTINCT FROM R.
	IsDistinct struct {
		L, R Expr
		Not  bool
	}
	// Between is x [NOT] BETWEEN [SYMMETRIC] lo AND hi.
	Between struct {
		X, Lo, Hi      Expr
		Not, Symmetric bool
	}
	// In is x [NOT] IN (list) or (query).
	In struct {
		X     Expr
		Not   bool
		List  []Expr
		Query *Query
	}
	// Exists is EXISTS (query).
	Exists struct {
		P     Pos
		Query *Query
	}
	// Subquery is a scalar subquery, or ARRAY(query) when Array.
	Subquery struct {
		P     Pos
		Query *Query
		Array bool
	}
	// Quantified is L op ANY|ALL (array or query).
	Quantified struct {
		P     Pos
		Op    string
		All   bool
		L, R  Expr // R nil when Query
		Query *Query
	}
	// Like is [NOT] LIKE, ILIKE, SIMILAR, and the regular expressions ~ ~*. Kind is
	// "LIKE", "ILIKE", "SIMILAR", "~", "~*"; Not covers NOT LIKE, !~ and !~*.
	Like struct {
		P          Pos
		Kind       string
		Not        bool
		X, Pattern Expr
		Escape     Expr
	}
	// Case is CASE [x] WHEN … THEN … ELSE … END.
	Case struct {
		P     Pos
		X     Expr
		Whens []When
		Else  Expr
	}
	// Cast is CAST, TRY_CAST, x::t, and TIMESTAMP '…'.
	Cast struct {
		P   Pos
		X   Expr
		To  TypeName
		Try bool
	}
	// Call is a function call. The special forms come as calls too: extract('epoch', x),
	// timezone(zone, x) for AT TIME ZONE, substring(x, from, for), overlay, position(sub, str),
	// btrim/ltrim/rtrim, floor(x, 'hour') and ceil(x, 'day') for FLOOR(x TO HOUR), current_timestamp and the like without parentheses.
	Call struct {
		P           Pos
		Name        Name // as written
		Args        []Expr
		Star        bool
		Distinct    bool
		Variadic    bool
		OrderBy     []OrderItem
		WithinGroup bool // OrderBy is of WITHIN GROUP
		Filter      Expr
		Over        *WindowSpec
		IgnoreNulls bool
	}
	// ArrayExpr is ARRAY[…]; RowExpr is ROW(…) or (a, b); MapExpr is MAP[k, v, …].
	ArrayExpr struct {
		P     Pos
		Items []Expr
	}
	// RowExpr is ROW(…) or (a, b).
	RowExpr struct {
		P     Pos
		Items []Expr
	}
	// MapExpr is MAP[k, v, …].
	MapExpr struct {
		P     Pos
		Items []Expr
	}
	// Subscript is x[i], and x[lo:hi] when Slice.
	Subscript struct {
		X     Expr
		Index Expr // or the lower bound, may be nil
		Slice bool
		Hi    Expr
		P     Pos
	}
	// Field is (x).name; Name "*" is (x).*.
	Field struct {
		X    Expr
		Name Ident
	}
	// IntervalLit is INTERVAL 'text' [unit [TO unit]]; Unit is lower case, "minute to second".
	IntervalLit struct {
		P         Pos
		Text      string
		Unit      string
		Precision int // -1 when not given
	}
	// Collate is x COLLATE name.
	Collate struct {
		X    Expr
		Name Name
	}
	// GroupingSet is GROUPING SETS, ROLLUP or CUBE in GROUP BY. Kind upper case: "GROUPING SETS", "ROLLUP", "CUBE".
	GroupingSet struct {
		P    Pos
		Kind string
		Sets [][]Expr
	}
	// TableArg is TABLE t [PARTITION BY …] [ORDER BY …], or TABLE (query), as an argument.
	TableArg struct {
		P           Pos
		Name        Name
		Query       *Query
		PartitionBy []Expr
		OrderBy     []OrderItem
	}
	// Descriptor is DESCRIPTOR(a, b).
	Descriptor struct {
		P       Pos
		Columns []Ident
	}
	// NamedArg is name => x.
	NamedArg struct {
		Name Ident
		X    Expr
	}
)

// When is a branch of CASE.
type When struct{ Cond, Then Expr }

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

// Pos of each expression is where its first token stands (for Binary, Like and
// Quantified the operator, where PostgreSQL points).
func (e *Star) Pos() Pos        { return e.P }
func (e *ColumnRef) Pos() Pos   { return e.Parts[0].P }
func (e *Literal) Pos() Pos     { return e.P }
func (e *Param) Pos() Pos       { return e.P }
func (e *Unary) Pos() Pos       { return e.P }
func (e *Binary) Pos() Pos      { return e.P }
func (e *Is) Pos() Pos          { return e.X.Pos() }
func (e *IsDistinct) Pos() Pos  { return e.L.Pos() }
func (e *Between) Pos() Pos     { return e.X.Pos() }
func (e *In) Pos() Pos          { return e.X.Pos() }
func (e *Exists) Pos() Pos      { return e.P }
func (e *Subquery) Pos() Pos    { return e.P }
func (e *Quantified) Pos() Pos  { return e.P }
func (e *Like) Pos() Pos        { return e.P }
func (e *Case) Pos() Pos        { return e.P }
func (e *Cast) Pos() Pos        { return e.P }
func (e *Call) Pos() Pos        { return e.P }
func (e *ArrayExpr) Pos() Pos   { return e.P }
func (e *RowExpr) Pos() Pos     { return e.P }
func (e *MapExpr) Pos() Pos     { return e.P }
func (e *Subscript) Pos() Pos   { return e.X.Pos() }
func (e *Field) Pos() Pos       { return e.X.Pos() }
func (e *IntervalLit) Pos() Pos { return e.P }
func (e *Collate) Pos() Pos     { return e.X.Pos() }
func (e *GroupingSet) Pos() Pos { return e.P }
func (e *TableArg) Pos() Pos    { return e.P }
func (e *Descriptor) Pos() Pos  { return e.P }
func (e *NamedArg) Pos() Pos    { return e.Name.P }
