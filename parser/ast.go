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
