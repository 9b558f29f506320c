package plan

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Expr is a typed expression over the columns of one input row (for a join's
// residual: the left row's columns followed by the right's). All names, overloads
// and coercions have been resolved: what is here only has to be computed.
type Expr interface {
	Type() catalog.Type
	// Pos is the place in the user's text, for errors at run time; 0 when the
	// planner made the expression.
	Pos() sqlerr.Pos
	isExpr()
}

type (
	// Col is column Index of the input.
	Col struct {
		Index int          `json:"index"`
		Name  string       `json:"name"` // for EXPLAIN only
		T     catalog.Type `json:"type"`
		P     sqlerr.Pos   `json:"pos,omitempty"`
	}
	// Const is a value in PostgreSQL's text form of its type, or NULL.
	Const struct {
		T    catalog.Type `json:"type"`
		Null bool         `json:"null,omitempty"`
		Text string       `json:"text"`
		P    sqlerr.Pos   `json:"pos,omitempty"`
	}
	// Param is $N, replaced by a Const (see BindParams) before a plan is built.
	Param struct {
		N int          `json:"n"`
		T catalog.Type `json:"type"`
		P sqlerr.Pos   `json:"pos,omitempty"`
	}
	// Call applies a function of the registry. Operators are functions under
	// their own name: + - * / % ^ || = <> < <= > >= and or not is_null is_true is_false
	// is_distinct like ilike similar ~ ~* in (x, item…) item (array subscript, map or JSON element)
	// array (elements) row (fields) map (k, v, …) coalesce nullif greatest least -> ->> #> #>>.
	// Negated forms are not(…). and, or, coalesce evaluate lazily, left to right.
	Call struct {
		Fn   string       `json:"fn"`
		Args []Expr       `json:"-"`
		T    catalog.Type `json:"type"`
		P    sqlerr.Pos   `json:"pos,omitempty"`
	}
	// Case is CASE WHEN … (the operand form has been turned into comparisons).
	// A branch is computed only for the rows that take it.
	Case struct {
		Whens []When       `json:"-"`
		Else  Expr         `json:"-"` // nil: NULL
		T     catalog.Type `json:"type"`
		P     sqlerr.Pos   `json:"pos,omitempty"`
	}
	// Cast converts X to T with PostgreSQL's rules; with Try a failure gives NULL.
	// Assign casts put a value into a column: text too long for a VARCHAR(n) is
	// an error then (22001), where CAST cuts it.
	Cast struct {
		X      Expr         `json:"-"`
		T      catalog.Type `json:"type"`
		Try    bool         `json:"try,omitempty"`
		Assign bool         `json:"assign,omitempty"`
		P      sqlerr.Pos   `json:"pos,omitempty"`
	}
	// FieldOf takes field Index out of the ROW X.
	FieldOf struct {
		X     Expr         `json:"-"`
		Index int          `json:"index"`
		Name  string       `json:"name"`
		T     catalog.Type `json:"type"`
		P     sqlerr.Pos   `json:"pos,omitempty"`
	}
)

// When is a branch of Case; Cond is BOOLEAN.
type When struct{ Cond, Then Expr }

// The methods of Expr.
func (e *Col) Type() catalog.Type     { return e.T }
func (e *Const) Type() catalog.Type   { return e.T }
func (e *Param) Type() catalog.Type   { return e.T }
func (e *Call) Type() catalog.Type    { return e.T }
func (e *Case) Type() catalog.Type    { return e.T }
func (e *Cast) Type() catalog.Type    { return e.T }
func (e *FieldOf) Type() catalog.Type { return e.T }

func (e *Col) Pos() sqlerr.Pos     { return e.P }
func (e *Const) Pos() sqlerr.Pos   { return e.P }
func (e *Param) Pos() sqlerr.Pos   { return e.P }
func (e *Call) Pos() sqlerr.Pos    { return e.P }
func (e *Case) Pos() sqlerr.Pos    { return e.P }
func (e *Cast) Pos() sqlerr.Pos    { return e.P }
func (e *FieldOf) Pos() sqlerr.Pos { return e.P }

func (*Col) isExpr()     {}
func (*Const) isExpr()   {}
func (*Param) isExpr()   {}
func (*Call) isExpr()    {}
func (*Case) isExpr()    {}
func (*Cast) isExpr()    {}
func (*FieldOf) isExpr() {}
