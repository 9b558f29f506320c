package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/internal/listen"
	"github.com/penstock/penstock/internal/wordlen"
)

// defaultRPC is the port of gRPC's own examples.
const defaultRPC = "127.0.0.1:50051"

func rpcDemoCmd() *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "rpc-demo",
		Short: "Run a gRPC service that tells the lengths of words, for trying remote functions",
		Long: "Run a gRPC service that tells the lengths of words: RpcService with resolve (one word) and resolveBatch (many).\n" +
			"It describes itself by reflection, and prints a line for each call.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := listen.TCP(addr, "--listen")
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			fmt.Fprintf(out, "RpcService listens on %s\n", l.Addr())
			s, err := wordlen.Serve(l, wordlen.Config{Log: out})
			if err != nil {
				return err
			}
			<-c.Context().Done()
			return s.Close()
		},
	}
	c.Flags().StringVar(&addr, "listen", defaultRPC, "loopback `address` to listen on; port 0 takes a free one")
	return c
}
