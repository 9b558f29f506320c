package plan

import (
	"github.com/penstock/penstock/catalog"
)

// Node is an operator of the plan. Its columns are Schema(), in order; the
// expressions in it speak of the columns of its inputs by index.
type Node interface {
	Schema() catalog.Schema
	Inputs() []Node
	// Bounded says that the rows come to an end by themselves.
	Bounded() bool
	isNode()
}

type (
	// Scan reads a table's connector. Its columns are exactly Columns: the
	// planner has pruned what no one needs, so the decoder need not touch it.
	Scan struct {
		// Table is the definition in force when the query was planned.
		Table   catalog.Table `json:"table"`
		Columns []ScanColumn  `json:"columns"`
		Ends    bool          `json:"bounded,omitempty"`
	}
	// Values is a list of constant rows.
	Values struct {
		Rows [][]Expr       `json:"-"`
		Cols catalog.Schema `json:"cols"`
	}
	// Filter keeps the rows for which Cond is true.
	Filter struct {
		Input Node `json:"-"`
		Cond  Expr `json:"-"`
	}
	// Project computes new columns.
	Project struct {
		Input Node     `json:"-"`
		Exprs []Expr   `json:"-"`
		Names []string `json:"names"`
	}
	// Watermark makes the watermark: greatest Time seen per split, less Delay. It stands
	// in the same task as the scan below it, before any exchange.
	Watermark struct {
		Input Node `json:"-"`
		// Time is the index of a TIMESTAMP column of the input. Rows in which
		// it is NULL do not move the watermark.
		Time int `json:"time"`
		// Delay and IdleTimeout are microseconds; IdleTimeout 0 means never idle.
		Delay       int64 `json:"delay"`
		IdleTimeout int64 `json:"idle_timeout"`
		// Implicit: the query windows on an expression without a declared watermark.
		Implicit bool `json:"implicit,omitempty"`
		// ProcTime: Time holds PROCTIME(), and the watermark is the clock less Delay.
		ProcTime bool `json:"proctime,omitempty"`
	}
	// WindowAssign is a window table function without aggregation: it adds
	// window_start, window_end, window_time to each row of the input. Rows whose time is NULL are dropped.
	WindowAssign struct {
		Input  Node   `json:"-"`
		Window Window `json:"window"`
	}
	// Aggregate groups rows. Its columns: window_start, window_end (when
	// Window is set), then the keys, then the aggregates' results (Phase Partial:
	// the aggregates' states, opaque columns).
	Aggregate struct {
		Input Node `json:"-"`
		// Window, when set, adds the window to the key and makes groups come out,
		// and their state go, when the watermark reaches window_end - 1 ms.
		// Without it groups come out at the end of bounded input.
		Window *Window   `json:"window,omitempty"`
		Keys   []int     `json:"keys"` // columns of the input (Phase Final: of the partial's output)
		Names  []string  `json:"names"`
		Aggs   []AggCall `json:"aggs"`
		Phase  Phase     `json:"phase,omitempty"`
		// TwoPhase says that all aggregates can be computed partially and merged.
		TwoPhase bool `json:"two_phase,omitempty"`
		// Types of the results, windows included, in the order of the columns.
		Types []catalog.Type `json:"types"`
	}
	// Sort orders bounded input; with Limit >= 0 only that many rows are kept.
	Sort struct {
		Input  Node      `json:"-"`
		Keys   []SortKey `json:"keys"`
		Limit  int64     `json:"limit"` // -1: none
		Offset int64     `json:"offset,omitempty"`
	}
	// Limit passes Count rows (-1: all) after the first Offset, then ends the query.
	Limit struct {
		Input  Node  `json:"-"`
		Count  int64 `json:"count"`
		Offset int64 `json:"offset,omitempty"`
		// CountParam and OffsetParam, where not 0, are the $N that BindParams
		// puts in place of Count and Offset.
		CountParam  int `json:"count_param,omitempty"`
		OffsetParam int `json:"offset_param,omitempty"`
	}
	// Union passes the rows of all inputs, which have equal types.
	Union struct {
		Ins   []Node   `json:"-"`
		Names []string `json:"names"`
	}
	// Unnest adds the elements of an array (or the fields of its rows, or a map's
	// key and value) to each row, a row an element. Outer keeps a row without elements.
	Unnest struct {
		Input      Node           `json:"-"`
		X          Expr           `json:"-"`
		Cols       catalog.Schema `json:"cols"`
		Outer      bool           `json:"outer,omitempty"`
		Ordinality bool           `json:"ordinality,omitempty"`
	}
	// Join is a hash join. Its columns: the left's, then the right's.
	Join struct {
		Left      Node     `json:"-"`
		Right     Node     `json:"-"`
		Kind      JoinKind `json:"kind"`
		LeftKeys  []int    `json:"left_keys"`
		RightKeys []int    `json:"right_keys"`
		// Residual is over left columns followed by right columns; nil: none.
		Residual Expr `json:"-"`
		// Time, when set, bounds the join in event time so that state can go:
		// left.time + Lower <= right.time <= left.time + Upper. It is implied by Residual (which still applies).
		Time *JoinTime `json:"time,omitempty"`
	}
	// Exchange moves rows to other tasks: by hash of Keys to Parallelism tasks,
	// or, when Keys is nil, from all tasks to one.
	Exchange struct {
		Input       Node  `json:"-"`
		Keys        []int `json:"keys"`
		Parallelism int   `json:"parallelism"`
	}
	// Sink writes rows to a table's connector. Input columns are the table's
	// physical columns in order (missing ones as NULL constants).
	Sink struct {
		Input Node          `json:"-"`
		Table catalog.Table `json:"table"`
	}
)

