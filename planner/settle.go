package planner

import (
	"math"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// settleJoins gives the joins of a FROM list their keys and time bounds, with
// the help of the WHERE conditions, which inner joins take in. It is no rewrite
// rule: whether a join of streams is possible at all hangs on it.
func (b *binder) settleJoins(n plan.Node, conds []plan.Expr) (plan.Node, error) {
	switch n := n.(type) {
	case *plan.Join:
		if _, open := b.joins[n]; open {
			if out, err := b.settleLookup(n, conds); out != nil || err != nil {
				return out, err
			}
			return b.settleJoin(n, conds)
		}
	case *plan.Unnest, *plan.Expand:
		input := n.Inputs()[0]
		width := len(input.Schema())
		below, rest := splitConds(b, conds, 0, width)
		in, err := b.settleJoins(input, below)
		if err != nil {
			return nil, err
		}
		return filter(plan.WithInputs(n, []plan.Node{in}), rest), nil
	case *plan.Filter: // the condition of an UNNEST
		in, err := b.settleJoins(n.Input, nil)
		if err != nil {
			return nil, err
		}
		return filter(&plan.Filter{Input: in, Cond: n.Cond}, conds), nil
	}
	return filter(n, conds), nil
}

// splitConds takes out the conditions over columns [from, to) alone.
func splitConds(b *binder, conds []plan.Expr, from, to int) (inside, rest []plan.Expr) {
	for _, c := range conds {
		if usesOnly(c, from, to) && b.immutable(c) {
			inside = append(inside, c)
		} else {
			rest = append(rest, c)
		}
	}
	return inside, rest
}

// settleJoin settles one join and those below it. Conditions that are about one
// side only go to that side where the kind of join lets them.
func (b *binder) settleJoin(j *plan.Join, where []plan.Expr) (plan.Node, error) {
	pos := b.joins[j]
	lw := len(j.Left.Schema())
	width := lw + len(j.Right.Schema())
	on := conjuncts(j.Residual)
	var toLeft, toRight, above []plan.Expr
	if j.Kind == plan.Inner {
		on = append(on, where...)
	} else {
		above = where
		if j.Kind == plan.Left {
			toLeft, above = splitConds(b, above, 0, lw)
		}
		if j.Kind == plan.Right {
			toRight, above = splitConds(b, above, lw, width)
		}
	}
	if j.Kind == plan.Inner || j.Kind == plan.Right {
		var x []plan.Expr
		x, on = splitConds(b, on, 0, lw)
		toLeft = append(toLeft, x...)
	}
	if j.Kind == plan.Inner || j.Kind == plan.Left {
		var x []plan.Expr
		x, on = splitConds(b, on, lw, width)
		toRight = append(toRight, x...)
	}
	for i, c := range toRight {
		toRight[i] = shift(c, -lw)
	}
	left, err := b.settleJoins(j.Left, toLeft)
	if err != nil {
		return nil, err
	}
	right, err := b.settleJoins(j.Right, toRight)
	if err != nil {
		return nil, err
	}
	s := &settling{b: b, join: &plan.Join{Left: left, Right: right, Kind: j.Kind}, lw: lw, width: width, pos: pos}
	if err := s.time(on); err != nil {
		return nil, err
	}
	return filter(s.keys(on), above), nil
}

// settling is a join on its way to keys and bounds.
type settling struct {
	b         *binder
	join      *plan.Join
	lw, width int
	pos       sqlerr.Pos
}

// keys makes hash keys of the equalities between the sides. Keys that are
// expressions become columns below, and vanish again above.
func (s *settling) keys(on []plan.Expr) plan.Node {
	j := s.join
	var rest []plan.Expr
	var leftKeys, rightKeys []plan.Expr
	for _, c := range on {
		l, r, ok := s.equality(c)
		if !ok {
			rest = append(rest, c)
			continue
		}
		leftKeys, rightKeys = append(leftKeys, l), append(rightKeys, shift(r, -s.lw))
	}
	for _, k := range leftKeys {
		var i int
		j.Left, i = withColumn(j.Left, k, exprName(k))
		j.LeftKeys = append(j.LeftKeys, i)
	}
	for _, k := range rightKeys {
		var i int
		j.Right, i = withColumn(j.Right, k, exprName(k))
		j.RightKeys = append(j.RightKeys, i)
	}
	grown := len(j.Left.Schema()) - s.lw
	residual := conjunction(rest)
	if residual != nil && grown > 0 {
		residual = plan.TransformExpr(residual, func(x plan.Expr) plan.Expr {
			if c, ok := x.(*plan.Col); ok && c.Index >= s.lw {
				d := *c
				d.Index += grown
				return &d
			}
			return x
		})
	}
	j.Residual = residual
	if len(j.Schema()) == s.width {
		return j
	}
	out := &plan.Project{Input: j}
	for i, c := range j.Schema() {
		if i < s.lw || i >= s.lw+grown && i < s.width+grown {
			out.Exprs, out.Names = append(out.Exprs, &plan.Col{Index: i, Name: c.Name, T: c.Type}), append(out.Names, c.Name)
		}
	}
	return out
}

// equality takes left = right apart, in that order.
func (s *settling) equality(x plan.Expr) (l, r plan.Expr, ok bool) {
	c, is := x.(*plan.Call)
	if !is || c.Fn != "=" || !s.b.immutable(x) || constant(c.Args[0]) || constant(c.Args[1]) {
		return nil, nil, false
	}
	l, r = c.Args[0], c.Args[1]
	if usesOnly(r, 0, s.lw) {
		l, r = r, l
	}
	return l, r, usesOnly(l, 0, s.lw) && usesOnly(r, s.lw, s.width)
}

// constant says that an expression has no columns.
func constant(x plan.Expr) bool { return usesOnly(x, 0, 0) }

// immutable says that an expression gives the same value each time it is computed.
func (b *binder) immutable(x plan.Expr) bool {
	ok := true
	plan.WalkExpr(x, func(e plan.Expr) bool {
		if c, is := e.(*plan.Call); is {
			for _, s := range b.signatures(c.Fn) {
				ok = ok && !s.Volatile
			}
		}
		return ok
	})
	return ok
}

// time finds the bounds of a join of streams.
func (s *settling) time(on []plan.Expr) error {
	j := s.join
	if j.Left.Bounded() && j.Right.Bounded() {
		return nil // every row can be kept
	}
	pairs := s.timePairs(on)
	// First those whose event time is declared; then those where it can be made.
	for _, make := range []bool{false, true} {
		for _, p := range pairs {
			if p.Lower == math.MinInt64 || p.Upper == math.MaxInt64 {
				continue
			}
			left, right := j.Left, j.Right
			if make {
				var err error
				if left, err = s.b.ensureTime(left, p.LeftCol); err != nil {
					continue
				}
				if right, err = s.b.ensureTime(right, p.RightCol); err != nil {
					continue
				}
			} else if !props(left)[p.LeftCol].event || !props(right)[p.RightCol].event {
				continue
			}
			j.Left, j.Right, j.Time = left, right, p
			return nil
		}
	}
	if j.Left.Bounded() != j.Right.Bounded() {
		return sqlerr.New(sqlerr.FeatureNotSupported, "%s of an unbounded stream with a bounded table without a bound in time is not supported", joinKindName(j.Kind)).At(s.pos).
			Hint("make the table a lookup table (CREATE LOOKUP TABLE), which a stream may join by its columns, or bound the stream with 'scan.bounded.mode' = 'latest-offset'")
	}
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s of unbounded streams without a bound in time is not supported", joinKindName(j.Kind)).At(s.pos).
		Hint("add a condition such as a.ts BETWEEN b.ts - INTERVAL '10' MINUTE AND b.ts, or join equal windows, or bound the scans with 'scan.bounded.mode' = 'latest-offset'")
}

// timePairs collects the bounds that the conditions set for each pair of
// columns: left + Lower <= right <= left + Upper.
func (s *settling) timePairs(on []plan.Expr) []*plan.JoinTime {
	var pairs []*plan.JoinTime
	at := func(l, r int) *plan.JoinTime {
		for _, p := range pairs {
			if p.LeftCol == l && p.RightCol == r {
				return p
			}
		}
		p := &plan.JoinTime{LeftCol: l, RightCol: r, Lower: math.MinInt64, Upper: math.MaxInt64}
		pairs = append(pairs, p)
		return p
	}
	for _, x := range on {
		c, ok := x.(*plan.Call)
		if !ok || !isComparison(c.Fn) || c.Fn == "<>" {
			continue
		}
		a, da, okA := linear(c.Args[0])
		z, dz, okZ := linear(c.Args[1])
		if !okA || !okZ || (a < s.lw) == (z < s.lw) {
			continue
		}
		op := c.Fn
		if a >= s.lw { // let a be the left side's
			a, da, z, dz = z, dz, a, da
			op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[op]
		}
		p := at(a, z-s.lw)
		d := da - dz // left + da op right + dz
		if op[0] == '<' || op == "=" {
			p.Lower = max(p.Lower, d)
		}
		if op[0] == '>' || op == "=" {
			p.Upper = min(p.Upper, d)
		}
	}
	return pairs
}

// linear reads column ± constant interval.
func linear(x plan.Expr) (col int, micros int64, ok bool) {
	x = stripCasts(x)
	switch e := x.(type) {
	case *plan.Col:
		return e.Index, 0, e.T.Kind == catalog.Timestamp || e.T.Kind == catalog.TimestampLTZ
	case *plan.Call:
		if len(e.Args) != 2 || e.Fn != "+" && e.Fn != "-" {
			return 0, 0, false
		}
		l, r := e.Args[0], e.Args[1]
		if _, swapped := constInterval(l); swapped && e.Fn == "+" {
			l, r = r, l
		}
		v, isConst := constInterval(r)
		d, fixed := v.FixedMicros()
		if !isConst || !fixed || d > maxJoinBound || d < -maxJoinBound {
			return 0, 0, false
		}
		if e.Fn == "-" {
			d = -d
		}
		col, micros, ok = linear(l)
		return col, micros + d, ok && micros+d <= maxJoinBound && micros+d >= -maxJoinBound
	}
	return 0, 0, false
}

// maxJoinBound keeps sums of bounds far from overflow (some 18,000 years).
const maxJoinBound = int64(1) << 59
