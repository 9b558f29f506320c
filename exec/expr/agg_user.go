package expr

import (
	"errors"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// resultsAhead is the most groups whose results are computed at once.
const resultsAhead = 1024

// userAgg is an aggregate written in SQL. Rows are applied in rounds, in each of which
// a group has one row at most, so that the expressions are evaluated over columns:
// the states of the round's groups and its rows' arguments.
type userAgg struct {
	u     *plan.UserAgg
	state []*slots
	// touched tells the groups that a row or a state has come to.
	touched []bool

	accumulate, merge *Program
	// sets[i] is the state column that the program's i-th result is for.
	sets, mergeSets []int
	result          exec.Eval

	// The rows in the order of the rounds, and where these begin.
	order, counts, rounds []int32
	// The states of a round's groups, then arguments, or other states.
	updates, pairs exec.Batch
	// Results of groups from..to-1, as long as nothing has changed.
	results  *exec.Column
	from, to int
	ahead    int
}

// NewUserAggregate makes the state of an aggregate written in SQL. Env may be nil.
func NewUserAggregate(u *plan.UserAgg, argTypes []catalog.Type, distinct bool, env *Env) (exec.Aggregate, error) {
	a := &userAgg{u: u}
	one := &exec.Batch{N: 1, Split: -1}
	for i, t := range u.State {
		s := &slots{col: exec.NewColumnOf(t), old: exec.NewColumnOf(t), init: exec.NewColumnOf(t)}
		switch s.col.Layout {
		case exec.Strings, exec.List, exec.MapOf, exec.Struct:
			s.indirect = true
		}
		if len(s.col.Kids) > 0 && u.Merge != nil {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "MERGE of an aggregate with a state of type %s", t)
		}
		if i >= len(u.Init) || u.Init[i] == nil {
			s.init.AppendNull()
		} else {
			e, err := Compile(u.Init[i], env)
			if err != nil {
				return nil, err
			}
			c, err := e.Eval(one)
			if err != nil {
				return nil, unrow(err)
			}
			s.init.AppendFrom(c, 0)
		}
		a.state = append(a.state, s)
		a.updates.Cols = append(a.updates.Cols, exec.NewColumnOf(t))
		a.pairs.Cols = append(a.pairs.Cols, exec.NewColumnOf(t))
	}
	var err error
	if a.accumulate, a.sets, err = a.assignments(u.Accumulate, env); err != nil {
		return nil, err
	}
	if u.Merge != nil {
		if a.merge, a.mergeSets, err = a.assignments(u.Merge, env); err != nil {
			return nil, err
		}
	}
	if a.result, err = Compile(u.Result, env); err != nil {
		return nil, err
	}
	a.results = exec.NewColumnOf(u.Result.Type())
	if distinct {
		if len(argTypes) == 0 {
			return nil, sqlerr.New(sqlerr.SyntaxError, "DISTINCT specified, but the aggregate has no argument")
		}
		return &distinctAgg{inner: a, keepNull: true, set: newGroupSet(argTypes)}, nil
	}
	return a, nil
}

// assignments compiles the expressions that change the state.
func (a *userAgg) assignments(list []plan.Expr, env *Env) (*Program, []int, error) {
	var exprs []plan.Expr
	var sets []int
	for i, e := range list {
		if e == nil {
			continue
		}
		if !sameLayout(e.Type(), a.u.State[i]) {
			return nil, nil, sqlerr.New(sqlerr.InternalError, "a value of type %s is assigned to a state of type %s", e.Type(), a.u.State[i])
		}
		exprs, sets = append(exprs, e), append(sets, i)
	}
	p, err := CompileAll(exprs, env)
	return p, sets, err
}

// unrow takes the SQL error out of a fault of a row.
func unrow(err error) error {
	if re, ok := errors.AsType[*exec.RowError](err); ok {
		return re.Err
	}
	return err
}

func (a *userAgg) Resize(n int) {
	for i := len(a.touched); i < n; i++ {
		for _, s := range a.state {
			s.add()
		}
	}
	a.touched = grow(a.touched, n)
}

