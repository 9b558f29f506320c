package sqltest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/penstock/penstock/internal/sim"
)

// TestSlowReader: a client that reads nothing holds its own query back, and nobody
// else's; its query can be ended all the same.
func TestSlowReader(t *testing.T) {
	const groups, rows = 40, 500
	for _, w := range sim.Ways {
		t.Run(w.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := sim.NewEngine(w.Settings)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.Exec("CREATE TABLE t (id INT) WITH ('connector' = 'test', 'partitions' = '2')"); err != nil {
					t.Fatal(sim.ErrorText(err))
				}
				p, err := e.Sess.Prepare(context.Background(), "SELECT id FROM t", nil)
				if err != nil {
					t.Fatal(err)
				}
				slow, err := p.Run(context.Background(), nil)
				if err != nil {
					t.Fatal(err)
				}
				quick, err := e.Start("SELECT id FROM t")
				if err != nil {
					t.Fatal(err)
				}
				for i := range groups {
					group := make([][]byte, rows)
					for k := range group {
						group[k] = fmt.Appendf(nil, `{"id":%d}`, i*rows+k)
					}
					e.Feeds.Append("t", i%2, group...)
				}
				e.Settle()
				if n := len(quick.Values()); n != groups*rows {
					t.Errorf("%d of %d rows came to the client that reads", n, groups*rows)
				}
				held := e.Local.Queries()[0].RowsIn
				if held == 0 || held == groups*rows {
					t.Errorf("the query without a reader has read %d of %d rows", held, groups*rows)
				}
				if b, err := slow.Next(context.Background(), false); err != nil || b == nil {
					t.Errorf("no rows for the client that begins to read: %v", err)
				}
				if err := slow.Close(); err != nil {
					t.Error(err)
				}
				if err := quick.Stop(); err != nil {
					t.Error(err)
				}
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
