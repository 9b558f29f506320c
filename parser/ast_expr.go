package parser

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
	// Literal is a constant. Kind is "null", "bool", "int", "decimal", "float" (with an exponent), "string",
	// "bits" (B'…', the digits) or "bytes" (X'…', the bytes themselves).
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
		Word Pos // of IS
	}
	// Between is x [NOT] BETWEEN [SYMMETRIC] lo AND hi.
	Between struct {
		X, Lo, Hi      Expr
		Not, Symmetric bool
		Word           Pos // of [NOT] BETWEEN
	}
	// In is x [NOT] IN (list) or (query).
	In struct {
		X     Expr
		Not   bool
		List  []Expr
		Query *Query
		Word  Pos // of [NOT] IN
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
