package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// lookupSide is a lookup table as one side of a join: its scan, maybe with its
// columns rearranged and renamed.
type lookupSide struct {
	table *catalog.Table
	// cols are the table's columns in the order of schema.
	cols   []int
	schema catalog.Schema
}

// lookupOf reads a node as a lookup table; nil when it is anything else.
func lookupOf(n plan.Node) *lookupSide {
	switch n := n.(type) {
	case *plan.Scan:
		if !n.Table.Lookup {
			return nil
		}
		s := &lookupSide{table: &n.Table, schema: n.Schema()}
		for _, c := range n.Columns {
			i := slices.IndexFunc(n.Table.Columns, func(t catalog.TableColumn) bool { return t.Name == c.Name })
			s.cols = append(s.cols, i)
		}
		return s
	case *plan.Project:
		in := lookupOf(n.Input)
		if in == nil {
			return nil
		}
		s := &lookupSide{table: in.table, schema: n.Schema()}
		for _, e := range n.Exprs {
			c, ok := e.(*plan.Col)
			if !ok || slices.Contains(s.cols, in.cols[c.Index]) {
				return nil
			}
			s.cols = append(s.cols, in.cols[c.Index])
		}
		return s
	}
	return nil
}

// cacheMode is the option cache of a lookup table: full, partial or none.
func cacheMode(t *catalog.Table) string {
	if v, ok := t.Option("cache"); ok {
		return lower(v)
	}
	return "full"
}

// keyColumns are the places of the primary key's columns.
func keyColumns(t *catalog.Table) []int {
	cols := make([]int, len(t.PrimaryKey))
	for i, name := range t.PrimaryKey {
		cols[i] = slices.IndexFunc(t.Columns, func(c catalog.TableColumn) bool { return c.Name == name })
	}
	return cols
}

// settleLookup makes a join with a lookup table on its right an Expand. It
// returns nil, and no error, where a hash join of bounded inputs has to do.
func (b *binder) settleLookup(j *plan.Join, where []plan.Expr) (plan.Node, error) {
	pos := b.joins[j]
	l := lookupOf(j.Right)
	if l == nil {
		if l = lookupOf(j.Left); l != nil && !j.Right.Bounded() {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "lookup table \"%s\" on the left side of a join with a stream is not supported", l.table.Name).
				At(pos).Hint("write the stream first: FROM stream JOIN %s ON …", catalog.QuoteIdent(l.table.Name))
		}
		return nil, nil
	}
	if j.Kind != plan.Inner && j.Kind != plan.Left {
		if j.Left.Bounded() {
			return nil, nil
		}
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s of a stream with lookup table \"%s\" is not supported", joinKindName(j.Kind), l.table.Name).
			At(pos).Hint("INNER and LEFT JOIN are: a stream never tells which rows of the table it will not ask for")
	}
	lw := len(j.Left.Schema())
	on := conjuncts(j.Residual)
	var toLeft, above []plan.Expr
	if j.Kind == plan.Inner {
		toLeft, on = splitConds(b, append(on, where...), 0, lw)
	} else {
		toLeft, above = splitConds(b, where, 0, lw)
	}
	k := &lookupKeys{b: b, side: l, lw: lw}
	k.take(on)
	if len(k.keys) == 0 && j.Left.Bounded() {
		return nil, nil
	}
	if err := k.check(pos); err != nil {
		return nil, err
	}
	left, err := b.settleJoins(j.Left, toLeft)
	if err != nil {
		return nil, err
	}
	k.sort()
	e := &plan.Expand{Input: left, Lookup: l.table, Args: k.args, Keys: k.keys, Columns: l.cols, Cols: l.schema,
		Left: j.Kind == plan.Left, Residual: conjunction(k.rest), WindowEnd: -1, P: pos}
	return filter(e, above), nil
}

// lookupKeys sorts the conditions of a lookup join: those that are questions,
// and those that answers are judged by.
type lookupKeys struct {
	b    *binder
	side *lookupSide
	lw   int
	args []plan.Expr
	keys []int
	rest []plan.Expr
	cast string // a column that only a cast keeps from being a key
}

func (k *lookupKeys) take(on []plan.Expr) {
	for _, c := range on {
		if !k.question(c, false) {
			k.rest = append(k.rest, c)
		}
	}
	if cacheMode(k.side.table) == "full" || len(k.keys) == 0 {
		return
	}
	// The source finds rows by the whole primary key alone: constants may be part of it.
	k.rest = slices.DeleteFunc(k.rest, func(c plan.Expr) bool { return k.question(c, true) })
}

// question makes a key of an equality between a column of the table and an
// expression of the left side; with constants, between a column of the primary
// key and a constant.
func (k *lookupKeys) question(x plan.Expr, constants bool) bool {
	c, ok := x.(*plan.Call)
	if !ok || c.Fn != "=" || !k.b.immutable(x) {
		return false
	}
	for i, a := range c.Args {
		arg, col, ok := k.pair(a, c.Args[1-i])
		if !ok || constant(arg) != constants || slices.Contains(k.keys, col) {
			continue
		}
		if constants && !slices.Contains(keyColumns(k.side.table), col) {
			continue
		}
		k.args, k.keys = append(k.args, arg), append(k.keys, col)
		return true
	}
	return false
}

// pair reads a as a column of the table and other as what it equals.
func (k *lookupKeys) pair(a, other plan.Expr) (arg plan.Expr, col int, ok bool) {
	if !usesOnly(other, 0, k.lw) {
		return nil, 0, false
	}
	if cast, is := a.(*plan.Cast); is {
		if c, is := cast.X.(*plan.Col); is && c.Index >= k.lw {
			k.cast = c.Name
		}
	}
	c, arg, ok := keyPair(a, other)
	if !ok || c.Index < k.lw {
		return nil, 0, false
	}
	return arg, k.side.cols[c.Index-k.lw], true
}

