package parser

import "testing"

func BenchmarkParse(b *testing.B) {
	for name, sql := range map[string]string{
		"one":   "SELECT 1",
		"point": "SELECT a, b FROM t WHERE id = $1 AND c > 10",
		"tumble": `WITH v AS (SELECT id, CAST(event_datetime AS TIMESTAMP) AS ts FROM visits)
			SELECT id, CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR), COUNT(*) FROM v
			GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
