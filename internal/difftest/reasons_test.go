package difftest

// reasons are the differences from PostgreSQL that are on purpose, by the name
// that the lines of testdata/expr have.
var reasons = map[string]string{}

// rule finds the reason of a difference when answers are recorded.
type rule struct {
	reason string
	holds  func(sql, theirs, ours string) bool
}

var rules []rule

func reasonOf(sql, theirs, ours string) string {
	for _, r := range rules {
		if r.holds(sql, theirs, ours) {
			return r.reason
		}
	}
	return ""
}
