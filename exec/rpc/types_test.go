package rpc

import (
	"context"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// raw serves any method with f, on the bytes of messages.
func raw(t testing.TB, f func(ctx context.Context, method string, request []byte) ([]byte, error), opts ...grpc.ServerOption) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(append(opts, grpc.ForceServerCodecV2(rawCodec{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(stream)
		in := &rawMessage{}
		if err := stream.RecvMsg(in); err != nil {
			return err
		}
		b, err := f(stream.Context(), method, in.into)
		if err != nil {
			return err
		}
		return stream.SendMsg(&rawMessage{send: b})
	}))...)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Stop()
		<-done
	})
	return l.Addr().String()
}

func echo(_ context.Context, _ string, b []byte) ([]byte, error) { return b, nil }

const echoProto = `
syntax = "proto3";
package echo;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
service Echo { rpc Rows(List) returns (List); rpc One(Row) returns (Row); rpc Deep(Outer) returns (Outer); rpc Plain(Scalars) returns (Scalars);
  rpc Many(List) returns (Results); }
message List { repeated Row rows = 1; string tenant = 2; }
message Outer { Middle middle = 3; bool flag = 4; }
message Middle { List list = 7; int32 version = 8; }
message Scalars { repeated sint64 values = 5; }
message Results { repeated Result results = 1; }
message Result { int32 question = 1; repeated Row items = 2; }
message Row {
  bool b = 1; int32 i32 = 2; int64 i64 = 3; uint32 u32 = 4; uint64 u64 = 5; sint32 s32 = 6; sint64 s64 = 7;
  fixed32 f32 = 8; fixed64 f64 = 9; sfixed32 sf32 = 10; sfixed64 sf64 = 11; float fl = 12; double db = 13;
  string s = 14; bytes by = 15; Color color = 16; google.protobuf.Timestamp ts = 17; google.protobuf.Duration du = 18;
  google.protobuf.Int64Value wi = 19; google.protobuf.StringValue ws = 20; google.protobuf.Struct js = 21;
  repeated int32 ints = 22; repeated string strs = 23; optional int32 oi = 24; Sub sub = 25; int32 index = 26; int32 small = 500;
}
message Sub { string name = 1; Sub more = 2; repeated Color colors = 3; }
enum Color { NONE = 0; RED = 1; BLUE = -2; }
`

// echoed asks one question of one argument twice (as a value and as NULL) and
// shows what comes back.
func echoed(t *testing.T, addr, typ, field string, c *exec.Column) string {
	t.Helper()
	f := define("f", catalog.LanguageGRPC, "x "+typ, "y "+typ, "endpoint", addr, "method", "echo.Echo/Rows", "proto", echoProto,
		"request.rows", "rows", "request.columns", field+"=x", "response.rows", "rows", "response.columns", "y="+field, "on-error", "skip")
	fs := registry(t, Config{})
	caller, err := fs.Open(context.Background(), f, []int{0})
	if err != nil {
		return err.Error()
	}
	defer caller.Close()
	return ask(t, caller, f, &exec.Batch{Cols: []*exec.Column{c}, N: c.Len(), Split: -1})
}

func ints(v ...int64) *exec.Column {
	c := exec.NewColumn(exec.Ints)
	for _, x := range v {
		c.AppendInt(x)
	}
	c.AppendNull()
	return c
}

func texts(v ...string) *exec.Column {
	c := exec.NewColumn(exec.Strings)
	for _, x := range v {
		c.AppendString(x)
	}
	c.AppendNull()
	return c
}

func floats(v ...float64) *exec.Column {
	c := exec.NewColumn(exec.Floats)
	for _, x := range v {
		c.AppendFloat(x)
	}
	c.AppendNull()
	return c
}

func arrays(elem exec.Layout, add func(*exec.Column)) *exec.Column {
	c := exec.NewColumn(exec.List, exec.NewColumn(elem))
	add(c.Kids[0])
	c.EndList()
	c.EndList()
	c.AppendNull()
	return c
}

