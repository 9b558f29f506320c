package session

import (
	"context"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// What the front doors (server/pgwire, server/http) see of a session. They
// know nothing of planning or running; a session knows nothing of protocols,
// portals, cursors or transaction blocks, which are the front door's state.

// Engine makes sessions. It may be used from any goroutine.
type Engine interface {
	// NewSession starts a session for one client. params are what the client
	// said of itself when it connected, by PostgreSQL's names (user, database,
	// application_name, TimeZone, …): those that name a setting are set, others
	// are ignored. The front door may add pg_backend_pid, the number that the
	// client knows its session by. An error refuses the connection.
	NewSession(ctx context.Context, params map[string]string) (Session, error)
}

// Session is one client's settings and temporary objects, and the way from SQL
// text to rows. It is used by one goroutine at a time, but that a Result may be
// read while statements are prepared and run beside it (a cursor is open).
type Session interface {
	// Parse parses a whole text of none, one or several statements. Their spans
	// tell where in src each stands. An error's position is in src.
	Parse(src string) ([]parser.Statement, error)
	// Prepare parses, binds and plans one statement, whose text alone src is.
	// paramTypes are the types that the client gave its parameters, Unknown
	// where it gave none; parameters behind the last are worked out from their
	// use. Positions of errors are in src.
	Prepare(ctx context.Context, src string, paramTypes []catalog.Type) (Prepared, error)
	// Type resolves a type as written (PREPARE p(int, text) AS …).
	Type(t *parser.TypeName) (catalog.Type, error)
	// Setting gives a setting's value as SHOW prints it; names do not look at case.
	Setting(name string) (string, bool)
	// OnParameter has f called whenever a setting changes by any way, with the
	// name and value that SHOW has, from the goroutine that changed it. There
	// is one f; it may be called during Run and Next.
	OnParameter(f func(name, value string))
	// Discard forgets session state: what is "ALL" (settings and temporary
	// objects), "TEMP" or "PLANS".
	Discard(ctx context.Context, what string) error
	// Close ends the session and drops its temporary objects. Results must be
	// closed before.
	Close() error
}

// Prepared is a planned statement. It may be run any number of times, and must
// be planned anew by itself where the catalog has changed since.
type Prepared interface {
	// Statement is the parsed text.
	Statement() parser.Statement
	// Params are the types of $1, $2, …; never Unknown.
	Params() []catalog.Type
	// Columns are those of the rows, nil when the statement gives none (not nil
	// but empty for SELECT without columns).
	Columns() catalog.Schema
	// Run starts the statement with one argument a parameter. ctx governs the
	// whole life of the Result. A statement without rows may do its work here or in
	// the first Next.
	Run(ctx context.Context, args []Arg) (Result, error)
}

// Arg is a parameter's value in PostgreSQL's text form.
type Arg struct {
	Text string
	Null bool
}

// Result is a running statement. Close must be called, whatever came before.
type Result interface {
	// Next gives the next rows, valid until the following Next or Close. With
	// wait false it returns nil and no error when none is ready. At the end
	// it returns io.EOF, and again when asked again; a statement without rows
	// returns io.EOF when it is done. ctx governs this call alone: the Result
	// is still good after a deadline of ctx has passed.
	Next(ctx context.Context, wait bool) (*exec.Batch, error)
	// Columns are those of the rows; nil when there are none.
	Columns() catalog.Schema
	// Tag is the command tag ("SELECT 3", "CREATE TABLE", "INSERT 0 3") once
	// the end has been reached; rows is how many rows the front door has sent.
	Tag(rows int64) string
	// Notices gives those that came since it was last asked: Code is 00000 for
	// NOTICE, 01000 for WARNING.
	Notices() []*sqlerr.Error
	// Close ends the statement if it runs still, and waits for its goroutines.
	// It may be called twice.
	Close() error
}

// TypeOIDs is implemented by a Prepared whose columns have PostgreSQL types
// that are none of ours (oid, name, "char", regclass, …): catalogue queries.
type TypeOIDs interface {
	// TypeOIDs gives the OID of each column; 0 where the column's own type
	// tells it.
	TypeOIDs() []uint32
}
