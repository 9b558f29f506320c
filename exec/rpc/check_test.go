package rpc

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestCheck(t *testing.T) {
	fs := registry(t, Config{Allow: allow.New(nil, []string{"127.0.0.1", "localhost"})})
	for _, test := range []struct{ option, value, want string }{
		{"batch.max-row", "5", "unknown option 'batch.max-row'; did you mean 'batch.max-rows'?"},
		{"batch.max-rows", "0", "invalid value for option 'batch.max-rows': '0'"},
		{"on-error", "ignore", "invalid value for option 'on-error': 'ignore'"},
		{"method", "RpcService", "invalid value for option 'method': 'RpcService'; The form is [package.]Service/Method."},
		{"method", "RpcServce/resolve", `service "RpcServce" does not exist; did you mean 'RpcService'?`},
		{"method", "RpcService/resolveBach", `service RpcService has no method "resolveBach"; did you mean 'resolveBatch'?`},
		{"endpoint", "localhost", `"localhost" is neither an endpoint nor an address; the form is host:port`},
		{"endpoint", "10.1.2.3:80", "host"},
		{"endpoint", "", "option 'endpoint' is missing"},
		{"proto", "", "option 'proto' is missing"},
		{"proto", "/no/such/file.proto", "the .proto cannot be used"},
		{"proto", "syntax = \"proto3\"; service X {", "the .proto cannot be used: proto:1:"},
		{"reflection", "true", "options 'proto' and 'reflection' exclude each other"},
		{"request.rows", "requests", "invalid value for option 'request.rows': 'requests'; message RequestList has no field \"requests\""},
		{"request.rows", "request.input", "invalid value for option 'request.rows': 'request.input'; It must lead to a repeated field"},
		{"response.rows", "", "option 'response.rows' is missing"},
		{"request.columns", "input=wrd", "invalid value for option 'request.columns': 'input=wrd'; wrd is no argument of the function."},
		{"request.columns", "input", "The form is 'field=argument;…'."},
		{"request.columns", "inptu=word", `message Request has no field "inptu"; did you mean "input"?`},
		{"response.columns", "length=input", `message Response has no field "input"`},
		{"response.columns", "long=output", "long is no column of the function."},
		{"response.index", "output.x", "Response.output has no fields"},
		{"request.const.nothing", "1", `option 'request.const.nothing': message RequestList has no field "nothing"`},
		{"request.const.request", "1", "option 'request.const.request': the field takes the questions"},
		{"retry.codes", "UNAVAILABEL", "did you mean UNAVAILABLE?"},
		{"retry.budget", "lots", "A share of calls is expected, such as '20%'."},
		{"rate-limit", "fast", "A number of calls in a time is expected"},
		{"rate-limit", "5", "A number of calls in a time is expected"},
		{"batch.partition-by", "length", "length is no argument of the function."},
	} {
		f := resolve("127.0.0.1:1", test.option, test.value)
		err := fs.Check(f)
		if err == nil {
			t.Errorf("%s = %s passes", test.option, test.value)
			continue
		}
		e := sqlerr.From(err)
		if got := e.Message + "; " + e.HintMsg; !strings.Contains(got, test.want) {
			t.Errorf("%s = %s: %s", test.option, test.value, got)
		}
	}
	good := resolve("127.0.0.1:1", "rate-limit", "600/min", "batch.partition-by", "word", "output", "unordered", "batch.max-bytes", "1kB",
		"batch.max-wait", "4s", "batch.max-rows", "10", "max-in-flight", "7", "retry.codes", "internal; aborted", "keepalive.time", "30s")
	if err := fs.Check(good); err != nil {
		t.Fatal(err)
	}
	a := open(t, fs, good).Async()
	if a.MaxRows != 10 || a.MaxBytes != 1024 || a.MaxWait != 4*time.Second || a.MaxInFlight != 7 || !a.Unordered || !a.Deduplicate || !a.Gather || !slices.Equal(a.PartitionBy, []int{0}) {
		t.Errorf("%+v", a)
	}
	streaming := resolve("127.0.0.1:1", "proto", "syntax = \"proto3\"; message M {} service RpcService { rpc resolveBatch(stream M) returns (M); }")
	if err := fs.Check(streaming); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Error(err)
	}
	if err := fs.Check(define("f", catalog.LanguageHTTP, "x INT", "y INT", "endpoint", "ftp://localhost/")); err == nil || !strings.Contains(err.Error(), "http://") {
		t.Error(err)
	}
}

func TestProtoFilesObeyTheAllowList(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	main := write(dir, "service.proto", `syntax = "proto3"; package words; import "messages.proto"; service RpcService { rpc resolveBatch(RequestList) returns (ResponseList); }`)
	write(other, "messages.proto", `syntax = "proto3"; package words; message Request { string input = 1; } message Response { int32 output = 1; }
		message RequestList { repeated Request request = 1; } message ResponseList { repeated Response response = 1; }`)
	f := resolve("127.0.0.1:1", "proto", main, "proto.path", other)
	if err := New(Config{}).Check(f); err != nil {
		t.Error(err)
	}
	if err := New(Config{Allow: allow.New([]string{dir, other}, nil)}).Check(f); err != nil {
		t.Error(err)
	}
	if err := New(Config{Allow: allow.New([]string{dir}, nil)}).Check(f); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Error(err)
	}
	if err := New(Config{Allow: allow.New([]string{other}, nil)}).Check(f); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Error(err)
	}
	if err := New(Config{}).Check(resolve("127.0.0.1:1", "proto", main)); err == nil || !strings.Contains(err.Error(), "messages.proto") {
		t.Error(err)
	}
}

func TestSecretsStayHidden(t *testing.T) {
	t.Setenv("WORDS_TOKEN", "hunter2-hunter2")
	fs := registry(t, Config{})
	f := resolve("127.0.0.1:1", "endpoint", "127.0.0.1:${env:WORDS_TOKEN}")
	if err := fs.Check(f); err != nil {
		if strings.Contains(err.Error(), "hunter2") {
			t.Error(err)
		}
	}
	c := open(t, fs, resolve("127.0.0.1:1", "metadata.authorization", "${env:WORDS_TOKEN}", "retry.max-attempts", "1"))
	if got := c.transport.(*grpcTransport).headers.Get("authorization"); len(got) != 1 || got[0] != "hunter2-hunter2" {
		t.Error(got)
	}
	for _, s := range fs.Status() {
		if strings.Contains(s.Endpoint, "hunter2") {
			t.Error(s.Endpoint)
		}
	}
}

func TestEndpointIsChecked(t *testing.T) {
	fs := New(Config{})
	for _, o := range []catalog.Options{{}, {{Key: "url", Value: "x:1"}, {Key: "rate-limit", Value: "x"}}, {{Key: "url", Value: "x:1"}, {Key: "ratelimit", Value: "1/s"}}} {
		if err := fs.CheckEndpoint(&catalog.Endpoint{Name: "e", Options: o}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Error(o, err)
		}
	}
	if err := fs.CheckEndpoint(&catalog.Endpoint{Name: "e", Options: catalog.Options{{Key: "url", Value: "x:1"}, {Key: "rate-limit", Value: "100/s"},
		{Key: "max-in-flight", Value: "8"}, {Key: "breaker.failures", Value: "5"}, {Key: "metadata.a", Value: "b"}, {Key: "header.a", Value: "b"}}}); err != nil {
		t.Error(err)
	}
}