func TestTypesThereAndBack(t *testing.T) {
	addr := raw(t, echo)
	bools := exec.NewColumn(exec.Bools)
	bools.AppendBool(true)
	bools.AppendNull()
	decimals := exec.NewColumn(exec.Decimals)
	decimals.AppendDecimal(datum.DecimalFromScaled(12345, 2))
	decimals.AppendNull()
	intervals := exec.NewColumn(exec.Intervals)
	intervals.AppendInterval(datum.Interval{Days: 1, Micros: -500001})
	intervals.AppendInterval(datum.Interval{Months: 1})
	const big = 1<<62 + 12345
	for _, test := range []struct {
		typ, field string
		c          *exec.Column
		want       string
	}{
		{"BOOLEAN", "b", bools, "0:true 1:false"},
		{"INT", "i32", ints(-7, 1<<31-1), "0:-7 1:2147483647 2:0"},
		{"BIGINT", "i32", ints(1 << 31), `1:0 0!2147483648 is out of range for field echo.Row.i32, a int32 (22003)`},
		{"BIGINT", "i64", ints(-big, big), "0:-4611686018427400249 1:4611686018427400249 2:0"},
		{"BIGINT", "u32", ints(1<<32-1, -1), "0:4294967295 2:0 1!-1 is out of range for field echo.Row.u32, a uint32 (22003)"},
		{"BIGINT", "u64", ints(big), "0:4611686018427400249 1:0"},
		{"SMALLINT", "s32", ints(-300), "0:-300 1:0"},
		{"BIGINT", "s64", ints(-big), "0:-4611686018427400249 1:0"},
		{"BIGINT", "f32", ints(1<<32 - 1), "0:4294967295 1:0"},
		{"BIGINT", "f64", ints(big), "0:4611686018427400249 1:0"},
		{"INT", "sf32", ints(-5), "0:-5 1:0"},
		{"BIGINT", "sf64", ints(-big), "0:-4611686018427400249 1:0"},
		{"INT", "small", ints(5), "0:5 1:0"},
		{"REAL", "fl", floats(1.5), "0:1.5 1:0"},
		{"DOUBLE", "db", floats(-2.25), "0:-2.25 1:0"},
		{"VARCHAR", "s", texts("ü", strings.Repeat("x", 200)), "0:ü 1:" + strings.Repeat("x", 200) + " 2:"},
		{"BYTES", "by", texts("\xff\x00"), "0:\xff\x00 1:"},
		{"DECIMAL", "s", decimals, `0:12345/2 1!field "echo.Row.s": invalid input syntax for type numeric: "" (22P02)`},
		{"VARCHAR", "color", texts("BLUE", "GREEN"), `0:BLUE 2:NONE 1!enum echo.Color has no value "GREEN" (22P02)`},
		{"INT", "color", ints(-2), "0:-2 1:0"},
		{"TIMESTAMP", "ts", ints(1714309970484000, -1), "0:1714309970484000 1:-1 2:NULL"},
		{"TIMESTAMP_LTZ", "ts", ints(1714309970484001), "0:1714309970484001 1:NULL"},
		{"INTERVAL", "du", intervals, "0:{0 0 86399499999} 1!interval with months, or too long, for google.protobuf.Duration (22015)"},
		{"DATE", "s", ints(0), `0:0 1!field "echo.Row.s": invalid input syntax for type date: "" (22007)`},
		{"BIGINT", "wi", ints(0, 5), "0:0 1:5 2:NULL"},
		{"VARCHAR", "ws", texts("", "x"), "0: 1:x 2:NULL"},
		{"INT", "oi", ints(0), "0:0 1:NULL"},
		{"JSON", "js", texts(`{"a":1}`), `0:{"a":1} 1:NULL`},
		{"VARCHAR", "sub.name", texts("x", ""), "0:x 1: 2:NULL"},
		{"VARCHAR", "sub.more.name", texts("x"), "0:x 1:NULL"},
		{"INT ARRAY", "ints", arrays(exec.Ints, func(c *exec.Column) { c.AppendInt(1); c.AppendInt(-2); c.AppendInt(300) }), "0:[1 -2 300] 1:[] 2:[]"},
		{"VARCHAR ARRAY", "strs", arrays(exec.Strings, func(c *exec.Column) { c.AppendString(""); c.AppendString("b") }), "0:[ b] 1:[] 2:[]"},
		{"VARCHAR ARRAY", "sub.colors", arrays(exec.Strings, func(c *exec.Column) { c.AppendString("RED"); c.AppendString("BLUE") }), "0:[RED BLUE] 1:NULL 2:NULL"},
		{"INT ARRAY", "ints", arrays(exec.Ints, func(c *exec.Column) { c.AppendNull() }), "1:[] 2:[] 0!NULL cannot be an element of field echo.Row.ints (22000)"},
		{"VARCHAR", "i32", texts("1"), "type VARCHAR does not go with field echo.Row.i32, a int32 (42804)"},
		{"INT", "ints", ints(1), "argument x, a INT, does not go with field echo.Row.ints (42804)"},
		{"VARCHAR", "nme", texts("1"), `message echo.Row has no field "nme"; did you mean "db"? (22023)`},
	} {
		if got := echoed(t, addr, test.typ, test.field, test.c); got != test.want {
			if test.field == "nme" && strings.HasPrefix(got, `message echo.Row has no field "nme"`) {
				continue
			}
			t.Errorf("%s %s\n got %s\nwant %s", test.typ, test.field, got, test.want)
		}
	}
}

