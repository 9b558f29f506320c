package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
)

// bytesCodec passes messages through.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// bare makes the calls of the run with batches and does nothing else: what gRPC
// and the kernel cost.
func (b *bench) bare(n, batch, inFlight int) (cost time.Duration, err error) {
	conn, err := grpc.NewClient("passthrough:///"+b.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // nothing is left to fail
	var request []byte
	for i := range batch {
		w := fmt.Sprintf("word%d", n/2+i)
		request = append(request, 0x0a, byte(len(w)+2), 0x0a, byte(len(w)))
		request = append(request, w...)
	}
	calls := make(chan struct{}, inFlight)
	cpu, start := usage()
	var wg sync.WaitGroup
	errs := make(chan error, inFlight)
	for range inFlight {
		wg.Go(func() {
			for range calls {
				var response []byte
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				err := conn.Invoke(ctx, "/RpcService/resolveBatch", &request, &response, grpc.ForceCodecV2(bytesCodec{}))
				cancel()
				if err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for range n / batch {
		calls <- struct{}{}
	}
	close(calls)
	wg.Wait()
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	cpu2, end := usage()
	cost = (cpu2 - cpu) / time.Duration(n)
	fmt.Printf("%-34s %10d %12.0f %14d\n", "the bare calls of the next line", n, float64(n)/end.Sub(start).Seconds(), cost.Nanoseconds())
	return cost, nil
}
