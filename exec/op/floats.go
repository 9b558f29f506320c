package op

import "math"

// floatBits gives equal words for equal floats: -0 = 0, and NaN = NaN.
func floatBits(f float64) uint64 {
	if f == 0 {
		return 0
	}
	if f != f {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(f)
}