func TestPathsAndConstants(t *testing.T) {
	var seen []byte
	var header string
	addr := raw(t, func(ctx context.Context, _ string, b []byte) ([]byte, error) {
		seen = append([]byte(nil), b...)
		md, _ := metadata.FromIncomingContext(ctx)
		header = strings.Join(md.Get("x-tenant"), "") + strings.Join(md.Get(":authority"), "")
		return b, nil
	})
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageGRPC, "x VARCHAR, n INT", "y VARCHAR, n INT", "endpoint", addr, "method", "Echo/Deep", "proto", echoProto,
		"request.rows", "middle.list.rows", "request.columns", "s=x;sub.more.name=x;i32=n", "response.rows", "middle.list.rows",
		"response.columns", "y=sub.more.name;n=i32", "request.const.middle.version", "9", "request.const.flag", "true",
		"request.const.middle.list.tenant", "acme", "metadata.x-tenant", "t1", "authority", "words.example")
	if got := ask(t, open(t, fs, f), f, two(words("a", "bcd"), 4, 5)); got != "0:a,4 1:bcd,5" {
		t.Error(got)
	}
	if !strings.Contains(string(seen), "acme") || header != "t1words.example" {
		t.Errorf("%q %q", seen, header)
	}
	// A repeated field of scalars; columns in another order and number.
	f = define("g", catalog.LanguageGRPC, "x BIGINT", "y BIGINT", "endpoint", addr, "method", "echo.Echo/Plain", "proto", echoProto,
		"request.rows", "values", "response.rows", "values", "on-error", "skip")
	if got := ask(t, open(t, fs, f), f, &exec.Batch{Cols: []*exec.Column{ints(5, -6)}, N: 3}); got != "0:5 1:-6 2!NULL cannot be a question of its own (22000)" {
		t.Error(got)
	}
}

// two adds a column of integers to a batch.
func two(b *exec.Batch, v ...int64) *exec.Batch {
	c := ints(v...)
	c.Truncate(len(v))
	b.Cols = append(b.Cols, c)
	return b
}

func TestAnswersByIndex(t *testing.T) {
	reversed := raw(t, func(_ context.Context, _ string, b []byte) ([]byte, error) { return b, nil })
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageGRPC, "x VARCHAR, at INT", "y VARCHAR", "endpoint", reversed, "method", "Echo/Rows", "proto", echoProto,
		"request.rows", "rows", "request.columns", "s=x;index=at", "response.rows", "rows", "response.columns", "y=s", "response.index", "index", "on-error", "skip")
	c := open(t, fs, f)
	if got := ask(t, c, f, two(words("two", "zero", "two again", "none"), 2, 0, 2, 3)); got != "0:zero 2:two 2:two again 3:none" {
		t.Error(got)
	}
	if got := ask(t, c, f, two(words("a"), 7)); got != "0!function f: answer 1 says that its question is number 7 of 1 (08P01)" {
		t.Error(got)
	}
	// A scalar function has one answer at most.
	f.Table, f.Name = false, "s"
	if got := ask(t, open(t, fs, f), f, two(words("two", "zero", "two again"), 2, 0, 2)); !strings.HasPrefix(got, "0:zero 2!function s: more than one answer") {
		t.Error(got)
	}
}

