package planner

import (
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// rule is one rewrite of the plan. Each keeps the rows, and the number, types
// and names of the root's columns.
type rule struct {
	name  string
	apply func(*binder, plan.Node) plan.Node
}

// rules in the order in which they are applied.
var rules = []rule{
	{"fold-constants", foldConstants},
	{"unused-watermarks", dropWatermarks}, // before filters move: they may go where it stood
	{"merge-projects", mergeProjects},
	{"push-filters", pushFilters},
	{"fuse-windows", fuseWindows},
	{"merge-projects", mergeProjects},
	{"prune-columns", pruneColumns},
	{"prune-fields", pruneFields},
	{"share-expressions", shareExpressions},
	{"prune-columns", pruneColumns}, // what only shared expressions needed
	{"absorb-projects", absorbProjects},
	{"two-phase", twoPhase},
	{"sort-limits", sortLimits},
	{"identity-projects", dropIdentities},
}

// RuleNames lists the rules that Env.Rules may switch off, in their order.
func RuleNames() []string {
	var names []string
	seen := map[string]bool{}
	for _, r := range rules {
		if !seen[r.name] {
			seen[r.name] = true
			names = append(names, r.name)
		}
	}
	return names
}

// ParseRules reads the setting optimizer.rules: "on" (or "all"), "off" ("none"),
// or a list as in "-push-filters" (all but that one) or
// "prune-columns,fold-constants" (only these).
func ParseRules(text string) (map[string]bool, error) {
	on := map[string]bool{}
	set := func(v bool) {
		for _, n := range RuleNames() {
			on[n] = v
		}
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	set(len(words) == 0 || strings.HasPrefix(words[0], "-"))
	for _, w := range words {
		name, off := strings.CutPrefix(strings.ToLower(w), "-")
		switch name {
		case "all", "on":
			set(!off)
		case "none", "off":
			set(false)
		default:
			if _, ok := on[name]; !ok {
				e := sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for parameter \"optimizer.rules\": \"%s\" is no rule", name)
				return nil, e.Hint("the rules are %s", strings.Join(RuleNames(), ", "))
			}
			on[name] = !off
		}
	}
	return on, nil
}

// rewrite applies the rules that are on.
func (b *binder) rewrite(n plan.Node) plan.Node {
	for _, r := range rules {
		if on, set := b.env.Rules[r.name]; on || !set {
			n = r.apply(b, n)
		}
	}
	return n
}
