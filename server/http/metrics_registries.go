package http

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/penstock/penstock/exec/rpc"
)

// registryCollector tells of lookup tables and remote functions at each scrape.
type registryCollector struct{ engine Registries }

// Describe says nothing beforehand, as collector's.
func (c registryCollector) Describe(chan<- *prometheus.Desc) {}

// Collect reads the figures.
func (c registryCollector) Collect(ch chan<- prometheus.Metric) {
	c.lookups(ch)
	for _, f := range c.engine.RemoteFunctions() {
		function(ch, &f)
	}
}

// figure is one metric of a labelled thing.
func figure(ch chan<- prometheus.Metric, label, thing, name, help string, kind prometheus.ValueType, v float64) {
	ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, []string{label}, nil), kind, v, thing)
}

func (c registryCollector) lookups(ch chan<- prometheus.Metric) {
	const counter, gauge = prometheus.CounterValue, prometheus.GaugeValue
	for _, t := range c.engine.LookupTables() {
		m := func(name, help string, kind prometheus.ValueType, v float64) {
			figure(ch, "table", t.Name, "penstock_lookup_"+name, help, kind, v)
		}
		stale := 0.0
		if t.Stale {
			stale = 1
		}
		m("rows", "Rows held.", gauge, float64(t.Rows))
		m("bytes", "Memory held by the current version.", gauge, float64(t.Bytes))
		m("version", "Number of the current version.", gauge, float64(t.Version))
		m("age_seconds", "How long ago the current version was loaded or found unchanged.", gauge, t.Age.Seconds())
		m("refresh_seconds", "How long the last load took.", gauge, t.LastDuration.Seconds())
		m("stale", "1 while the last load has failed.", gauge, stale)
		m("readers", "Queries that use the table.", gauge, float64(t.Readers))
		m("loads_total", "Loads that succeeded.", counter, float64(t.Loads))
		m("failures_total", "Loads that failed.", counter, float64(t.Failures))
		m("hits_total", "Questions that found a row.", counter, float64(t.Hits))
		m("misses_total", "Questions that found none.", counter, float64(t.Misses))
	}
}

func function(ch chan<- prometheus.Metric, f *rpc.Status) {
	const counter, gauge = prometheus.CounterValue, prometheus.GaugeValue
	m := func(name, help string, kind prometheus.ValueType, v float64) {
		figure(ch, "function", f.Name, "penstock_function_"+name, help, kind, v)
	}
	m("questions_total", "Questions asked.", counter, float64(f.Questions))
	m("calls_total", "Calls made, repetitions included.", counter, float64(f.Calls))
	m("answers_total", "Rows that came back.", counter, float64(f.Answers))
	m("retries_total", "Calls made again.", counter, float64(f.Retries))
	m("halvings_total", "Batches cut in two because they failed.", counter, float64(f.Halvings))
	m("duplicates_saved_total", "Questions not sent because an equal one was.", counter, float64(f.Duplicates))
	m("cache_hits_total", "Questions answered from the cache.", counter, float64(f.CacheHits))
	m("faults_total", "Questions that got no answer.", counter, float64(f.Faults))
	m("in_flight", "Calls under way.", gauge, float64(f.InFlight))
	open := 0.0
	if f.Breaker == "open" {
		open = 1
	}
	m("breaker_open", "1 while the circuit breaker lets no call through.", gauge, open)
	spread(ch, f.Name, "penstock_function_rows_per_call", "Rows in a call.", f.RowsPerCall)
	spread(ch, f.Name, "penstock_function_latency_seconds", "How long a call took.", f.Latency)
}

// spread gives a histogram; Prometheus counts each bucket with those below it.
func spread(ch chan<- prometheus.Metric, name, metric, help string, h rpc.Histogram) {
	buckets := make(map[float64]uint64, len(h.Bounds))
	var below uint64
	for i, b := range h.Bounds {
		if i < len(h.Counts) {
			below += uint64(h.Counts[i])
		}
		buckets[b] = below
	}
	ch <- prometheus.MustNewConstHistogram(prometheus.NewDesc(metric, help, []string{"function"}, nil), uint64(h.Count), h.Sum, buckets, name)
}