func TestNestedLists(t *testing.T) {
	// results { items {s: "a"} items {s: "b"} } results {} results { items {s: "c"} }, and with numbers
	plain := "\x0a\x0a\x12\x03\x72\x01a\x12\x03\x72\x01b" + "\x0a\x00" + "\x0a\x05\x12\x03\x72\x01c"
	numbered := "\x0a\x07\x08\x02\x12\x03\x72\x01a" + "\x0a\x05\x12\x03\x72\x01b"
	answer := plain
	addr := raw(t, func(context.Context, string, []byte) ([]byte, error) { return []byte(answer), nil })
	fs := registry(t, Config{})
	opts := []string{"endpoint", addr, "method", "Echo/Many", "proto", echoProto, "request.rows", "rows", "request.columns", "s=x",
		"response.rows", "results.items", "response.columns", "y=s", "on-error", "skip"}
	f := define("f", catalog.LanguageGRPC, "x VARCHAR", "y VARCHAR", opts...)
	if got := ask(t, open(t, fs, f), f, words("1", "2", "3")); got != "0:a 0:b 2:c" {
		t.Error(got)
	}
	answer = numbered
	f = define("g", catalog.LanguageGRPC, "x VARCHAR", "y VARCHAR", append(opts, "response.index", "question")...)
	if got := ask(t, open(t, fs, f), f, words("1", "2", "3")); got != "0:b 2:a" {
		t.Error(got)
	}
}

func TestDamagedResponse(t *testing.T) {
	for _, b := range []string{"\x0a", "\x0a\x05\x72", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x0a\x02\x70\x01"} {
		addr := raw(t, func(context.Context, string, []byte) ([]byte, error) { return []byte(b), nil })
		fs := registry(t, Config{})
		f := define("f", catalog.LanguageGRPC, "x VARCHAR", "y VARCHAR", "endpoint", addr, "method", "Echo/Rows", "proto", echoProto,
			"request.rows", "rows", "request.columns", "s=x", "response.rows", "rows", "response.columns", "y=s", "on-error", "skip")
		if got := ask(t, open(t, fs, f), f, words("1")); !strings.HasPrefix(got, "0!") || !strings.Contains(got, "08P01") {
			t.Errorf("%q: %s", b, got)
		}
	}
}

// FuzzResponse feeds any bytes to the reader of responses: it gives rows with
// good parents, or an error, and leaves no row behind.
func FuzzResponse(f *testing.F) {
	f.Add([]byte("\x0a\x0a\x12\x03\x72\x01a\x12\x03\x72\x01b\x0a\x00"), byte(0))
	f.Add([]byte("\x0a\x07\x08\x02\x12\x03\x72\x01a\x0a\x05\x12\x03\x72\x01b"), byte(1))
	f.Add([]byte("\x0a\x0a\xb2\x01\x03\x01\x02\x03\x70\x01"), byte(2))
	fs := New(Config{})
	columns := "y VARCHAR, i INT, a INT ARRAY, t TIMESTAMP, j JSON"
	var codecs []codec
	for _, extra := range [][]string{
		{"method", "Echo/Many", "response.rows", "results.items"},
		{"method", "Echo/Many", "response.rows", "results.items", "response.index", "question"},
		{"method", "Echo/Rows", "response.rows", "rows"},
		{"method", "Echo/Rows", "response.rows", "rows", "response.index", "index"},
	} {
		fn := define("f", catalog.LanguageGRPC, "x VARCHAR", columns, append([]string{"endpoint", "127.0.0.1:1", "proto", echoProto, "request.rows", "rows",
			"request.columns", "s=x", "response.columns", "y=sub.name;i=i32;a=ints;t=ts;j=js"}, extra...)...)
		d, err := fs.define(fn)
		if err != nil {
			f.Fatal(err)
		}
		p, err := d.compile(context.Background(), fs, nil)
		if err != nil {
			f.Fatal(err)
		}
		c, err := p.codec([]int{0, 1, 2, 3, 4})
		if err != nil {
			f.Fatal(err)
		}
		codecs = append(codecs, c)
	}
	out := matches(&catalog.Function{Returns: schema(columns)})
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		out.Reset()
		var got received
		err := codecs[int(which)%len(codecs)].answers(b, 3, 0, out.Rows.Cols, &got)
		for _, c := range out.Rows.Cols {
			if err == nil && c.Len() != len(got.parents) {
				t.Fatalf("%d rows, %d parents", c.Len(), len(got.parents))
			}
		}
		for _, p := range got.parents {
			if p < 0 || p > 2 {
				t.Fatal(got.parents)
			}
		}
	})
}
