package penstock_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/penstock/penstock/"

// levels says which rooms stand above which: a package may import only packages
// of a lower level, or, where listed in sideways, named ones of its own. A package that is not
// here fails the test: decide where it belongs and say why in docs/ARCHITECTURE.md.
var levels = map[string]int{
	"internal/sqlerr": 0, "internal/datum": 0, "internal/gen": 0, "internal/kafkatest": 0, "internal/listen": 0, "internal/allow": 0,
	"internal/wordlen": 0, // the demo's gRPC service; tests of exec/rpc call it
	"parser":           1, "catalog": 1, "exec": 1,
	"planner/plan": 2,
	"planner":      3, "exec/op": 3, "exec/expr": 3, "exec/format": 3, "exec/kafka": 3, "exec/file": 3,
	"exec/rpc":    3, // remote functions: batches of questions over gRPC and HTTP
	"exec/lookup": 3, // knows sources and readers by its own interfaces; connectors stand beside it
	"exec/web":    3, "exec/postgres": 3, "exec/lookup/sources": 3,
	"exec/build": 4, "server/pgcatalog": 4,
	"server/session": 5, "server/render": 5,
	"server/http": 6, "server/pgwire": 6,
	"internal/sim":      6, // an engine on simulated time, fed by hand
	"internal/sqltest":  7, // golden tests of SQL on internal/sim
	"internal/difftest": 6, // test support: compares whole statements with PostgreSQL's answers
	"internal/usertest": 7, // what penstock test runs
	"internal/e2e":      7, // tests alone: clients on one side, a broker on the other
	"cmd/penstock":      7,
	"bench":             8,
}

// sideways are the imports within a level, each with its reason.
var sideways = map[string]string{
	"internal/wordlen -> internal/sqlerr":  "a busy port is reported like other errors",
	"internal/datum -> internal/sqlerr":    "the input functions of types report SQLSTATEs",
	"internal/gen -> internal/sqlerr":      "wrong flags are reported like other errors",
	"internal/gen -> internal/datum":       "event times are written by the one writer of timestamps",
	"internal/listen -> internal/sqlerr":   "a busy port is reported like other errors",
	"internal/allow -> internal/sqlerr":    "what is not allowed is reported like other errors",
	"exec -> catalog":                      "a type's layout in memory is one table, exec/layout.go",
	"exec/kafka -> exec/format":            "a source decodes straight from the fetch buffer into columns",
	"exec/file -> exec/format":             "as exec/kafka",
	"exec/rpc -> exec/format":              "format/scalar reads and writes the values of answers and questions",
	"cmd/penstock -> internal/usertest":    "penstock test",
	"exec/lookup -> exec/format":           "lookup/records reads rows out of files and bodies",
	"exec/web -> exec/lookup":              "a source of lookup tables",
	"exec/web -> exec/format":              "the body of a response is in a format",
	"exec/postgres -> exec/lookup":         "a source of lookup tables",
	"exec/lookup/sources -> exec/lookup":   "the list of all sources",
	"exec/lookup/sources -> exec/web":      "the list of all sources",
	"exec/lookup/sources -> exec/postgres": "the list of all sources",
	"exec/lookup/sources -> exec/file":     "a lookup table may be files",
	"exec/lookup/sources -> exec/kafka":    "a lookup table may be a compacted topic",
	"exec/lookup/sources -> exec/format":   "what files and topics hold",
}

// fenced names packages that only one room (rarely two) may import, and why.
var fenced = map[string]struct{ room, why string }{
	"github.com/pingcap/tidb/pkg/parser":  {"parser", "no type of the grammar library leaves the parser"},
	"github.com/segmentio/kafka-go":       {"exec/kafka", "Kafka is one connector among others"},
	"github.com/twmb/franz-go":            {"exec/kafka", "the embedded broker stands behind exec/kafka/broker"},
	"github.com/youmark/pkcs8":            {"exec/kafka", "encrypted keys are for TLS to brokers"},
	"github.com/jackc/pgx/v5/pgproto3":    {"server/pgwire", "the wire protocol is one front door's affair"},
	"github.com/jackc/pgx/v5/pgxpool":     {"exec/postgres", "PostgreSQL is one source among others"},
	"github.com/jackc/pgx/v5/pgconn":      {"exec/postgres", "PostgreSQL is one source among others"},
	"github.com/go-chi/chi/v5":            {"server/http", "routing is one front door's affair"},
	"github.com/robfig/cron/v3":           {"exec/lookup", "when to refresh is understood in one place"},
	"github.com/spf13/cobra":              {"cmd/penstock", "the engine has no command line"},
	"go.etcd.io/bbolt":                    {"catalog", "only the catalog has a store"},
	"gocloud.dev":                         {"exec/file", "object stores are files to everyone else"},
	"github.com/aws/aws-sdk-go-v2":        {"exec/file", "object stores are files to everyone else"},
	"github.com/Azure/azure-sdk-for-go":   {"exec/file", "object stores are files to everyone else"},
	"github.com/parquet-go/parquet-go":    {"exec/format", "a format's affair"},
	"github.com/hamba/avro/v2":            {"exec/format", "a format's affair"},
	"github.com/bufbuild/protocompile":    {"exec/format exec/rpc internal/wordlen", "descriptors are compiled where messages are read or written"},
	"google.golang.org/grpc":              {"exec/rpc internal/wordlen", "a call is bytes; only the demo's service stands on the other side"},
	"github.com/sony/gobreaker/v2":        {"exec/rpc", "endpoints' limits are one place"},
	"github.com/axiomhq/hyperloglog":      {"exec/expr", "sketches are an aggregate's affair"},
	"github.com/caio/go-tdigest/v4":       {"exec/expr", "sketches are an aggregate's affair"},
	"github.com/prometheus/client_golang": {"server/http", "counters are plain atomics; only /metrics knows their format"},
}

// room finds the listed package that path is or lies in.
func room(path string) (string, bool) {
	for p := path; p != "."; {
		if _, ok := levels[p]; ok {
			return p, true
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return "", false
}

func TestImportsGoDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		path, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok {
			continue
		}
		seen++
		from, ok := room(path)
		if !ok {
			t.Errorf("%s is in no room: add it to levels", path)
			continue
		}
		for _, imp := range p.Imports {
			for lib, f := range fenced {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !slices.Contains(strings.Fields(f.room), from) && from != "bench" {
					t.Errorf("%s imports %s; only %s may: %s", path, imp, f.room, f.why)
				}
			}
			dep, ok := strings.CutPrefix(imp, module)
			if !ok {
				continue
			}
			to, ok := room(dep)
			if !ok || to == from || levels[to] < levels[from] {
				continue
			}
			if _, ok := sideways[from+" -> "+to]; !ok {
				t.Errorf("%s (level %d) imports %s (level %d): imports go down only", path, levels[from], dep, levels[to])
			}
		}
	}
	if seen < len(levels)/2 {
		t.Fatalf("go list named only %d packages", seen)
	}
}
