package planner

import "github.com/penstock/penstock/planner/plan"

// dropIdentities removes projections that pass their input as it is. Names
// below the root tell nobody anything; the root's are put back.
func dropIdentities(_ *binder, n plan.Node) plan.Node {
	out := plan.Transform(n, func(n plan.Node) plan.Node {
		if p, ok := n.(*plan.Project); ok && identity(p) {
			return p.Input
		}
		return n
	})
	if _, sink := n.(*plan.Sink); sink || sameNames(n, out) {
		return out
	}
	p := passAll(out)
	for i, c := range n.Schema() {
		p.Names[i] = c.Name
	}
	return p
}

func identity(p *plan.Project) bool {
	if len(p.Exprs) != len(p.Input.Schema()) {
		return false
	}
	for i, e := range p.Exprs {
		if c, ok := e.(*plan.Col); !ok || c.Index != i {
			return false
		}
	}
	return true
}

// sameNames says that two nodes give their columns the same names.
func sameNames(a, b plan.Node) bool {
	s, t := a.Schema(), b.Schema()
	for i := range s {
		if s[i].Name != t[i].Name {
			return false
		}
	}
	return true
}