// ScanColumn is a column that a connector delivers.
type ScanColumn struct {
	Name string       `json:"name"`
	Type catalog.Type `json:"type"`
	// Meta is the metadata key ("topic", "offset", …); empty for a field of the
	// record.
	Meta string `json:"meta,omitempty"`
}

// WindowKind is the kind of a window; hop, session and cumulate would have their place here.
type WindowKind string

// Window kinds. Attached windows stand in two columns of the input already
// (window_start, window_end, made by a WindowAssign or an Aggregate below).
const (
	Tumble   WindowKind = "tumble"
	Attached WindowKind = "attached"
)

// Window says how rows fall into windows.
type Window struct {
	Kind WindowKind `json:"kind"`
	// Time is the input column with the event time (Tumble).
	Time int `json:"time,omitempty"`
	// Size and Offset are microseconds; the window of t starts at
	// t - mod(t - Offset, Size), windows being aligned to the epoch.
	Size   int64 `json:"size,omitempty"`
	Offset int64 `json:"offset,omitempty"`
	// Start and End are the input's columns with the bounds (Attached; also
	// for Phase Final, where they are 0 and 1).
	Start int `json:"start,omitempty"`
	End   int `json:"end,omitempty"`
}

// Phase tells the halves of a two-phase aggregation.
type Phase string

// Phases.
const (
	Single  Phase = ""
	Partial Phase = "partial"
	Final   Phase = "final"
)

// AggCall is one aggregate of an Aggregate node.
type AggCall struct {
	Fn       string         `json:"fn"`
	Args     []int          `json:"args"` // columns of the input; empty for COUNT(*)
	ArgTypes []catalog.Type `json:"arg_types"`
	Distinct bool           `json:"distinct,omitempty"`
	// Filter is a BOOLEAN column of the input, or -1.
	Filter int          `json:"filter"`
	T      catalog.Type `json:"type"`
	// Order, where set, is the order that rows are taken in: its keys are the last
	// of Args, in order.
	Order []AggOrder `json:"order,omitempty"`
	// User is set for an aggregate written in SQL.
	User *UserAgg `json:"user,omitempty"`
}

// AggOrder is a key of ORDER BY within an aggregate.
type AggOrder struct {
	Desc       bool `json:"desc,omitempty"`
	NullsFirst bool `json:"nulls_first,omitempty"`
}

// SortKey is a column to order by.
type SortKey struct {
	Col        int  `json:"col"`
	Desc       bool `json:"desc,omitempty"`
	NullsFirst bool `json:"nulls_first,omitempty"`
}

// JoinKind is a kind of join.
type JoinKind string

// Join kinds.
const (
	Inner JoinKind = "inner"
	Left  JoinKind = "left"
	Right JoinKind = "right"
	Full  JoinKind = "full"
)

// JoinTime bounds a join in event time, in microseconds.
type JoinTime struct {
	LeftCol  int   `json:"left"`
	RightCol int   `json:"right"`
	Lower    int64 `json:"lower"`
	Upper    int64 `json:"upper"`
}

// Query is a planned statement: a SELECT, or an INSERT whose root is a Sink.
type Query struct {
	Root Node
	// Params are the types of $1, $2, …
	Params []catalog.Type
	// Notices are told to the user (an implicit watermark, a reduced precision).
	Notices []string
	// Parallelism is what the plan was made for.
	Parallelism int
	// Uses names the tables and views that the plan was made from.
	Uses []string
}

// Schema of each node.
func (n *Scan) Schema() catalog.Schema {
	s := make(catalog.Schema, len(n.Columns))
	for i, c := range n.Columns {
		s[i] = catalog.Column{Name: c.Name, Type: c.Type}
	}
	return s
}