func (a *userAgg) Reset() {
	for _, s := range a.state {
		s.reset()
	}
	a.touched = a.touched[:0]
	a.changed()
}

// changed forgets the results.
func (a *userAgg) changed() { a.from, a.to = 0, 0 }

// Bytes is the memory of the states.
func (a *userAgg) Bytes() int64 {
	n := int64(cap(a.touched))
	for _, s := range a.state {
		n += columnBytes(s.col) + int64(cap(s.row))*4
	}
	return n
}

func (a *userAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	return a.apply(a.accumulate, &a.updates, a.sets, groups, args, rows)
}

// Merge joins states, of which the last column tells whether a row had come.
func (a *userAgg) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	if a.merge == nil {
		return errOnePhase("an aggregate without MERGE")
	}
	k := len(a.state)
	live, liveRows := make([]int32, 0, len(groups)), make([]int32, 0, len(groups))
	for i, g := range groups {
		r := at(rows, i)
		switch {
		case !state[k].Bool[r]: // nothing has come to that group
		case !a.touched[g]:
			// The first state is taken as it is: that of no rows need not be neutral.
			for c, s := range a.state {
				s.set(int(g), state[c], r)
			}
			a.touched[g] = true
		default:
			live, liveRows = append(live, g), append(liveRows, int32(r))
		}
	}
	return a.apply(a.merge, &a.pairs, a.mergeSets, live, state[:k], liveRows)
}

// apply evaluates p over the state of the groups beside the rows' columns, a
// round after the other.
func (a *userAgg) apply(p *Program, b *exec.Batch, sets []int, groups []int32, with []*exec.Column, rows []int32) error {
	a.changed()
	if len(groups) == 0 {
		return nil
	}
	a.inRounds(groups)
	k := len(a.state)
	for len(b.Cols) < k+len(with) {
		b.Cols = append(b.Cols, with[len(b.Cols)-k].Like())
	}
	from := int32(0)
	for _, to := range a.rounds {
		round := a.order[from:to]
		from = to
		for _, c := range b.Cols {
			c.Reset()
		}
		for _, i := range round {
			for c, s := range a.state {
				s.get(b.Cols[c], int(groups[i]))
			}
			r := at(rows, int(i))
			for c, col := range with {
				b.Cols[k+c].AppendFrom(col, r)
			}
		}
		b.N, b.Split = len(round), -1
		cols, err := p.Eval(b)
		if err != nil {
			return unrow(err)
		}
		for j, c := range cols {
			s := a.state[sets[j]]
			for at, i := range round {
				s.set(int(groups[i]), c, at)
			}
			s.tidy()
		}
		for _, i := range round {
			a.touched[groups[i]] = true
		}
	}
	return nil
}

// inRounds orders the rows by how many of their group come before them.
func (a *userAgg) inRounds(groups []int32) {
	a.counts = grow(a.counts, len(a.touched))
	a.order = resized(a.order, len(groups))
	a.rounds = a.rounds[:0]
	// First how many rows each round has, then where they go.
	for _, g := range groups {
		r := a.counts[g]
		a.counts[g]++
		if int(r) == len(a.rounds) {
			a.rounds = append(a.rounds, 0)
		}
		a.rounds[r]++
	}
	sum := int32(0)
	for r, n := range a.rounds {
		a.rounds[r], sum = sum, sum+n
	}
	for _, g := range groups {
		a.counts[g] = 0
	}
	for i, g := range groups {
		r := a.counts[g]
		a.counts[g]++
		a.order[a.rounds[r]] = int32(i)
		a.rounds[r]++ // in the end where the round ends
	}
	for _, g := range groups {
		a.counts[g] = 0
	}
}

// State has a column more than the user declared: whether a row had come.
func (a *userAgg) State() []exec.Layout {
	if a.merge == nil {
		return nil
	}
	var ls []exec.Layout
	for _, s := range a.state {
		ls = append(ls, s.col.Layout)
	}
	return append(ls, exec.Bools)
}

