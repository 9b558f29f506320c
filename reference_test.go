package penstock_test

import (
	"bytes"
	stdcmp "cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/file"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/kafka"
)

var rewrite = flag.Bool("rewrite", false, "write the generated pages of docs anew")

// TestReference compares the generated pages of docs with the code they are
// made from. go test . -run TestReference -rewrite writes them.
func TestReference(t *testing.T) {
	for path, page := range map[string]func(*testing.T) string{
		"docs/reference/settings.md":  settingsPage,
		"docs/reference/options.md":   optionsPage,
		"docs/reference/lookup.md":    lookupPage,
		"docs/reference/remote.md":    remotePage,
		"docs/reference/functions.md": functionsPage,
		"docs/limits.md":              limitsPage,
	} {
		t.Run(path, func(t *testing.T) {
			want := page(t)
			if *rewrite {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("%s is stale; write it anew with go test . -run TestReference -rewrite (-code +page):\n%s", path, diff)
			}
		})
	}
}

const generated = "<!-- Made from the code by reference_test.go; do not edit. -->\n\n"

// cell makes a text fit into a cell of a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}

// code sets a text as code, if there is any.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(cell(s), "`", "'") + "`"
}

func table(b *strings.Builder, head []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, r := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(r, " | "))
	}
}

func settingsPage(*testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Settings\n\n" + generated +
		"`SET name = value`, `SHOW name`, `RESET name`, `SHOW ALL`; also `penstock run --set name=value` and the member\n" +
		"`settings` of a request to `POST /v1/sql`. An unknown name is an error with a suggestion. Names do not look at case.\n\n")
	var rows [][]string
	for _, s := range catalog.SettingSpecs() {
		def, kind := code(s.Default), [...]string{"text", "integer", "boolean", "one of", "duration", "milliseconds"}[s.Kind]
		if s.Name == "parallelism" {
			def = "the number of cores"
		}
		if s.Kind == catalog.SetEnum {
			kind = strings.Join(s.Enum, ", ")
		}
		if s.ReadOnly {
			kind += "; read only"
		}
		if s.Max != 0 {
			kind += "; " + span(s.Kind == catalog.SetDuration || s.Kind == catalog.SetMillis, s.Min, s.Max)
		}
		doc := cell(s.Doc)
		if s.Alias != "" {
			doc += " Also `" + s.Alias + "`."
		}
		rows = append(rows, []string{"`" + s.Name + "`", def, kind, doc})
	}
	table(b, []string{"name", "default", "values", "what it does"}, rows)
	return b.String()
}

// span is the bounds of a number or a length of time.
func span(duration bool, lo, hi int64) string {
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	if duration {
		show = func(n int64) string { return catalog.FormatDuration(time.Duration(n)) }
	}
	if hi == 1<<63-1 {
		return "from " + show(lo)
	}
	return show(lo) + " to " + show(hi)
}

func optionsPage(t *testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Options of CREATE TABLE … WITH (…)\n\n" + generated +
		"Every table names a connector, most a format. An unknown key, a key given twice and a wrong value are errors with the\n" +
		"place in the statement, and a suggestion where one is near. The connector `blackhole` is a sink that throws rows away; it has no options.\n")
	kafkaSpecs, err := kafka.Specs(nil)
	if err != nil {
		t.Fatal(err)
	}
	fileSpecs, err := file.Specs(nil)
	if err != nil {
		t.Fatal(err)
	}
	options(b, "Connector kafka", kafkaSpecs)
	options(b, "Connector file", fileSpecs)
	for _, name := range format.Names() {
		f, err := format.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		options(b, "Format "+name+": "+f.Doc, f.AllOptions())
	}
	b.WriteString("\nA format of the key (`key.format`) has the same options behind `key.`.\n\n## Metadata columns\n\n" +
		"`name TYPE METADATA [FROM 'key'] [VIRTUAL]` in a table's columns.\n\n")
	var rows [][]string
	for _, m := range kafka.MetaSpecs() {
		rows = append(rows, []string{"kafka", "`" + m.Key + "`", m.Type.String(), map[bool]string{true: "yes"}[m.Writable], m.Doc})
	}
	rows = append(rows, []string{"file", "`" + file.MetaPath + "`", "VARCHAR", "", "the file's path"},
		[]string{"file", "`" + file.MetaLine + "`", "BIGINT", "", "the line's number, from 1"})
	for _, name := range format.Names() {
		f, err := format.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range f.Meta {
			rows = append(rows, []string{"format " + name, "`" + m.Key + "`", m.Type.String(), map[bool]string{true: "yes"}[m.Writable], m.Doc})
		}
	}
	table(b, []string{"connector", "key", "type", "a sink may write it", "what it is"}, rows)
	return b.String()
}

