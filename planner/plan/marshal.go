package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/penstock/penstock/catalog"
)

// Version is that of the JSON form. It goes up when old plans can no longer be read.
const Version = 1

// header is a Query in JSON but for its root.
type header struct {
	Version     int             `json:"version"`
	Params      []catalog.Type  `json:"params,omitempty"`
	Notices     []string        `json:"notices,omitempty"`
	Parallelism int             `json:"parallelism,omitempty"`
	Uses        []string        `json:"uses,omitempty"`
	Root        json.RawMessage `json:"root"`
}

// MarshalQuery writes a plan as versioned JSON:
// {"version":1,"root":{"node":"project",…,"input":{…}}}.
func MarshalQuery(q *Query) ([]byte, error) {
	var b bytes.Buffer
	if err := writeNode(&b, q.Root); err != nil {
		return nil, err
	}
	return json.Marshal(header{Version: Version, Params: q.Params, Notices: q.Notices, Parallelism: q.Parallelism, Uses: q.Uses, Root: b.Bytes()})
}

// UnmarshalQuery reads a plan back.
func UnmarshalQuery(data []byte) (*Query, error) {
	var h header
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if h.Version != Version {
		return nil, fmt.Errorf("plan: version %d, not %d", h.Version, Version)
	}
	root, err := readNode(h.Root)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	return &Query{Root: root, Params: h.Params, Notices: h.Notices, Parallelism: h.Parallelism, Uses: h.Uses}, nil
}

// open writes a struct's own fields with its kind in front, and leaves the
// brace open for what hangs below.
func open(b *bytes.Buffer, key, kind string, v any) error {
	own, err := json.Marshal(v)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, `{"%s":"%s"`, key, kind)
	if len(own) > 2 {
		b.WriteByte(',')
		b.Write(own[1 : len(own)-1])
	}
	return nil
}

func writeNode(b *bytes.Buffer, n Node) error {
	kind := nodeKind(n)
	if kind == "" {
		return fmt.Errorf("plan: unknown node %T", n)
	}
	if err := open(b, "node", kind, n); err != nil {
		return err
	}
	if err := writeNodeExprs(b, n); err != nil {
		return err
	}
	if ins := n.Inputs(); len(ins) > 0 {
		b.WriteString(`,"inputs":[`)
		for i, in := range ins {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeNode(b, in); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return nil
}

// writeNodeExprs writes a node's own expressions; Values' as rows.
func writeNodeExprs(b *bytes.Buffer, n Node) error {
	v, ok := n.(*Values)
	if !ok {
		return writeExprs(b, "exprs", Exprs(n))
	}
	b.WriteString(`,"rows":[`)
	for i, r := range v.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeList(b, r); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writeExprs(b *bytes.Buffer, key string, xs []Expr) error {
	if len(xs) == 0 {
		return nil
	}
	fmt.Fprintf(b, `,"%s":`, key)
	return writeList(b, xs)
}

func writeList(b *bytes.Buffer, xs []Expr) error {
	b.WriteByte('[')
	for i, x := range xs {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeExpr(b, x); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writeExpr(b *bytes.Buffer, x Expr) error {
	kind := exprKind(x)
	if kind == "" {
		return fmt.Errorf("plan: unknown expression %T", x)
	}
	if err := open(b, "expr", kind, x); err != nil {
		return err
	}
	if c, ok := x.(*Case); ok && c.Else != nil {
		b.WriteString(`,"else":true`)
	}
	if err := writeExprs(b, "args", Operands(x)); err != nil {
		return err
	}
	b.WriteByte('}')
	return nil
}

func nodeKind(n Node) string {
	switch n.(type) {
	case *Scan:
		return "scan"
	case *Values:
		return "values"
	case *Filter:
		return "filter"
	case *Project:
		return "project"
	case *Watermark:
		return "watermark"
	case *WindowAssign:
		return "window"
	case *Aggregate:
		return "aggregate"
	case *Sort:
		return "sort"
	case *Limit:
		return "limit"
	case *Union:
		return "union"
	case *Unnest:
		return "unnest"
	case *Expand:
		return "expand"
	case *Join:
		return "join"
	case *Exchange:
		return "exchange"
	case *Sink:
		return "sink"
	}
	return ""
}

func exprKind(x Expr) string {
	switch x.(type) {
	case *Col:
		return "column"
	case *Const:
		return "const"
	case *Param:
		return "param"
	case *Call:
		return "call"
	case *Case:
		return "case"
	case *Cast:
		return "cast"
	case *FieldOf:
		return "field"
	}
	return ""
}