func (a *userAgg) AppendState(dst []*exec.Column, g int) {
	for i, s := range a.state {
		s.get(dst[i], g)
	}
	dst[len(a.state)].AppendBool(a.touched[g])
}

// AppendResult computes results ahead while groups are asked for in order.
func (a *userAgg) AppendResult(dst *exec.Column, g int) error {
	if g < a.from || g >= a.to {
		if a.ahead = min(2*a.ahead, resultsAhead); g != a.to || g == 0 || a.ahead == 0 {
			a.ahead = 1
		}
		err := a.compute(g, min(g+a.ahead, len(a.touched)))
		if err != nil && a.ahead > 1 {
			a.ahead = 1 // the fault may be that of a group nobody asks for
			err = a.compute(g, g+1)
		}
		if err != nil {
			return err
		}
	}
	dst.AppendFrom(a.results, g-a.from)
	return nil
}

// compute computes the results of groups from..to-1.
func (a *userAgg) compute(from, to int) error {
	a.changed()
	cols := a.updates.Cols[:len(a.state)]
	for i, s := range a.state {
		cols[i].Reset()
		for g := from; g < to; g++ {
			s.get(cols[i], g)
		}
	}
	b := exec.Batch{Cols: cols, N: to - from, Split: -1}
	c, err := a.result.Eval(&b)
	if err != nil {
		return unrow(err)
	}
	a.results.Reset()
	a.results.AppendColumn(c, nil, b.N)
	a.from, a.to = from, to
	return nil
}

// slots hold one value of the state for each group.
type slots struct {
	// col holds group g's value in row g; or, indirect (of values without a
	// fixed size), in row row[g], the newest behind the older. -1: the initial value.
	col, old, init *exec.Column
	row            []int32
	indirect       bool
	clean          int // bytes of col after the last tidy
}

// slotSlack is how many bytes of values that have been replaced may be kept.
const slotSlack = 1 << 20

func (s *slots) add() {
	if s.indirect {
		s.row = append(s.row, -1)
	} else {
		s.col.AppendFrom(s.init, 0)
	}
}

func (s *slots) reset() {
	s.col.Reset()
	s.row, s.clean = s.row[:0], 0
}

// get appends group g's value to dst.
func (s *slots) get(dst *exec.Column, g int) {
	switch {
	case !s.indirect:
		dst.AppendFrom(s.col, g)
	case s.row[g] < 0:
		dst.AppendFrom(s.init, 0)
	default:
		dst.AppendFrom(s.col, int(s.row[g]))
	}
}

// set makes row i of src group g's value.
func (s *slots) set(g int, src *exec.Column, i int) {
	c := s.col
	if s.indirect {
		s.row[g] = int32(c.Len())
		c.AppendFrom(src, i)
		return
	}
	if src.IsNull(i) {
		if !c.Nulls {
			c.MakeValid(c.Len())
		}
		c.Valid.Clear(g)
		return
	}
	if c.Nulls {
		c.Valid.Set(g)
	}
	switch c.Layout {
	case exec.Bools:
		c.Bool[g] = src.Bool[i]
	case exec.Ints:
		c.Int[g] = src.Int[i]
	case exec.Floats:
		c.Float[g] = src.Float[i]
	case exec.Decimals:
		c.Dec[g] = src.Dec[i]
	case exec.Intervals:
		c.Ivl[g] = src.Ivl[i]
	}
}

// tidy clears away values that have been replaced, once they are most.
func (s *slots) tidy() {
	if !s.indirect || s.col.Len() <= 4*len(s.row)+edgeSlack && len(s.col.Data) <= 4*s.clean+slotSlack {
		return
	}
	s.old, s.col = s.col, s.old
	s.col.Reset()
	for g, r := range s.row {
		if r >= 0 {
			s.row[g] = int32(s.col.Len())
			s.col.AppendFrom(s.old, int(r))
		}
	}
	s.clean = len(s.col.Data)
}