// Schema gives the columns.
func (n *Values) Schema() catalog.Schema { return n.Cols }

// Schema gives the columns.
func (n *Filter) Schema() catalog.Schema { return n.Input.Schema() }

// Schema gives the columns.
func (n *Project) Schema() catalog.Schema {
	s := make(catalog.Schema, len(n.Exprs))
	for i, e := range n.Exprs {
		s[i] = catalog.Column{Name: n.Names[i], Type: e.Type()}
	}
	return s
}

// Schema gives the columns.
func (n *Watermark) Schema() catalog.Schema { return n.Input.Schema() }

// Schema gives the columns.
func (n *WindowAssign) Schema() catalog.Schema {
	in := n.Input.Schema()
	t := catalog.Of(catalog.Timestamp).WithFrac(3)
	s := append(make(catalog.Schema, 0, len(in)+3), in...)
	return append(s, catalog.Column{Name: "window_start", Type: t}, catalog.Column{Name: "window_end", Type: t}, catalog.Column{Name: "window_time", Type: t})
}

// Schema gives the columns.
func (n *Aggregate) Schema() catalog.Schema {
	s := make(catalog.Schema, len(n.Types))
	for i := range s {
		s[i] = catalog.Column{Name: n.Names[i], Type: n.Types[i]}
	}
	return s
}

// Schema gives the columns.
func (n *Sort) Schema() catalog.Schema { return n.Input.Schema() }

// Schema gives the columns.
func (n *Limit) Schema() catalog.Schema { return n.Input.Schema() }

// Schema gives the columns.
func (n *Union) Schema() catalog.Schema {
	in := n.Ins[0].Schema()
	s := make(catalog.Schema, len(in))
	for i := range s {
		s[i] = catalog.Column{Name: n.Names[i], Type: in[i].Type}
	}
	return s
}

// Schema gives the columns.
func (n *Unnest) Schema() catalog.Schema {
	return append(append(catalog.Schema{}, n.Input.Schema()...), n.Cols...)
}

// Schema gives the columns.
func (n *Join) Schema() catalog.Schema {
	return append(append(catalog.Schema{}, n.Left.Schema()...), n.Right.Schema()...)
}

// Schema gives the columns.
func (n *Exchange) Schema() catalog.Schema { return n.Input.Schema() }

// Schema gives the columns.
func (n *Sink) Schema() catalog.Schema { return n.Input.Schema() }

// Inputs of each node, left to right.
func (n *Scan) Inputs() []Node { return nil }

// Inputs gives the inputs.
func (n *Values) Inputs() []Node { return nil }

// Inputs gives the inputs.
func (n *Filter) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Project) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Watermark) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *WindowAssign) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Sort) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Limit) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Union) Inputs() []Node { return n.Ins }

// Inputs gives the inputs.
func (n *Unnest) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

// Inputs gives the inputs.
func (n *Exchange) Inputs() []Node { return []Node{n.Input} }

// Inputs gives the inputs.
func (n *Sink) Inputs() []Node { return []Node{n.Input} }

// Bounded of each node: a scan knows, LIMIT ends anything, the rest inherit.
func (n *Scan) Bounded() bool { return n.Ends }

// Bounded is always true of constants.
func (n *Values) Bounded() bool { return true }

// Bounded is the input's.
func (n *Filter) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *Project) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *Watermark) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *WindowAssign) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *Aggregate) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *Sort) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's, but for a finite count.
func (n *Limit) Bounded() bool { return n.Count >= 0 || n.CountParam > 0 || n.Input.Bounded() }

// Bounded is true when every input is.
func (n *Union) Bounded() bool {
	for _, in := range n.Ins {
		if !in.Bounded() {
			return false
		}
	}
	return true
}

// Bounded is the input's.
func (n *Unnest) Bounded() bool { return n.Input.Bounded() }

// Bounded is true when both inputs are.
func (n *Join) Bounded() bool { return n.Left.Bounded() && n.Right.Bounded() }

// Bounded is the input's.
func (n *Exchange) Bounded() bool { return n.Input.Bounded() }

// Bounded is the input's.
func (n *Sink) Bounded() bool { return n.Input.Bounded() }

func (*Scan) isNode()         {}
func (*Values) isNode()       {}
func (*Filter) isNode()       {}
func (*Project) isNode()      {}
func (*Watermark) isNode()    {}
func (*WindowAssign) isNode() {}
func (*Aggregate) isNode()    {}
func (*Sort) isNode()         {}
func (*Limit) isNode()        {}
func (*Union) isNode()        {}
func (*Unnest) isNode()       {}
func (*Join) isNode()         {}
func (*Exchange) isNode()     {}
func (*Sink) isNode()         {}
