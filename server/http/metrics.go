package http

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/penstock/penstock/server/session"
)

// collector turns the figures of the running queries into Prometheus metrics at each
// scrape, so that the engine counts in plain atomics. A query's metrics end with
// it: a process that runs many short queries does not grow a series for each.
type collector struct {
	engine                                                 Engine
	running, rowsIn, rowsOut, late, skipped, noTime, delay *prometheus.Desc
}

func newCollector(e Engine) *collector {
	d := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("penstock_query_"+name, help, []string{"query", "kind"}, nil)
	}
	return &collector{engine: e,
		running: d("running", "1 while the query runs."),
		rowsIn:  d("rows_in_total", "Rows read from tables."),
		rowsOut: d("rows_out_total", "Rows sent to the client or written."),
		late:    d("late_rows_total", "Rows dropped because their window had fired."),
		skipped: d("skipped_rows_total", "Rows dropped because an expression failed."),
		noTime:  d("no_time_rows_total", "Rows dropped because they had no event time."),
		delay:   d("watermark_delay_seconds", "How far the watermark is behind the clock."),
	}
}

// tableHelp tells what the connectors' figures mean. Those that are not counters
// are in gauges.
var (
	tableHelp = map[string]string{
		"records": "Records read.", "bytes": "Bytes of the records read.", "rejects": "Records that the format refused.",
		"reject_rows": "Rejects written to the table.", "reject_lost": "Rejects that the table could not take while a query ended.",
		"lag": "Records in the topic that are still to be read.", "sink_records": "Records written.", "sink_bytes": "Bytes of the records written.",
	}
	gauges = map[string]bool{"lag": true}
)

// Describe says nothing beforehand: what a connector counts is its own affair.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads the figures of the running queries.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, q := range c.engine.Queries() {
		if q.State == session.Running {
			c.query(ch, &q)
			tables(ch, &q)
		}
	}
}

func (c *collector) query(ch chan<- prometheus.Metric, q *session.QueryInfo) {
	m := func(d *prometheus.Desc, t prometheus.ValueType, v float64) {
		ch <- prometheus.MustNewConstMetric(d, t, v, q.ID, q.Kind)
	}
	m(c.running, prometheus.GaugeValue, 1)
	m(c.rowsIn, prometheus.CounterValue, float64(q.RowsIn))
	m(c.rowsOut, prometheus.CounterValue, float64(q.RowsOut))
	m(c.late, prometheus.CounterValue, float64(q.Late))
	m(c.skipped, prometheus.CounterValue, float64(q.Skipped))
	m(c.noTime, prometheus.CounterValue, float64(q.NoTime))
	if finite(q.Watermark) {
		m(c.delay, prometheus.GaugeValue, time.Since(time.UnixMicro(q.Watermark)).Seconds())
	}
}

// tables gives what the connectors count: penstock_table_records_total, …_bytes_total,
// …_rejects_total, …_lag and others. A table that a query reads twice counts once.
func tables(ch chan<- prometheus.Metric, q *session.QueryInfo) {
	type figure struct{ table, name string }
	sum := map[figure]int64{}
	for _, c := range q.Counters {
		if c.Table != "" {
			sum[figure{c.Table, c.Name}] += c.Value
		}
	}
	for f, v := range sum {
		name, kind := "penstock_table_"+f.name+"_total", prometheus.CounterValue
		if gauges[f.name] {
			name, kind = "penstock_table_"+f.name, prometheus.GaugeValue
		}
		help := tableHelp[f.name]
		if help == "" {
			help = "A figure of the table's connector."
		}
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, []string{"query", "table"}, nil), kind, float64(v), q.ID, f.table)
	}
}