// options lists what WITH takes.
func options(b *strings.Builder, head string, list []catalog.OptionSpec) {
	fmt.Fprintf(b, "\n## %s\n\n", head)
	if len(list) == 0 {
		b.WriteString("It has no options.\n")
		return
	}
	var rows [][]string
	for _, s := range list {
		kind := [...]string{"text", "integer", "duration", "size", "boolean", "one of"}[s.Kind]
		if s.Kind == catalog.OptEnum {
			kind = strings.Join(s.Enum, ", ")
		}
		if s.Max != 0 {
			kind += "; " + span(s.Kind == catalog.OptDuration, s.Min, s.Max)
		}
		def := code(s.Default)
		if s.Required {
			def = "required"
		}
		key := s.Key
		if s.Prefix {
			key += "…"
		}
		rows = append(rows, []string{"`" + key + "`", def, kind, cell(s.Doc)})
	}
	table(b, []string{"key", "default", "values", "what it does"}, rows)
}

func functionsPage(*testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Functions, operators and aggregates\n\n" + generated +
		"Results, errors and their SQLSTATEs are those of PostgreSQL 15 where it has the function ([where not](postgresql.md)); where Flink has one of that name, too, PostgreSQL wins. CASE, CAST, TRY_CAST and `::` are syntax.\n" +
		"`any` is any type; a type with `…` behind it may come any number of times.\n")
	fs := expr.Builtin()
	for _, part := range []struct {
		head string
		in   func(name string, s catalog.Signature) bool
	}{
		{"Functions", func(n string, s catalog.Signature) bool { return !s.Aggregate && isWord(n) }},
		{"Aggregates", func(_ string, s catalog.Signature) bool { return s.Aggregate }},
		{"Operators", func(n string, s catalog.Signature) bool { return !s.Aggregate && !isWord(n) }},
	} {
		var rows [][]string
		for _, name := range fs.Names() {
			list := fs.Signatures(name)
			if !part.in(name, list[0]) {
				continue
			}
			var sigs []string
			for _, s := range list {
				sigs = append(sigs, code(signature(s)))
			}
			rows = append(rows, []string{code(name), strings.Join(sigs, "<br>"), cell(list[0].Doc), code(list[0].Example)})
		}
		fmt.Fprintf(b, "\n## %s\n\n", part.head)
		table(b, []string{"name", "arguments and result", "what it gives", "example"}, rows)
	}
	return b.String()
}

func isWord(s string) bool { return s[0] >= 'a' && s[0] <= 'z' || s[0] == '_' }

func signature(s catalog.Signature) string {
	word := func(t catalog.Type) string {
		if t.Kind == catalog.Unknown {
			return "any"
		}
		if t.Kind == catalog.Array && t.Elem.Kind == catalog.Unknown {
			return "ARRAY"
		}
		if t.Kind == catalog.Map && t.Elem.Kind == catalog.Unknown {
			return "MAP"
		}
		if t.Kind == catalog.Row && len(t.Fields) == 0 {
			return "ROW"
		}
		return t.String()
	}
	var args []string
	for _, a := range s.Args {
		args = append(args, word(a))
	}
	if s.Variadic {
		args[len(args)-1] += "…"
	}
	ret := word(s.Ret)
	if s.RetOf != nil {
		ret = "by the arguments"
	}
	return "(" + strings.Join(args, ", ") + ") → " + ret
}

