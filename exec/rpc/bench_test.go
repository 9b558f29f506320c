package rpc

import (
	"context"
	"fmt"
	"testing"
)

// cannedLink answers at once with the same response.
type cannedLink struct{ response []byte }

func (c cannedLink) call(_ context.Context, _, dst []byte) ([]byte, *failure) {
	return append(dst[:0], c.response...), nil
}

// BenchmarkCall is what a batch of 100 costs here, without any transport.
func BenchmarkCall(b *testing.B) {
	fs := New(Config{})
	f := resolve("127.0.0.1:1")
	c, err := fs.Open(context.Background(), f, []int{0})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	var in []string
	var response []byte
	for i := range 100 {
		in = append(in, fmt.Sprintf("word%d", i))
		response = append(response, 0x0a, 2, 8, byte(i))
	}
	c.transport = cannedLink{response}
	args, out := words(in...), matches(f)
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := c.Call(context.Background(), args, out); err != nil {
			b.Fatal(err)
		}
	}
	if out.Rows.N != 100 {
		b.Fatal(out.Rows.N)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/row")
}
