package parser

import (
	"fmt"
	"io"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
)

// value is the constant of the TiDB tree. Only the numbers of LIMIT slots ever
// become one: all other constants stay with us.
type value struct {
	ast.TexprNode
	v any
}

func init() {
	ast.NewValueExpr = func(v any, _, _ string) ast.ValueExpr { return &value{v: v} }
	ast.NewParamMarkerExpr = func(int) ast.ParamMarkerExpr { return &value{} }
	ast.NewDecimal = func(s string) (any, error) { return s, nil }
	ast.NewHexLiteral = func(s string) (any, error) { return s, nil }
	ast.NewBitLiteral = func(s string) (any, error) { return s, nil }
}

func (n *value) SetValue(v any)           { n.v = v }
func (n *value) GetValue() any            { return n.v }
func (n *value) GetString() string        { return fmt.Sprint(n.v) }
func (n *value) GetDatumString() string   { return n.GetString() }
func (n *value) GetProjectionOffset() int { return -1 }
func (n *value) SetProjectionOffset(int)  {}
func (n *value) SetOrder(int)             {}
func (n *value) Format(w io.Writer)       { fmt.Fprint(w, n.v) }

func (n *value) Restore(c *format.RestoreCtx) error {
	c.WritePlain(n.GetString())
	return nil
}

func (n *value) Accept(v ast.Visitor) (ast.Node, bool) {
	node, _ := v.Enter(n)
	return v.Leave(node)
}
