package e2e

import (
	"context"
	"io"
	nethttp "net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// remoteFunctions are a table function and a scalar one over the same service,
// through an endpoint; a word "bad" is refused.
const remoteFunctions = `
CREATE ENDPOINT words WITH ('url' = 'ADDR', 'rate-limit' = '10000/s', 'max-in-flight' = '8', 'breaker.failures' = '100');
CREATE FUNCTION resolve(word VARCHAR) RETURNS TABLE (length INT) LANGUAGE GRPC WITH (
  'endpoint' = 'words', 'method' = 'RpcService/resolveBatch', 'reflection' = 'true', 'on-error' = 'POLICY',
  'request.rows' = 'request', 'request.columns' = 'input=word', 'response.rows' = 'response', 'response.columns' = 'length=output');
CREATE FUNCTION wordlen(word VARCHAR) RETURNS INT LANGUAGE GRPC WITH (
  'endpoint' = 'words', 'method' = 'RpcService/resolve', 'reflection' = 'true', 'request.columns' = 'input=word', 'response.columns' = 'wordlen=output');
`

func remoteWorld(t *testing.T, policy string) *world {
	s := wordService(t, "127.0.0.1:0", func(_ context.Context, _ string, words []string) error {
		if slices.Contains(words, "bad") {
			return status.Error(codes.InvalidArgument, "refused")
		}
		return nil
	})
	w := serve(t, site{})
	w.exec(strings.NewReplacer("ADDR", s.Addr(), "POLICY", policy).Replace(remoteFunctions))
	return w
}

func TestRemoteForms(t *testing.T) {
	w := remoteWorld(t, "null")
	for _, test := range []struct {
		sql  string
		want [][]string
	}{
		{"SELECT w.x, r.length FROM (VALUES ('a'), ('bcd')) AS w(x) CROSS JOIN LATERAL TABLE(resolve(w.x)) AS r(length)", [][]string{{"a", "1"}, {"bcd", "3"}}},
		{"SELECT w.x, r.n FROM (VALUES ('a'), ('bcd')) AS w(x) LEFT JOIN LATERAL TABLE(resolve(w.x)) AS r(n) ON TRUE", [][]string{{"a", "1"}, {"bcd", "3"}}},
		{"SELECT w.x, r.n FROM (VALUES ('a'), ('bad'), ('c')) AS w(x), LATERAL TABLE(resolve(w.x)) AS r(n)", [][]string{{"a", "1"}, {"bad", ""}, {"c", "1"}}},
		{"SELECT wordlen('hello'), wordlen(x) + 1 FROM (VALUES ('ab')) AS w(x)", [][]string{{"5", "3"}}},
		{"SELECT x FROM (VALUES ('ab'), ('abc'), ('a')) AS w(x) WHERE wordlen(x) > 1", [][]string{{"ab"}, {"abc"}}},
		{"SELECT wordlen(x) AS n, COUNT(*) FROM (VALUES ('ab'), ('abc'), ('cd')) AS w(x) GROUP BY wordlen(x) ORDER BY n", [][]string{{"2", "2"}, {"3", "1"}}},
		{"SELECT w.x, r.length, r.attempts, r.error LIKE '%refused%' FROM (VALUES ('a'), ('bad')) AS w(x), LATERAL TABLE(resolve(w.x)) WITH ERRORS AS r",
			[][]string{{"a", "1", "2", ""}, {"bad", "", "2", "t"}}},
	} {
		if got := w.queryPG(test.sql, 0); !slices.EqualFunc(got, test.want, slices.Equal) {
			t.Errorf("%s\n got %q\nwant %q", test.sql, got, test.want)
		}
	}
	diff(t, "SHOW FUNCTIONS", len(w.queryPG("SHOW FUNCTIONS", 0)) >= 2, true)
	resp, err := nethttp.Get("http://" + w.http + "/v1/functions/resolve")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.Contains(string(b), `"rows_per_call"`) || !strings.Contains(string(b), `"endpoint":"words"`) {
		t.Errorf("%v %s", err, b)
	}
	if err := w.engine.Exec(testContext(t), "DROP ENDPOINT words"); err == nil || !strings.Contains(err.Error(), "2BP01") {
		t.Errorf("%v", err)
	}
	w.exec("DROP FUNCTION resolve; DROP FUNCTION wordlen; DROP ENDPOINT words")
}

func TestRemotePolicies(t *testing.T) {
	const query = "SELECT w.x, r.n FROM (VALUES ('a'), ('bad'), ('c')) AS w(x), LATERAL TABLE(resolve(w.x)) AS r(n)"
	diff(t, "skip", remoteWorld(t, "skip").queryPG(query, 0), [][]string{{"a", "1"}, {"c", "1"}})
	c := remoteWorld(t, "fail").connect()
	if _, err := c.Exec(testContext(t), query); err == nil || !strings.Contains(err.Error(), "function resolve: INVALID_ARGUMENT: refused") {
		t.Errorf("%v", err)
	}
}
