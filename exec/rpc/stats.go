package rpc

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Histogram counts values by upper bounds. Counts has one entry more than
// Bounds, for what lies above them all.
type Histogram struct {
	Bounds []float64 `json:"bounds"`
	Counts []int64   `json:"counts"`
	Sum    float64   `json:"sum"`
	Count  int64     `json:"count"`
}

// Quantile gives the upper bound of the bucket in which the part q of the values
// ends: 0 of none, +Inf above the last bound.
func (h Histogram) Quantile(q float64) float64 {
	var below int64
	for i, n := range h.Counts {
		if below += n; float64(below) >= q*float64(h.Count) && h.Count > 0 {
			if i == len(h.Bounds) {
				return math.Inf(1)
			}
			return h.Bounds[i]
		}
	}
	return 0
}

// Status is what a function has done since the process started, or since it was
// made anew.
type Status struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Endpoint string `json:"endpoint"`
	// Questions came in, Rows were sent (repetitions not counted), Calls were made
	// (repetitions counted), Answers are the rows that came back.
	Questions int64 `json:"questions"`
	Calls     int64 `json:"calls"`
	Rows      int64 `json:"rows"`
	Answers   int64 `json:"answers"`
	Retries   int64 `json:"retries"`
	Halvings  int64 `json:"halvings"`
	// Duplicates were saved by asking equal questions once.
	Duplicates  int64     `json:"duplicates_saved"`
	CacheHits   int64     `json:"cache_hits"`
	CacheMisses int64     `json:"cache_misses"`
	CacheBytes  int64     `json:"cache_bytes"`
	Faults      int64     `json:"faults"`
	InFlight    int64     `json:"in_flight"`
	Users       int       `json:"users"`
	RowsPerCall Histogram `json:"rows_per_call"`
	// Latency is in seconds, of each attempt.
	Latency Histogram `json:"latency_seconds"`
	// Breaker is closed, half-open, open, or none.
	Breaker     string    `json:"breaker"`
	LastError   string    `json:"last_error,omitempty"`
	LastErrorAt time.Time `json:"last_error_at,omitzero"`
}

var (
	rowBounds     = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}
	latencyBounds = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}
)

// histogram is a Histogram under construction. sum is in bounds' unit × 1e6.
type histogram struct {
	counts [16]atomic.Int64
	sum    atomic.Int64
}

func (h *histogram) add(bounds []float64, v float64) {
	i := 0
	for i < len(bounds) && v > bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(v * 1e6))
}

func (h *histogram) read(bounds []float64) Histogram {
	r := Histogram{Bounds: bounds, Counts: make([]int64, len(bounds)+1), Sum: float64(h.sum.Load()) / 1e6}
	for i := range r.Counts {
		r.Counts[i] = h.counts[i].Load()
		r.Count += r.Counts[i]
	}
	return r
}

// counters are a function's.
type counters struct {
	questions, calls, rows, answers, retries, halvings, duplicates, hits, misses, faults, inFlight atomic.Int64
	perCall, latency                                                                               histogram

	mu     sync.Mutex
	last   string
	lastAt time.Time
}

func (c *counters) fail(err *sqlerr.Error, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.lastAt = err.Message, now
}

func (c *counters) fill(s *Status) {
	s.Questions, s.Calls, s.Rows, s.Answers = c.questions.Load(), c.calls.Load(), c.rows.Load(), c.answers.Load()
	s.Retries, s.Halvings, s.Duplicates = c.retries.Load(), c.halvings.Load(), c.duplicates.Load()
	s.CacheHits, s.CacheMisses, s.Faults, s.InFlight = c.hits.Load(), c.misses.Load(), c.faults.Load(), c.inFlight.Load()
	s.RowsPerCall, s.Latency = c.perCall.read(rowBounds), c.latency.read(latencyBounds)
	c.mu.Lock()
	defer c.mu.Unlock()
	s.LastError, s.LastErrorAt = c.last, c.lastAt
}
