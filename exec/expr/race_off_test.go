//go:build !race

package expr

// raceEnabled tells that the race detector is on.
const raceEnabled = false
