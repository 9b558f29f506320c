package usertest

import (
	"os"
	"testing"
	"testing/synctest"
)

// Bubbles calls f with a function that runs another one in simulated time, and ends the
// process with the code that f returns.
//
// Simulated time is the runtime's (testing/synctest), which gives it to tests alone; so
// the whole of f is run as one. The command line is hidden from package testing, which
// would take its flags for its own, and the process ends before it prints a verdict.
func Bubbles(f func(run func(func())) int) {
	os.Args = os.Args[:1]
	match := func(string, string) (bool, error) { return true, nil }
	testing.Main(match, []testing.InternalTest{{Name: "penstock", F: func(t *testing.T) {
		os.Exit(f(func(g func()) { synctest.Test(t, func(*testing.T) { g() }) }))
	}}}, nil, nil)
}
