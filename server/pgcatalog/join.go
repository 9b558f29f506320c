package pgcatalog

import (
	"slices"

	"github.com/penstock/penstock/parser"
)

// innerJoin joins any number of nodes under conditions, each as early as it
// can be: by hashing where one is an equality between what is joined already and
// what is to come. Nodes come in the order that keeps the rows few.
func (c *compiler) innerJoin(s *scope, children []*node, conds []*cond) *node {
	n := &node{}
	if len(children) > 0 {
		n.lo, n.hi = children[0].lo, children[len(children)-1].hi
	}
	for _, k := range children {
		for _, slot := range k.needs {
			if slot < n.lo || slot >= n.hi {
				n.needs = append(n.needs, slot)
			}
		}
	}
	n.extend = func(f *frame, base []any) ([][]any, error) {
		j := &joining{f: f, base: base, rest: slices.Clone(children), conds: slices.Clone(conds), rows: [][]any{base}}
		return j.run()
	}
	return n
}

// joining is one run of an inner join.
type joining struct {
	f     *frame
	base  []any
	rest  []*node // not joined yet
	conds []*cond // not applied yet
	bound [][2]int
	rows  [][]any
}

func (j *joining) run() ([][]any, error) {
	if err := j.apply(); err != nil { // conditions on what is around
		return nil, err
	}
	ready := map[*node][][]any{} // rows of nodes that stand alone, filtered
	for _, n := range j.rest {
		if len(n.needs) > 0 {
			continue
		}
		rows, err := n.extend(j.f, j.base)
		if err != nil {
			return nil, err
		}
		if ready[n], err = j.filter(rows, j.own(n)); err != nil {
			return nil, err
		}
	}
	for len(j.rest) > 0 {
		i := j.next(ready)
		n := j.rest[i]
		j.rest = slices.Delete(j.rest, i, i+1)
		var err error
		if rows, alone := ready[n]; alone {
			err = j.join(n, rows)
		} else {
			err = j.lateral(n)
		}
		if err != nil {
			return nil, err
		}
		j.bound = append(j.bound, [2]int{n.lo, n.hi})
		if err := j.apply(); err != nil {
			return nil, err
		}
	}
	return j.rows, nil
}

func within(slots []int, lo, hi int) bool {
	return !slices.ContainsFunc(slots, func(s int) bool { return s < lo || s >= hi })
}

// isBound tells whether all slots are of joined nodes, or of what was filled before.
func (j *joining) isBound(slots []int) bool {
	return !slices.ContainsFunc(slots, func(s int) bool {
		return slices.ContainsFunc(j.rest, func(n *node) bool { return s >= n.lo && s < n.hi })
	})
}

// own takes the conditions out that speak of one node alone.
func (j *joining) own(n *node) (own []*cond) {
	j.conds = slices.DeleteFunc(j.conds, func(k *cond) bool {
		if len(k.used) == 0 || !within(k.used, n.lo, n.hi) {
			return false
		}
		own = append(own, k)
		return true
	})
	return own
}

// apply filters by the conditions whose slots are all bound.
func (j *joining) apply() error {
	var now []*cond
	j.conds = slices.DeleteFunc(j.conds, func(k *cond) bool {
		if !j.isBound(k.used) {
			return false
		}
		now = append(now, k)
		return true
	})
	var err error
	j.rows, err = j.filter(j.rows, now)
	return err
}

