package plan

import (
	"encoding/json"
	"errors"
	"fmt"
)

// wireNode is what hangs below a node in JSON.
type wireNode struct {
	Node   string              `json:"node"`
	Inputs []json.RawMessage   `json:"inputs"`
	Exprs  []json.RawMessage   `json:"exprs"`
	Rows   [][]json.RawMessage `json:"rows"`
}

var errShape = errors.New("a node or expression has the wrong number of parts")

func newNode(kind string) Node {
	switch kind {
	case "scan":
		return &Scan{}
	case "values":
		return &Values{}
	case "filter":
		return &Filter{}
	case "project":
		return &Project{}
	case "watermark":
		return &Watermark{}
	case "window":
		return &WindowAssign{}
	case "aggregate":
		return &Aggregate{}
	case "sort":
		return &Sort{}
	case "limit":
		return &Limit{}
	case "union":
		return &Union{}
	case "unnest":
		return &Unnest{}
	case "expand":
		return &Expand{}
	case "join":
		return &Join{}
	case "exchange":
		return &Exchange{}
	case "sink":
		return &Sink{}
	}
	return nil
}

func readNode(data json.RawMessage) (Node, error) {
	var w wireNode
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	n := newNode(w.Node)
	if n == nil {
		return nil, fmt.Errorf("unknown node %q", w.Node)
	}
	if err := json.Unmarshal(data, n); err != nil {
		return nil, err
	}
	var ins []Node
	for _, d := range w.Inputs {
		in, err := readNode(d)
		if err != nil {
			return nil, err
		}
		ins = append(ins, in)
	}
	exprs, err := readList(w.Exprs)
	if err != nil {
		return nil, err
	}
	return fill(n, ins, exprs, w.Rows)
}

// fill hangs inputs and expressions into a node.
func fill(n Node, ins []Node, exprs []Expr, rows [][]json.RawMessage) (Node, error) {
	want, atLeast := 1, 0
	switch n := n.(type) {
	case *Scan:
		want = 0
	case *Values:
		want = 0
		for _, r := range rows {
			xs, err := readList(r)
			if err != nil || len(xs) != len(n.Cols) {
				return nil, errors.Join(err, errShape)
			}
			n.Rows = append(n.Rows, append([]Expr{}, xs...))
		}
	case *Join:
		want = 2
		if len(exprs) == 1 {
			n.Residual = exprs[0]
		}
	case *Union:
		want, atLeast = len(ins), 1
	case *Filter:
		if len(exprs) != 1 {
			return nil, errShape
		}
		n.Cond = exprs[0]
	case *Unnest:
		if len(exprs) != 1 {
			return nil, errShape
		}
		n.X = exprs[0]
	case *Expand:
		if err := n.take(exprs); err != nil {
			return nil, err
		}
	case *Project:
		if len(exprs) != len(n.Names) {
			return nil, errShape
		}
		n.Exprs = exprs
	}
	if len(ins) != want || len(ins) < atLeast {
		return nil, errShape
	}
	return WithInputs(n, ins), nil
}

func readList(list []json.RawMessage) ([]Expr, error) {
	var out []Expr
	for _, d := range list {
		x, err := readExpr(d)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// wireExpr is what hangs below an expression.
type wireExpr struct {
	Expr string            `json:"expr"`
	Args []json.RawMessage `json:"args"`
	Else bool              `json:"else"`
}

func readExpr(data json.RawMessage) (Expr, error) {
	var w wireExpr
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	args, err := readList(w.Args)
	if err != nil {
		return nil, err
	}
	var x Expr
	switch w.Expr {
	case "column":
		x = &Col{}
	case "const":
		x = &Const{}
	case "param":
		x = &Param{}
	case "call":
		x = &Call{Args: args}
	case "case":
		c, err := readCase(args, w.Else)
		if err != nil {
			return nil, err
		}
		x = c
	case "cast", "field":
		if len(args) != 1 {
			return nil, errShape
		}
		if w.Expr == "cast" {
			x = &Cast{X: args[0]}
		} else {
			x = &FieldOf{X: args[0]}
		}
	default:
		return nil, fmt.Errorf("unknown expression %q", w.Expr)
	}
	return x, json.Unmarshal(data, x)
}

func readCase(args []Expr, last bool) (*Case, error) {
	c := &Case{}
	if last {
		if len(args) == 0 {
			return nil, errShape
		}
		c.Else = args[len(args)-1]
		args = args[:len(args)-1]
	}
	if len(args)%2 != 0 {
		return nil, errShape
	}
	for i := 0; i < len(args); i += 2 {
		c.Whens = append(c.Whens, When{args[i], args[i+1]})
	}
	return c, nil
}
