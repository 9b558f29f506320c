package penstock_test

import (
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/rpc"
)

// remotePage lists the options of remote functions and of endpoints.
func remotePage(*testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Options of CREATE FUNCTION … LANGUAGE GRPC | HTTP and of CREATE ENDPOINT\n\n" + generated +
		"[functions-remote.md](../functions-remote.md) says what they do.\n")
	options(b, "LANGUAGE GRPC", rpc.FunctionOptions(catalog.LanguageGRPC))
	options(b, "LANGUAGE HTTP", rpc.FunctionOptions(catalog.LanguageHTTP))
	options(b, "CREATE ENDPOINT", rpc.EndpointOptions())
	return b.String()
}
