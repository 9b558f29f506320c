//go:build integration

package sqltest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/penstock/penstock/internal/sim"
)

// pgBin is where Debian's postgresql-15 has its programs.
const pgBin = "/usr/lib/postgresql/15/bin"

// postgres is a server of the test's own, reached by a socket in its directory.
type postgres struct {
	dir  string
	cred *syscall.Credential // the server does not run as root
}

// startPostgres starts a server that ends with the test.
func startPostgres(t *testing.T) *postgres {
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		t.Skipf("PostgreSQL 15 is not installed (apt-get install postgresql-15): %v", err)
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary folder
	p := &postgres{dir: dir}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skipf("PostgreSQL does not run as root, and there is no user postgres: %v", err)
		}
		uid, _ := strconv.Atoi(u.Uid) // numbers on every Unix
		gid, _ := strconv.Atoi(u.Gid)
		p.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	p.run(t, "", "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	t.Cleanup(func() { p.run(t, "", "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop") })
	p.run(t, "", "pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o",
		"-c listen_addresses='' -c fsync=off -c timezone=UTC -k "+dir, "start")
	return p
}

func (p *postgres) run(t *testing.T, stdin, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(pgBin, name), args...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred}
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
	return out.String()
}

func (p *postgres) query(t *testing.T, script string) []string {
	out := p.run(t, script, "psql", "-h", p.dir, "-U", "postgres", "-d", "postgres", "-XqAt", "-v", "ON_ERROR_STOP=1", "-F", " | ", "-P", "null=NULL", "-f", "-")
	return strings.Split(strings.TrimSpace(out), "\n")
}

// visitsInPostgres loads the records with the watermark that each of them met.
const visitsInPostgres = `CREATE TABLE raw (seq BIGSERIAL, doc JSON);
COPY raw (doc) FROM STDIN WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x03');
%s
\.
CREATE TABLE v AS SELECT doc->>'id' AS id, ts, ws, ws + INTERVAL '20 s' AS we, NULLIF(doc->>'lat', '')::float8 AS lat,
  NULLIF(doc->>'lng', '')::float8 AS lng, (doc->>'file_size_bytes')::bigint AS file_size_bytes,
  COALESCE(MAX(ts) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - INTERVAL '2 s' >= ws + INTERVAL '19.999 s', false) AS late
FROM (SELECT *, date_bin('20 s', ts, '1970-01-01') AS ws FROM (SELECT *, (doc->>'event_datetime')::timestamp AS ts FROM raw) a) b;
`

// TestScenariosPostgres compares S1 and S2 with what PostgreSQL 15 answers over
// the same records.
func TestScenariosPostgres(t *testing.T) {
	p := startPostgres(t)
	raw, _ := makeVisits(t, scenarioVisits)
	load := fmt.Sprintf(visitsInPostgres, bytes.Join(raw, []byte("\n")))
	late := p.query(t, load+"SELECT COUNT(*) FROM v WHERE late;")
	n, err := strconv.ParseInt(late[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, extra, ours, theirs string }{
		{"S1", "", scenario1, `SELECT id, ws::text, we::text, COUNT(*) FROM v WHERE NOT late GROUP BY id, ws, we;`},
		{"S2", scenario2Time, scenario2, `SELECT id, ws, we, COUNT(*), SUM(file_size_bytes), SUM(COALESCE(lat, -1)), COUNT(lng) FROM v WHERE NOT late GROUP BY id, ws, we;`},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := map[string]string{"batch.max-rows": "1", "parallelism": "2", "watermark.default-delay": "2s"}
			q := runVisits(t, settings, c.extra, raw, c.ours, n)
			got, err := q.Canonical(nil)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, line := range p.query(t, c.theirs) {
				values := strings.Split(line, " | ")
				for i := range values {
					if values[i], err = sim.CanonText(q.Columns()[i].Type, values[i]); err != nil {
						t.Fatal(err)
					}
				}
				want = append(want, strings.Join(values, " | "))
			}
			sameRows(t, want, got)
		})
	}
}
