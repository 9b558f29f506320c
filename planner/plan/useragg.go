package plan

import (
	"bytes"
	"encoding/json"

	"github.com/penstock/penstock/catalog"
)

// UserAgg is an aggregate written in SQL, bound and typed. Values of the state
// are assigned all at once: each expression sees the state as it was before.
type UserAgg struct {
	State []catalog.Type
	// Init are expressions without columns, one a state column.
	Init []Expr
	// Accumulate gives each state column's new value, over the state's columns followed
	// by the arguments' (nil: unchanged).
	Accumulate []Expr
	// Merge likewise, over the state's columns followed by the other state's; nil
	// as a whole: the aggregate cannot be computed in two phases.
	Merge []Expr
	// Result is over the state's columns.
	Result Expr
}

// userAggWire is the JSON form.
type userAggWire struct {
	State      []catalog.Type    `json:"state"`
	Init       []json.RawMessage `json:"init"`
	Accumulate []json.RawMessage `json:"accumulate"`
	Merge      []json.RawMessage `json:"merge,omitempty"`
	Result     json.RawMessage   `json:"result"`
}

// MarshalJSON writes the expressions as those of nodes are written.
func (u *UserAgg) MarshalJSON() ([]byte, error) {
	w := userAggWire{State: u.State}
	var err error
	if w.Init, err = rawExprs(u.Init); err != nil {
		return nil, err
	}
	if w.Accumulate, err = rawExprs(u.Accumulate); err != nil {
		return nil, err
	}
	if w.Merge, err = rawExprs(u.Merge); err != nil {
		return nil, err
	}
	if w.Result, err = rawExpr(u.Result); err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads them back.
func (u *UserAgg) UnmarshalJSON(data []byte) error {
	var w userAggWire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	u.State = w.State
	var err error
	if u.Init, err = exprsOf(w.Init); err != nil {
		return err
	}
	if u.Accumulate, err = exprsOf(w.Accumulate); err != nil {
		return err
	}
	if u.Merge, err = exprsOf(w.Merge); err != nil {
		return err
	}
	u.Result, err = readExpr(w.Result)
	return err
}

func rawExpr(x Expr) (json.RawMessage, error) {
	if x == nil {
		return json.RawMessage("null"), nil
	}
	var b bytes.Buffer
	if err := writeExpr(&b, x); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func rawExprs(xs []Expr) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, x := range xs {
		r, err := rawExpr(x)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func exprsOf(list []json.RawMessage) ([]Expr, error) {
	var out []Expr
	for _, d := range list {
		if string(d) == "null" {
			out = append(out, nil)
			continue
		}
		x, err := readExpr(d)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
