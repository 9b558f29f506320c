package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// Tables resolves names as the session sees them: its temporary objects over
// one version of the catalog. It must give the same answers during one planning.
type Tables interface {
	// Table finds a table: nil and no error when no table has the name. Names
	// are looked up exactly, then, unless quoted, without case.
	Table(name parser.Name) (*catalog.Table, error)
	// View finds a view likewise. A name that is a table's is no view's.
	View(name parser.Name) (*catalog.View, error)
	// Names lists tables and views, for hints.
	Names() []string
}

// Functions is the registry of functions as the planner sees it. Operators are
// functions under their own name ("+", "||").
type Functions interface {
	// Signatures gives the overloads of a lower-case name; none: no such function.
	Signatures(name string) []catalog.Signature
	// Names lists all names, for hints.
	Names() []string
}

// Env is what planning needs to know of its surroundings.
type Env struct {
	Tables    Tables
	Functions Functions
	// UserFunction finds a function that a user has made; nil when there is none. It may be nil.
	UserFunction func(name string) *catalog.Function
	// Fold evaluates an expression without columns. It may be nil. An error
	// leaves the expression as it is, to fail at run time if it is ever computed.
	Fold func(plan.Expr) (*plan.Const, error)
	// Setting gives a session setting, "" when it is not set. It may be nil. Read are
	// watermark.default-delay, scan.idle-timeout, lookup.pin and timezone.
	Setting func(name string) string
	// Bounded says whether a scan of the table ends by itself. When nil, the table's
	// option scan.bounded.mode tells.
	Bounded func(t *catalog.Table) bool
	// Parallelism is how many tasks may work side by side; 0 means 1.
	Parallelism int
	// Rules switches rules off: false under a rule's name. See ParseRules.
	Rules map[string]bool
	// ParamTypes are what the client said of $1, $2, …; Unknown: to be inferred.
	ParamTypes []catalog.Type
}

func (e *Env) setting(name string) string {
	if e.Setting == nil {
		return ""
	}
	return e.Setting(name)
}

func (e *Env) bounded(t *catalog.Table) bool {
	if e.Bounded != nil {
		return e.Bounded(t)
	}
	mode, ok := t.Option("scan.bounded.mode")
	return ok && mode != "unbounded"
}