func (j *joining) filter(rows [][]any, conds []*cond) ([][]any, error) {
	if len(conds) == 0 {
		return rows, nil
	}
	out := rows[:0:0]
	f := &frame{run: j.f.run, up: j.f}
	for _, r := range rows {
		f.row = r
		ok := true
		for _, k := range conds {
			v, err := k.e.eval(f)
			if err != nil {
				return nil, err
			}
			if v != true {
				ok = false
				break
			}
		}
		if ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// next picks the node to join: one that an equality connects, then the smallest.
func (j *joining) next(ready map[*node][][]any) int {
	best, bestRank := 0, 1<<62
	for i, n := range j.rest {
		rows, alone := ready[n]
		rank := len(rows)
		switch {
		case !alone && !j.canStart(n):
			continue
		case !alone:
			rank = 1 << 20
		case len(j.bound) > 0 && len(j.equalities(n)) == 0:
			rank += 1 << 40
		}
		if rank < bestRank {
			best, bestRank = i, rank
		}
	}
	return best
}

func (j *joining) canStart(n *node) bool {
	return !slices.ContainsFunc(n.needs, func(s int) bool {
		return slices.ContainsFunc(j.rest, func(m *node) bool { return m != n && s >= m.lo && s < m.hi })
	})
}

// equalities are the conditions that tie a node to what is bound; left is
// always the bound side.
func (j *joining) equalities(n *node) (list []*cond) {
	for _, k := range j.conds {
		if k.left == nil || len(k.usedL) == 0 || len(k.usedR) == 0 {
			continue
		}
		if within(k.usedR, n.lo, n.hi) && !within(k.usedL, n.lo, n.hi) && j.isBound(k.usedL) {
			list = append(list, k)
		} else if within(k.usedL, n.lo, n.hi) && !within(k.usedR, n.lo, n.hi) && j.isBound(k.usedR) {
			list = append(list, &cond{e: k.e, used: k.used, left: k.right, right: k.left, usedL: k.usedR, usedR: k.usedL})
		}
	}
	return list
}

// join joins rows that stand alone.
func (j *joining) join(n *node, rows [][]any) error {
	eq := j.equalities(n)
	table, err := hashRows(j.f, rows, eq)
	if err != nil {
		return err
	}
	var out [][]any
	f := &frame{run: j.f.run, up: j.f}
	for _, left := range j.rows {
		f.row = left
		k, ok, err := hashKey(f, eq, false)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		for _, right := range table[k] {
			row := slices.Clone(left)
			copy(row[n.lo:n.hi], right[n.lo:n.hi])
			out = append(out, row)
		}
		if err := j.f.run.count(len(out)); err != nil {
			return err
		}
	}
	j.rows = out
	return nil
}

// hashRows files rows under the right sides of equalities.
func hashRows(around *frame, rows [][]any, eq []*cond) (map[string][][]any, error) {
	table := map[string][][]any{}
	f := &frame{run: around.run, up: around}
	for _, r := range rows {
		f.row = r
		k, ok, err := hashKey(f, eq, true)
		if err != nil {
			return nil, err
		}
		if ok {
			table[k] = append(table[k], r)
		}
	}
	return table, nil
}

// hashKey is the key of a row; ok is false when a part is NULL, which equals nothing.
func hashKey(f *frame, eq []*cond, right bool) (k string, ok bool, err error) {
	var buf []byte
	for _, c := range eq {
		e := c.left
		if right {
			e = c.right
		}
		v, err := e.eval(f)
		if v == nil || err != nil {
			return "", false, err
		}
		buf = key(buf, v)
	}
	return string(buf), true, nil
}

// lateral joins a node whose rows depend on those that are there.
func (j *joining) lateral(n *node) error {
	var out [][]any
	for _, left := range j.rows {
		rows, err := n.extend(j.f, left)
		if err != nil {
			return err
		}
		out = append(out, rows...)
		if err := j.f.run.count(len(out)); err != nil {
			return err
		}
	}
	j.rows = out
	return nil
}

// outerJoin is LEFT, RIGHT and FULL JOIN.
func (c *compiler) outerJoin(s *scope, x *parser.Join) (*node, error) {
	first := len(s.rels)
	left, err := c.fromItem(s, x.Left)
	if err != nil {
		return nil, err
	}
	middle := len(s.rels)
	right, err := c.fromItem(s, x.Right)
	if err != nil {
		return nil, err
	}
	on, err := c.joinConds(s, x, first, middle, nil)
	if err != nil {
		return nil, err
	}
	n := &node{lo: left.lo, hi: right.hi}
	lateral := false
	for _, slot := range slices.Concat(left.needs, right.needs) {
		if slot < n.lo || slot >= n.hi {
			n.needs = append(n.needs, slot)
		}
	}
	if len(right.needs) > 0 {
		lateral = true
	}
	// Equalities that can be hashed, left side first; the rest is asked of each pair.
	var eq, rest []*cond
	for _, k := range on {
		switch {
		case k.left == nil || len(k.usedL) == 0 || len(k.usedR) == 0 || lateral:
			rest = append(rest, k)
		case within(k.usedL, left.lo, left.hi) && within(k.usedR, right.lo, right.hi):
			eq = append(eq, k)
		case within(k.usedR, left.lo, left.hi) && within(k.usedL, right.lo, right.hi):
			eq = append(eq, &cond{e: k.e, left: k.right, right: k.left})
		default:
			rest = append(rest, k)
		}
	}
	o := &outer{kind: x.Kind, left: left, right: right, eq: eq, rest: rest, lateral: lateral}
	n.extend = o.extend
	return n, nil
}

type outer struct {
	kind        string
	left, right *node
	eq, rest    []*cond
	lateral     bool
}

func (o *outer) extend(f *frame, base []any) ([][]any, error) {
	lefts, err := o.left.extend(f, base)
	if err != nil {
		return nil, err
	}
	var rights [][]any
	var table map[string][][]any
	if !o.lateral {
		if rights, err = o.right.extend(f, base); err != nil {
			return nil, err
		}
		if table, err = hashRows(f, rights, o.eq); err != nil {
			return nil, err
		}
	}
	matched := map[*any]bool{} // right rows, by the address of their first slot
	var out [][]any
	j := &joining{f: f}
	own := &frame{run: f.run, up: f}
	for _, l := range lefts {
		own.row = l
		var candidates [][]any
		if o.lateral {
			if candidates, err = o.right.extend(f, l); err != nil {
				return nil, err
			}
		} else {
			k, ok, err := hashKey(own, o.eq, false)
			if err != nil {
				return nil, err
			}
			if ok {
				candidates = table[k]
			}
		}
		found := false
		for _, r := range candidates {
			row := slices.Clone(l)
			copy(row[o.right.lo:o.right.hi], r[o.right.lo:o.right.hi])
			pass, err := j.filter([][]any{row}, o.rest)
			if err != nil {
				return nil, err
			}
			if len(pass) > 0 {
				found = true
				out = append(out, row)
				matched[&r[0]] = true
			}
		}
		if !found && o.kind != "RIGHT" {
			out = append(out, l)
		}
		if err := f.run.count(len(out)); err != nil {
			return nil, err
		}
	}
	if o.kind == "LEFT" {
		return out, nil
	}
	for _, r := range rights {
		if !matched[&r[0]] {
			out = append(out, r)
		}
	}
	return out, nil
}
