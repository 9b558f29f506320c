package pgwire

import (
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestPsql has psql 15 print what its commands find. Each case is input to
// psql; it skips where psql is not installed.
func TestPsql(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "psql", "--version").Output()
	if err != nil || !strings.Contains(string(out), " 15.") {
		t.Skip("needs psql 15 (Debian: postgresql-client-15)")
	}
	addr := listen(t, &fakeEngine{numbers: 5, catalog: fakeCatalog(t)})
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	datadriven.RunTest(t, "testdata/psql", func(t *testing.T, d *datadriven.TestData) string {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "psql", "-X", "-h", host, "-p", port, "-U", "u", "-d", "penstock")
		cmd.Env = append(cmd.Environ(), "PSQL_PAGER=", "LC_ALL=C", "PGCLIENTENCODING=UTF8")
		cmd.Stdin = strings.NewReader(d.Input)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return string(out) + err.Error() + "\n"
		}
		lines := strings.Split(string(out), "\n")
		for i, l := range lines {
			lines[i] = strings.TrimRight(l, " ")
		}
		return strings.ReplaceAll(strings.Join(lines, "\n"), port, "PORT")
	})
}