// limits are the constants that bound something, by the file they stand in.
var limits = []struct{ head, file, names string }{
	{"SQL text", "parser/parse.go", "MaxTextBytes MaxNesting MaxChain MaxParams"},
	{"Plans", "planner/limits.go", "MaxExprDepth MaxViewDepth MaxPlanExprs MaxColumns"},
	{"Names", "catalog/catalog.go", "MaxNameLength"},
	{"Settings", "catalog/setting.go", "maxParallelism maxBatchRows maxWait maxSettingBytes"},
	{"The catalog's file", "catalog/store.go", "lockTimeout"},
	{"Decimals", "internal/datum/types.go", "MaxDigits MaxScale"},
	{"Results of expressions", "exec/expr/fn_string.go", "maxText"},
	{"", "exec/expr/call.go", "maxBatchText"},
	{"", "exec/expr/regex.go", "maxPattern maxRepeat"},
	{"", "exec/expr/fn_pattern.go", "maxPatterns"},
	{"Dataflow", "exec/packet.go", "EdgeDepth"},
	{"", "exec/pipe.go", "PipeDepth"},
	{"", "exec/graph.go", "DefaultBatchRows"},
	{"", "exec/task.go", "IdleTick"},
	{"", "exec/snapshot.go", "SnapshotTimeout"},
	{"", "exec/asyncstage.go", "DefaultAsyncRows MaxOpenBatches MaxDuplicates"},
	{"", "exec/op/expand.go", "MaxAnswers"},
	{"", "exec/op/expand_pin.go", "MaxPins"},
	{"Aggregation and sorting", "exec/op/aggregate.go", "DefaultMaxGroups DefaultMaxPartialGroups maxKeyBytes"},
	{"", "exec/op/sort.go", "DefaultMaxBytes maxTop"},
	{"Kafka, reading", "exec/kafka/fetch.go", "DefaultFetchMaxBytes"},
	{"", "exec/kafka/fetcher.go", "fetchBuffers topicGone"},
	{"", "exec/kafka/codec.go", "maxInflated"},
	{"", "exec/kafka/config.go", "DefaultMaxRows maxBatchBytes"},
	{"", "exec/kafka/client.go", "DefaultConnectTimeout DefaultRequestTimeout"},
	{"", "exec/kafka/optionvalues.go", "minDiscovery maxPattern maxTopics"},
	{"", "exec/kafka/keeper.go", "commitPatience"},
	{"Kafka, security", "exec/kafka/tls.go", "maxPEMBytes"},
	{"", "exec/kafka/auth.go", "tokenTimeout tokenAttempts tokenBytes tokenShare tokenLife maxTokens"},
	{"", "catalog/secret.go", "maxSecretBytes"},
	{"Rejects", "exec/build/reject.go", "RejectQueue RejectQueueBytes rejectBatch RejectFlush rejectPatience MaxRejectError"},
	{"Kafka, writing", "exec/kafka/sink.go", "DefaultBatchBytes DefaultBufferBytes DefaultLinger DefaultDeliveryTimeout DefaultInFlight"},
	{"Files", "exec/file/config.go", "DefaultBatchRows maxBatchBytes DefaultMaxLineBytes maxLineBytes DefaultPollEvery"},
	{"Lookup tables", "exec/lookup/options.go", "DefaultMaxBytes DefaultPartialBytes MinRefresh"},
	{"", "exec/lookup/keeper.go", "RetryFirst RetryMost"},
	{"", "exec/lookup/points.go", "PointRetry"},
	{"", "exec/lookup/live.go", "LiveEvery LiveMaxRows"},
	{"", "exec/lookup/chunk.go", "MinChunkRows ChunkRows ChunkBytes MaxChunks"},
	{"", "exec/lookup/index.go", "BurstRows"},
	{"", "exec/lookup/reader.go", "MaxAnswerBytes"},
	{"", "exec/lookup/scan.go", "ScanRows"},
	{"", "exec/lookup/snapshot.go", "SnapshotEvery maxSnapshotFrame"},
	{"", "exec/lookup/records/reader.go", "MaxRows maxBatchBytes MaxRecordBytes readBytes"},
	{"", "exec/lookup/records/stream.go", "maxDepth"},
	{"", "exec/lookup/sources/latest.go", "minDead"},
	{"", "exec/web/client.go", "maxRedirects maxConns maxIdle idleTimeout maxHeaderBytes maxRootCertSize"},
	{"", "exec/postgres/options.go", "maxMessageBytes"},
	{"", "exec/postgres/pool.go", "maxLife maxIdle closeTimeout cancelDelay"},
	{"", "exec/postgres/load.go", "grace"},
	{"", "exec/postgres/source.go", "maxBatchBytes"},
	{"", "exec/postgres/lookup.go", "maxAnswerBytes"},
	{"", "internal/allow/host.go", "DialTimeout"},
	{"Remote functions", "exec/rpc/options.go", "maxBatchRows maxInFlight maxAttempts maxMessageBytes maxTimeout maxCacheBytes"},
	{"", "exec/rpc/limits.go", "burstTime retriesPerSecond budgetTokens"},
	{"", "exec/rpc/proto.go", "maxProtoBytes maxProtoFiles"},
	{"", "exec/rpc/reflect.go", "reflectTimeout"},
	{"", "exec/rpc/grpc.go", "streamWindow connWindow"},
	{"", "exec/rpc/http.go", "idleConns idleTime maxErrorBody"},
	{"", "exec/rpc/link.go", "maxPEMBytes"},
	{"", "exec/rpc/call.go", "keepBytes"},
	{"", "internal/wordlen/server.go", "maxRows"},
	{"JSON", "exec/format/json/scan.go", "MaxDepth"},
	{"", "exec/format/json/layout.go", "maxLayouts maxSlots"},
	{"Time", "planner/table.go", "DefaultDelay DefaultIdleTimeout"},
	{"HTTP", "server/http/server.go", "MaxBodyBytes MaxRequests"},
	{"PostgreSQL protocol", "server/pgwire/server.go", "DefaultMaxConns DefaultWriteTimeout maxMessageBytes"},
	{"", "server/pgwire/conn.go", "maxStatements maxPortals"},
	{"", "server/pgwire/queue.go", "maxQueuedMessages maxQueuedBytes"},
	{"", "server/pgwire/stream.go", "maxRowBytes"},
	{"", "server/pgwire/startup.go", "maxStartupBytes maxStartupTries"},
	{"Catalogue queries", "server/pgcatalog/plan.go", "maxRows"},
	{"Lists of queries", "server/session/query.go", "MaxEndedQueries"},
	{"Logs", "exec/build/stats.go", "LogEvery"},
	{"", "exec/kafka/stats.go", "logEvery"},
	{"", "exec/file/stats.go", "logEvery"},
	{"Shutdown", "cmd/penstock/serve.go", "shutdownTimeout"},
}

