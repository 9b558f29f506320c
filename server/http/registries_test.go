package http

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestLookupTables(t *testing.T) {
	f := serve(t)
	err := f.engine.Exec(t.Context(), `CREATE LOOKUP TABLE c (id INT, name VARCHAR, PRIMARY KEY (id) NOT ENFORCED)
		WITH ('connector' = 'values', 'rows' = '[{"id":1,"name":"ann"},{"id":2,"name":"bob"}]')`)
	if err != nil {
		t.Fatal(err)
	}
	if code, body := f.text("GET", "/v1/lookup-tables", ""); code != 200 || !strings.HasPrefix(body, `{"lookup_tables":[{"name":"c","connector":"values","cache":"full","rows":0,`) {
		t.Errorf("%d %s", code, body)
	}
	code, body := f.text("POST", "/v1/lookup-tables/c/refresh", "")
	var c lookupBody
	if err := json.Unmarshal([]byte(body), &c); err != nil || code != 200 || c.Rows != 2 || c.Version != 1 || c.LastRefresh == nil || c.LastError != "" {
		t.Errorf("%d %s %v", code, body, err)
	}
	if code, body := f.text("POST", "/v1/lookup-tables/c/refresh?wait=false", ""); code != 202 || body != "" {
		t.Errorf("%d %s", code, body)
	}
	if err := f.engine.Exec(t.Context(), "SELECT LOOKUP('c', 'name', 1), LOOKUP('c', 'name', 7)"); err != nil {
		t.Fatal(err)
	}
	code, body = f.text("GET", "/v1/lookup-tables/c", "")
	if err := json.Unmarshal([]byte(body), &c); err != nil || code != 200 || c.Hits != 1 || c.Misses != 1 || c.HitRate == nil || *c.HitRate != .5 {
		t.Errorf("%d %s %v", code, body, err)
	}
	for _, path := range []string{"/v1/lookup-tables/x", "/v1/functions/x"} {
		if code, body := f.text("GET", path, ""); code != 404 || !strings.Contains(body, `"sqlstate":"42`) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if code, body := f.text("POST", "/v1/lookup-tables/x/refresh", ""); code != 404 || !strings.Contains(body, `"sqlstate":"42P01"`) {
		t.Errorf("%d %s", code, body)
	}
	if _, body := f.text("GET", "/metrics", ""); !strings.Contains(body, `penstock_lookup_rows{table="c"} 2`) || !strings.Contains(body, `penstock_lookup_hits_total{table="c"} 1`) {
		t.Errorf("%s", body)
	}
}

func TestRemoteFunctions(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in []struct{ X float64 }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		out := make([]map[string]float64, len(in))
		for i := range in {
			out[i] = map[string]float64{"y": in[i].X * 2}
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	defer service.Close()
	f := serve(t)
	err := f.engine.Exec(t.Context(), `CREATE FUNCTION twice(x DOUBLE) RETURNS DOUBLE LANGUAGE HTTP
		WITH ('endpoint' = '`+service.URL+`', 'request.columns' = 'X=x', 'response.columns' = 'twice=y')`)
	if err != nil {
		t.Fatal(err)
	}
	if code, body := f.text("GET", "/v1/functions/twice", ""); code != 200 || !strings.Contains(body, `"calls":0`) {
		t.Errorf("%d %s", code, body)
	}
	if err := f.engine.Exec(t.Context(), "SELECT twice(x) FROM (VALUES (1.0), (2.0), (1.0)) AS t(x)"); err != nil {
		t.Fatal(err)
	}
	code, body := f.text("GET", "/v1/functions/twice", "")
	var s struct {
		Calls, Answers int64
		Duplicates     int64                 `json:"duplicates_saved"`
		RowsPerCall    struct{ Count int64 } `json:"rows_per_call"`
	}
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != 200 || s.Calls != 1 || s.Answers != 2 || s.Duplicates != 1 || s.RowsPerCall.Count != 1 {
		t.Errorf("%d %s %v", code, body, err)
	}
	if code, body := f.text("GET", "/v1/functions", ""); code != 200 || !strings.HasPrefix(body, `{"functions":[{"name":"twice","language":"http"`) {
		t.Errorf("%d %s", code, body)
	}
	if _, body := f.text("GET", "/metrics", ""); !strings.Contains(body, `penstock_function_calls_total{function="twice"} 1`) ||
		!strings.Contains(body, `penstock_function_rows_per_call_bucket{function="twice",le="2"} 1`) {
		t.Errorf("%s", body)
	}
}
