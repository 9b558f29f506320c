package rpc

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/penstock/penstock/internal/wordlen"
)

// TestFaultRun asks 20 000 questions of a service that fails one call in twenty,
// falls silent in one of a hundred, and is restarted twice: each question is
// answered rightly or faulted, once.
func TestFaultRun(t *testing.T) {
	const batches, rows, lanes = 400, 50, 4
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, 2))
	roll := func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return dice.Float64()
	}
	cfg := wordlen.Config{Before: func(ctx context.Context, _ string, _ []string) error {
		switch r := roll(); {
		case r < 0.05:
			return status.Error(codes.Unavailable, "no luck")
		case r < 0.06:
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}}
	s := serve(t, cfg)
	addr := s.Addr()
	fs := registry(t, Config{})
	f := resolve(addr, "timeout", "100ms", "retry.initial-backoff", "5ms", "on-error", "reject", "retry.max-attempts", "4")
	c := open(t, fs, f)
	var next, answered, faulted atomic.Int64
	var wg sync.WaitGroup
	var restarts sync.Mutex
	for range lanes {
		wg.Go(func() {
			for {
				b := next.Add(1)
				if b > batches {
					return
				}
				if b == batches/3 || b == 2*batches/3 {
					restarts.Lock()
					_ = s.Close()
					l, err := net.Listen("tcp", addr)
					if err != nil {
						t.Error(err)
						restarts.Unlock()
						return
					}
					if s, err = wordlen.Serve(l, cfg); err != nil {
						t.Error(err)
					}
					restarts.Unlock()
				}
				var in []string
				for i := range rows {
					in = append(in, fmt.Sprintf("%0*d", 1+i%7, b))
				}
				out := matches(f)
				if err := c.Call(context.Background(), words(in...), out); err != nil {
					t.Error(err)
					return
				}
				seen := make([]int, rows)
				for i, p := range out.Parent {
					seen[p]++
					if got := strconv.Itoa(len(in[p])); value(out.Rows.Cols[0], i) != got {
						t.Errorf("%s: %s", in[p], value(out.Rows.Cols[0], i))
					}
				}
				for _, x := range out.Faults {
					seen[x.Question]++
				}
				for q, n := range seen {
					if n != 1 {
						t.Errorf("question %d of batch %d: %d answers and faults", q, b, n)
					}
				}
				answered.Add(int64(len(out.Parent)))
				faulted.Add(int64(len(out.Faults)))
			}
		})
	}
	wg.Wait()
	t.Cleanup(func() { _ = s.Close() })
	st, _ := fs.StatusOf("resolve")
	if answered.Load()+faulted.Load() != batches*rows || answered.Load() < batches*rows*9/10 || st.Retries == 0 || st.Faults != faulted.Load() || st.InFlight != 0 {
		t.Errorf("%d answered, %d faulted, %+v", answered.Load(), faulted.Load(), st)
	}
	t.Logf("%d answered, %d faulted, %d calls, %d retries, %d halvings", answered.Load(), faulted.Load(), st.Calls, st.Retries, st.Halvings)
}
