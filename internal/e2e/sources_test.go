package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock/penstock/exec/kafka/broker"
)

// TestSecrets: options refer to secrets, which are resolved when a query starts
// and shown nowhere.
func TestSecrets(t *testing.T) {
	t.Setenv("E2E_USER", "joe")
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Topics: map[string]int{"t": 1},
		Users: []broker.User{{Mechanism: "SCRAM-SHA-256", Name: "joe", Password: "hunter2"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	w := serve(t, site{brokers: b.Addr()})
	w.exec(strings.ReplaceAll(`CREATE TABLE t (id VARCHAR) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json',
  'scan.bounded.mode' = 'latest-offset', 'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'SCRAM-SHA-256',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="${env:E2E_USER}" password="${file:FILE}";');
INSERT INTO t VALUES ('a')`, "FILE", file))
	c := w.connect()
	diff(t, "rows", ask(t, c, "SELECT id FROM t"), [][]string{{"a"}})
	shown := ask(t, c, "SHOW CREATE TABLE t")[0][0]
	if strings.Contains(shown, "hunter2") || !strings.Contains(shown, "${file:"+file+"}") || !strings.Contains(shown, "${env:E2E_USER}") {
		t.Errorf("shown: %s", shown)
	}
	fault := func(sql string, words ...string) {
		t.Helper()
		_, err := c.Exec(testContext(t), strings.ReplaceAll(sql, "BROKERS", b.Addr()))
		for _, word := range words {
			if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	if err := os.WriteFile(file, []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	fault("SELECT id FROM t", "28P01", `"${env:E2E_USER}"`)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	fault("SELECT id FROM t", "22023", file)
	t.Setenv("E2E_FORMAT", "hunter2-format")
	fault(`CREATE TABLE u (id VARCHAR) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'BROKERS', 'format' = '${env:E2E_FORMAT}')`, "E2E_FORMAT")
	fault(`CREATE TABLE u (id VARCHAR) WITH ('connector' = 'kafka', 'topic' = '${env:E2E_UNSET}', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json')`, "22023", "E2E_UNSET")
}

// TestUpsertKafka: rows are the last values of their keys, with and without the
// operation as a column, and what is written is what is read.
func TestUpsertKafka(t *testing.T) {
	b := embedded(t, map[string]int{"moves": 1})
	write(t, b, "moves", `{"user":"a","city":"Rome","op":"+I"}`, `{"user":"b","city":"Oslo","op":null}`, `{"user":"a","city":"Rome","op":"-U"}`,
		`{"user":"a","city":"Bern","op":"+U"}`, `{"user":"b","op":"-D"}`)
	w := serve(t, b)
	w.exec(`
CREATE TABLE moves ("user" VARCHAR, city VARCHAR, op VARCHAR) WITH ('connector' = 'kafka', 'topic' = 'moves', 'properties.bootstrap.servers' = 'BROKERS',
  'format' = 'json', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE homes ("user" VARCHAR, city VARCHAR, op VARCHAR METADATA, PRIMARY KEY ("user") NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'homes',
  'properties.bootstrap.servers' = 'BROKERS', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE living ("user" VARCHAR, city VARCHAR, PRIMARY KEY ("user") NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'homes',
  'properties.bootstrap.servers' = 'BROKERS', 'key.format' = 'json', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY', 'scan.bounded.mode' = 'latest-offset');
INSERT INTO homes SELECT "user", city, op FROM moves`)
	diff(t, "records", consume(t, b, "homes", 4), []record{{`{"user":"a"}`, `{"city":"Rome"}`}, {`{"user":"b"}`, `{"city":"Oslo"}`}, {`{"user":"a"}`, `{"city":"Bern"}`}, {`{"user":"b"}`, ""}})
	c := w.connect()
	diff(t, "with operations", ask(t, c, `SELECT "user", city, op FROM homes`), [][]string{{"a", "Rome", "+U"}, {"b", "Oslo", "+U"}, {"a", "Bern", "+U"}, {"b", "NULL", "-D"}})
	diff(t, "without", ask(t, c, `SELECT "user", city FROM living`), [][]string{{"a", "Rome"}, {"b", "Oslo"}, {"a", "Bern"}})
	for sql, code := range map[string]string{
		`INSERT INTO living VALUES (NULL, 'Rome')`:    "23502",
		`INSERT INTO homes VALUES ('a', 'Rome', 'U')`: "22023",
		`CREATE TABLE x (a INT) WITH ('connector' = 'upsert-kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'key.format' = 'json', 'value.format' = 'json')`: "42P16",
		`CREATE TABLE x (a INT, op VARCHAR METADATA) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json')`:                "22023",
	} {
		if _, err := c.Exec(testContext(t), sql); err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestTopicsOfOneTable: a list and a pattern of topics, as SQL has them.
func TestTopicsOfOneTable(t *testing.T) {
	b := embedded(t, map[string]int{"visits-de": 1, "visits-fr": 1, "other": 1})
	write(t, b, "visits-de", `{"id":"d"}`)
	write(t, b, "visits-fr", `{"id":"f"}`)
	write(t, b, "other", `{"id":"o"}`)
	w := serve(t, b)
	const table = `CREATE TABLE NAME (id VARCHAR, topic VARCHAR METADATA VIRTUAL) WITH ('connector' = 'kafka', OPTION, 'properties.bootstrap.servers' = 'BROKERS',
  'format' = 'json', 'scan.bounded.mode' = 'latest-offset');`
	w.exec(strings.NewReplacer("NAME", "listed", "OPTION", "'topic' = 'visits-de;other'").Replace(table) +
		strings.NewReplacer("NAME", "matched", "OPTION", "'topic-pattern' = 'visits-.*'").Replace(table))
	c := w.connect()
	diff(t, "list", ask(t, c, "SELECT id, topic FROM listed ORDER BY id"), [][]string{{"d", "visits-de"}, {"o", "other"}})
	diff(t, "pattern", ask(t, c, "SELECT id, topic FROM matched ORDER BY id"), [][]string{{"d", "visits-de"}, {"f", "visits-fr"}})
	if _, err := c.Exec(testContext(t), "INSERT INTO listed VALUES ('x')"); err == nil || !strings.Contains(err.Error(), "0A000") {
		t.Errorf("written: %v", err)
	}
}
