package rpc

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	h := Histogram{Bounds: []float64{1, 10, 100}, Counts: []int64{5, 4, 0, 1}, Count: 10}
	for q, want := range map[float64]float64{0.1: 1, 0.5: 1, 0.6: 10, 0.9: 10, 0.99: math.Inf(1)} {
		if got := h.Quantile(q); got != want {
			t.Errorf("%g: %g, want %g", q, got, want)
		}
	}
	if got := (Histogram{Bounds: []float64{1}, Counts: []int64{0, 0}}).Quantile(.5); got != 0 {
		t.Errorf("of none: %g", got)
	}
}
