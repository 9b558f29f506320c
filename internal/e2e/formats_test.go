package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// schemaRegistry speaks the part of a schema registry's API that is used.
func schemaRegistry(t *testing.T) (address string, subjects *[]string) {
	var mu sync.Mutex
	var schemas []map[string]string
	subjects = new([]string)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /subjects/{subject}/versions", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		s := map[string]string{}
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		schemas = append(schemas, s)
		*subjects = append(*subjects, r.PathValue("subject"))
		fmt.Fprintf(w, `{"id":%d}`, len(schemas))
	})
	mux.HandleFunc("GET /schemas/ids/{id}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var id int
		if _, err := fmt.Sscan(r.PathValue("id"), &id); err != nil || id < 1 || id > len(schemas) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if err := json.NewEncoder(w).Encode(schemas[id-1]); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, subjects
}

// TestFormats writes a topic in each format and reads it back through a second
// table, of some columns in another order.
func TestFormats(t *testing.T) {
	registry, subjects := schemaRegistry(t)
	const proto = `syntax = "proto3"; message Order { optional int64 id = 1; optional string name = 2; repeated int32 items = 3; optional bool paid = 4; }`
	for _, c := range []struct{ name, options string }{
		{"json", ""},
		{"csv", ""},
		{"avro", ""},
		{"avro-confluent", ", 'avro-confluent.url' = '" + registry + "'"},
		{"protobuf", ", 'protobuf.proto' = '" + proto + "'"},
		{"protobuf-confluent", ", 'protobuf-confluent.url' = '" + registry + "', 'protobuf-confluent.proto' = '" + proto + "'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := serve(t, embedded(t, map[string]int{"orders": 1}))
			items, some := ", items INT ARRAY", "paid, id, items"
			if c.name == "csv" {
				items, some = "", "paid, id"
			}
			columns := "id BIGINT, name VARCHAR" + items + ", paid BOOLEAN"
			w.exec("CREATE TABLE orders (" + columns + ") WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'BROKERS', 'scan.bounded.mode' = 'latest-offset', 'on-error' = 'fail', 'format' = '" + c.name + "'" + c.options + ");")
			values := "(1, 'Ann, \"x\"', ARRAY[1, -2], true), (2, '', ARRAY[3], NULL)"
			want := "[true 1 [1 -2]] [<nil> 2 [3]]"
			if items == "" {
				values, want = "(1, 'Ann, \"x\"', true), (2, '', NULL)", "[true 1] [<nil> 2]"
			}
			w.exec("INSERT INTO orders VALUES " + values)
			rows, err := w.connect().Query(testContext(t), "SELECT "+some+" FROM orders WHERE name <> 'Bob'")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for rows.Next() {
				v, err := rows.Values()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(v))
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
			if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
	if diff := cmp.Diff([]string{"orders-value", "orders-value"}, *subjects); diff != "" {
		t.Error(diff)
	}
}

// TestDebeziumTopic reads change events with their metadata, in Flink's spelling
// as well, and passes over a tombstone; a sink's op makes a delete.
func TestDebeziumTopic(t *testing.T) {
	b := embedded(t, map[string]int{"changes": 1})
	w := serve(t, b)
	w.exec(`CREATE TABLE changes (id INT, name VARCHAR, kind VARCHAR METADATA FROM 'op')
		WITH ('connector' = 'kafka', 'topic' = 'changes', 'properties.bootstrap.servers' = 'BROKERS', 'scan.bounded.mode' = 'latest-offset', 'format' = 'debezium-json');
		CREATE TABLE changes_src (name VARCHAR, tab VARCHAR METADATA FROM 'value.source.table', id INT, kind VARCHAR METADATA FROM 'value.op', n BIGINT METADATA FROM 'offset')
		WITH ('connector' = 'kafka', 'topic' = 'changes', 'properties.bootstrap.servers' = 'BROKERS', 'scan.bounded.mode' = 'latest-offset', 'format' = 'debezium-json');
		INSERT INTO changes VALUES (1, 'a', '+I'), (1, 'b', '+U'), (1, 'b', '-D')`)
	rows, err := w.connect().Query(testContext(t), "SELECT n, kind, id, name, tab FROM changes_src")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		v, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(v))
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if diff := cmp.Diff([]string{"[0 +I 1 a <nil>]", "[1 +U 1 b <nil>]", "[2 -D 1 b <nil>]"}, got); diff != "" {
		t.Error(diff)
	}
}
