package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Fingerprint is equal for plans that do the same: positions, the names that
// columns go by inside the plan, notices and how the tables came about do not count.
func Fingerprint(q *Query) string {
	root := Transform(q.Root, func(n Node) Node { return canonicalNode(n) })
	var b bytes.Buffer
	if err := writeNode(&b, root); err != nil {
		return ""
	}
	fmt.Fprintf(&b, "|%d", q.Parallelism)
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:16])
}

func canonicalNode(n Node) Node {
	n = MapExprs(n, func(x Expr) Expr { return TransformExpr(x, canonicalExpr) })
	switch n := n.(type) {
	case *Scan:
		c := *n
		c.Table.SQL, c.Table.Comment, c.Table.Created = "", "", time.Time{}
		return &c
	case *Sink:
		c := *n
		c.Table.SQL, c.Table.Comment, c.Table.Created = "", "", time.Time{}
		return &c
	case *Project:
		c := *n
		c.Names = nil
		return &c
	case *Aggregate:
		c := *n
		c.Names = nil
		return &c
	case *Union:
		c := *n
		c.Names = nil
		return &c
	case *Expand:
		return n.canonical()
	case *Values:
		c := *n
		c.Cols = slices.Clone(n.Cols)
		for i := range c.Cols {
			c.Cols[i].Name = ""
		}
		return &c
	}
	return n
}

// canonicalExpr copies an expression without its place and names.
func canonicalExpr(x Expr) Expr {
	switch e := x.(type) {
	case *Col:
		return &Col{Index: e.Index, T: e.T}
	case *Const:
		return &Const{T: e.T, Null: e.Null, Text: e.Text}
	case *Param:
		return &Param{N: e.N, T: e.T}
	case *Call:
		c := *e
		c.P = 0
		return &c
	case *Case:
		c := *e
		c.P = 0
		return &c
	case *Cast:
		c := *e
		c.P = 0
		return &c
	case *FieldOf:
		c := *e
		c.P, c.Name = 0, ""
		return &c
	}
	return x
}