// keyPair reads one side of an equality as a column and gives what the column's
// own values must equal. A column that the comparison widens to a larger
// integer is still found by its own value: one that does not fit equals nothing.
func keyPair(a, other plan.Expr) (c *plan.Col, arg plan.Expr, ok bool) {
	switch e := a.(type) {
	case *plan.Col:
		return e, other, true
	case *plan.Cast:
		c, ok = e.X.(*plan.Col)
		if ok && !e.Try && c.T.IsInteger() && e.T.IsInteger() && other.Type().IsInteger() {
			return c, &plan.Cast{X: other, T: c.T, Try: true, P: other.Pos()}, true
		}
	}
	return nil, nil, false
}

// check wants a key at all, and the whole primary key where the source is asked.
func (k *lookupKeys) check(pos sqlerr.Pos) error {
	t := k.side.table
	name := catalog.QuoteIdent(t.Name)
	if len(k.keys) == 0 {
		e := sqlerr.New(sqlerr.FeatureNotSupported, "a join with lookup table \"%s\" without an equality on one of its columns is not supported", t.Name).At(pos)
		if k.cast != "" {
			return e.Hint("cast the other side to the type of %s.%s, so that rows are found by the column itself", name, catalog.QuoteIdent(k.cast))
		}
		return e.Hint("add a condition such as ON x = %s.%s", name, catalog.QuoteIdent(t.Columns[firstKey(t)].Name))
	}
	mode := cacheMode(t)
	if mode == "full" || sameSet(k.keys, keyColumns(t)) {
		return nil
	}
	e := sqlerr.New(sqlerr.FeatureNotSupported, "a join with lookup table \"%s\" by other than its primary key is not supported with 'cache' = '%s'", t.Name, mode).At(pos)
	if len(t.PrimaryKey) == 0 {
		return e.Hint("declare the key: PRIMARY KEY (…) NOT ENFORCED, or hold the whole table with 'cache' = 'full'")
	}
	return e.Hint("compare (%s), all with =, or hold the whole table with 'cache' = 'full'", strings.Join(t.PrimaryKey, ", "))
}

func firstKey(t *catalog.Table) int {
	if k := keyColumns(t); len(k) > 0 {
		return k[0]
	}
	return 0
}

func sameSet(a, b []int) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x int) bool { return !slices.Contains(b, x) })
}

// sort puts the keys in the order of the primary key where they are its columns,
// else in that of the table, so that queries that ask alike share an index.
func (k *lookupKeys) sort() {
	order := keyColumns(k.side.table)
	if !sameSet(k.keys, order) {
		order = slices.Sorted(slices.Values(k.keys))
	}
	args := make([]plan.Expr, len(order))
	for i, col := range order {
		args[i] = k.args[slices.Index(k.keys, col)]
	}
	k.args, k.keys = args, order
}

// checkAsOf checks FOR SYSTEM_TIME AS OF x behind a table on the right side of a
// join: a lookup table has no time but the present.
func (b *binder) checkAsOf(it parser.FromItem, left, right *rel) error {
	t, ok := it.(*parser.TableRef)
	if !ok || t.AsOf == nil {
		return nil
	}
	if lookupOf(right.node) == nil {
		return b.unsupported(t.Name.Pos(), "FOR SYSTEM_TIME AS OF with other than a lookup table").
			Hint("CREATE LOOKUP TABLE makes one")
	}
	if left == nil {
		return sqlerr.New(sqlerr.FeatureNotSupported, "FOR SYSTEM_TIME AS OF is supported only on the right side of a join").At(b.pos(t.Name.Pos())).
			Hint("write FROM stream AS s JOIN %s FOR SYSTEM_TIME AS OF PROCTIME() ON …", catalog.QuoteIdent(t.Name.Last().Text))
	}
	x, err := b.expr(t.AsOf, &exprScope{rel: left, clause: "FOR SYSTEM_TIME AS OF"})
	if c, ok := t.AsOf.(*parser.ColumnRef); ok && err != nil && sqlerr.CodeOf(err) == sqlerr.UndefinedColumn && isProcTimeName(c) {
		// Scripts for Flink name a column of the processing time, which a table here need not declare:
		// there is no other time that a lookup table could be read at.
		return nil
	}
	if err != nil {
		return err
	}
	pos := b.pos(beginning(t.AsOf))
	if !x.Type().IsTimestamp() {
		return sqlerr.New(sqlerr.DatatypeMismatch, "FOR SYSTEM_TIME AS OF takes a TIMESTAMP, not %s", typeName(x.Type())).At(pos)
	}
	x = stripCasts(x)
	if c, ok := x.(*plan.Col); ok && isClockColumn(left.node, c.Index) || isNow(x) {
		return nil
	}
	return sqlerr.New(sqlerr.FeatureNotSupported, "FOR SYSTEM_TIME AS OF a time other than PROCTIME() is not supported").At(pos).
		Hint("a lookup table has only its current rows; declare a column: proctime AS PROCTIME(), or leave FOR SYSTEM_TIME away")
}

// isProcTimeName tells the names that columns of the processing time go by.
func isProcTimeName(c *parser.ColumnRef) bool {
	name := strings.ReplaceAll(strings.ToLower(c.Parts[len(c.Parts)-1].Text), "_", "")
	return name == "proctime" || name == "processingtime"
}

// isNow tells the functions that give the present time.
func isNow(x plan.Expr) bool {
	c, ok := x.(*plan.Call)
	return ok && (isClock(c) || c.Fn == "now" || c.Fn == "current_timestamp" || c.Fn == "localtimestamp")
}