func limitsPage(t *testing.T) string {
	b := &strings.Builder{}
	b.WriteString("# Limits\n\n" + generated + "Every queue, cache, wait and retry has a bound, and each bound a name in the code. Sizes are bytes unless said\n" +
		"otherwise. Those that can be changed are in [settings](reference/settings.md) and [options](reference/options.md).\n")
	for _, l := range limits {
		if l.head != "" {
			fmt.Fprintf(b, "\n## %s\n\n| bound | value | what it bounds |\n|---|---|---|\n", l.head)
		}
		found := constants(t, l.file)
		for _, name := range strings.Fields(l.names) {
			c, ok := found[name]
			if !ok {
				t.Fatalf("%s has no constant %s any more: mend the list in reference_test.go", l.file, name)
			}
			fmt.Fprintf(b, "| `%s.%s` | `%s` | %s |\n", filepath.ToSlash(filepath.Dir(l.file)), name, c.value, cell(c.doc))
		}
	}
	return b.String()
}

type constant struct{ value, doc string }

// constants reads the constants of a source file with their comments.
func constants(t *testing.T, path string) map[string]constant {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]constant{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		last := ""
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			doc := slices.MaxFunc([]string{v.Doc.Text(), v.Comment.Text()}, func(a, b string) int { return len(a) - len(b) })
			if doc == "" {
				doc = stdcmp.Or(last, g.Doc.Text()) // one comment over several constants
			}
			last = doc
			for i, n := range v.Names {
				if i < len(v.Values) {
					var e bytes.Buffer
					if err := printer.Fprint(&e, fset, v.Values[i]); err != nil {
						t.Fatal(err)
					}
					out[n.Name] = constant{e.String(), doc}
				}
			}
		}
	}
	return out
}
