package difftest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgBin is where Debian's postgresql-15 has its programs.
const pgBin = "/usr/lib/postgresql/15/bin"

var (
	live   = flag.Bool("live", false, "start PostgreSQL 15 and compare with it instead of its recorded answers")
	report = flag.String("report", "", "the file that the line of figures of a live comparison goes to")
)

// dial connects with the settings that all answers are recorded under.
func dial(t *testing.T, dsn string) *pgconn.PgConn {
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"SET timezone='UTC'", "SET lc_messages='C'", "SET statement_timeout='5s'"} {
		if _, err := conn.Exec(ctx, set).ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// TestLive asks a PostgreSQL 15 of its own everything that is recorded.
func TestLive(t *testing.T) {
	if !*live {
		t.Skip("only with -live (make difftest)")
	}
	dsn := startPostgres(t)
	var sum tally
	for _, file := range exprFiles(t) {
		lines := loadLines(t, file)
		was := make([]string, len(lines))
		for i, l := range lines {
			was[i] = l.theirs
		}
		askLines(t, dsn, lines)
		for i, l := range lines {
			if l.theirs != was[i] {
				t.Errorf("%s:%d: %s\n  PostgreSQL says %s\n  recorded is    %s", file, i+1, l.sql, l.theirs, was[i])
			}
		}
		sum.add(checkLines(t, file, lines, false))
	}
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		sum.add(liveBlocks(t, dsn, file))
	}
	text := fmt.Sprintf("equal=%d listed=%d of=%d\n", sum.equal, sum.listed, sum.of)
	t.Log(text)
	if *report != "" {
		if err := os.WriteFile(*report, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func liveBlocks(t *testing.T, dsn, file string) (sum tally) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	blocks := readBlocks(string(data))
	was := readBlocks(string(data))
	ask(t, dsn, blocks)
	for i, b := range blocks {
		if b.sql == "" {
			continue
		}
		sum.of++
		if !slices.Equal(b.want, was[i].want) {
			t.Errorf("%s:%d: %s\n  PostgreSQL says %v\n  recorded is    %v", file, b.line, b.sql, b.want, was[i].want)
		}
		if b.reason != "" {
			sum.listed++
		}
	}
	bad := replay(t, file, blocks)
	sum.equal = sum.of - sum.listed - bad
	return sum
}

// startPostgres starts a server that ends with the test, and gives the way to it:
// a socket in a directory of its own.
func startPostgres(t *testing.T) (dsn string) {
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		t.Fatalf("PostgreSQL 15 is not installed (apt-get install postgresql-15): %v", err)
	}
	dir, err := os.MkdirTemp("", "difftest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary folder
	var cred *syscall.Credential                // the server does not run as root
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatalf("PostgreSQL does not run as root, and there is no user postgres: %v", err)
		}
		uid, _ := strconv.Atoi(u.Uid) // numbers on every Unix
		gid, _ := strconv.Atoi(u.Gid)
		cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) {
		cmd := exec.Command(filepath.Join(pgBin, name), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out.String())
		}
	}
	data := filepath.Join(dir, "data")
	run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop") })
	run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", "-c listen_addresses='' -c fsync=off -k "+dir, "start")
	return "host=" + dir + " user=postgres dbname=postgres"
}
