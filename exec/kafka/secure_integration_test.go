//go:build integration

package kafka

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/kafkatest"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestApacheKafkaSecure logs in to Apache Kafka in all the ways there are, over
// TLS with a certificate of the client's.
func TestApacheKafkaSecure(t *testing.T) {
	firstContact = "8000" // a broker that has just started is slow
	t.Cleanup(func() { firstContact = "800" })
	ca := kafkatest.NewAuthority(t)
	client := ca.Issue(t, "client")
	k := kafkatest.StartSecure(t, ca)
	if err := CreateTopic(testContext(t), ClientConfig{Brokers: []string{k.Addr}}, "t", 1); err != nil {
		t.Fatal(err)
	}
	const jaas = "org.apache.kafka.common.security."
	tls := []string{"security.protocol", "SASL_SSL", "ssl.truststore.type", "PEM", "ssl.truststore.location", ca.File,
		"ssl.keystore.type", "PEM", "ssl.keystore.location", client.StoreFile}
	with := func(kv ...string) []string { return append(kv, tls...) }
	token := func(sub string, life time.Duration) func(int32) (string, int) {
		return func(int32) (string, int) {
			now := time.Now()
			claims := fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d}`, sub, now.Unix(), now.Add(life).Unix())
			enc := base64.RawURLEncoding.EncodeToString
			return enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(claims)) + ".", int(life.Seconds())
		}
	}
	good, asked := tokenServer(t, 1, token("me", time.Hour))
	stale, _ := tokenServer(t, 0, token("me", -time.Hour))
	oauth := func(url string) []string {
		return with("sasl.mechanism", mechOAuth, "sasl.oauthbearer.token.endpoint.url", url, "sasl.jaas.config",
			jaas+`oauthbearer.OAuthBearerLoginModule required clientId="me" clientSecret="s&cret" scope="kafka";`)
	}
	fillSecured(t, k.Secure, with("sasl.mechanism", mechPlain, "sasl.jaas.config", jaas+`plain.PlainLoginModule required username="alice" password="alice-secret";`)...)
	for name, kv := range map[string][]string{
		"plain":     with("sasl.mechanism", mechPlain, "sasl.username", kafkatest.UserPlain, "sasl.password", "alice-secret"),
		"scram-256": with("sasl.mechanism", mechSCRAM256, "sasl.jaas.config", jaas+`scram.ScramLoginModule required username="bob" password="bob-secret";`),
		"scram-512": with("sasl.mechanism", mechSCRAM512, "sasl.username", kafkatest.UserSCRAM512, "sasl.password", "carol-secret"),
		"oauth":     oauth(good),
	} {
		if err := readSecured(t, k.Secure, kv...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asked.Load() != 2 {
		t.Errorf("asked for a token %d times", asked.Load())
	}
	wantFault(t, readSecured(t, k.Secure, with("sasl.mechanism", mechPlain, "sasl.username", "alice", "sasl.password", "wrong")...), sqlerr.InvalidPassword, `"alice"`)
	wantFault(t, readSecured(t, k.Secure, with("sasl.mechanism", mechSCRAM256, "sasl.username", "bob", "sasl.password", "wrong")...), sqlerr.InvalidPassword, `"bob"`)
	wantFault(t, readSecured(t, k.Secure, with("sasl.mechanism", mechSCRAM512, "sasl.username", "bob", "sasl.password", "bob-secret")...), sqlerr.InvalidPassword, `"bob"`)
	wantFault(t, readSecured(t, k.Secure, oauth(stale)...), sqlerr.InvalidAuthorization, "token")
	wantFault(t, readSecured(t, k.Secure, "security.protocol", "SASL_SSL", "ssl.truststore.location", ca.File,
		"sasl.mechanism", mechPlain, "sasl.username", "alice", "sasl.password", "alice-secret"), sqlerr.CannotConnect, "certificate")
}

// TestApacheKafkaCluster goes on reading and writing when one of three brokers
// is killed.
func TestApacheKafkaCluster(t *testing.T) {
	start := time.Now()
	step := func(what string) { t.Logf("%s: %.1fs", what, time.Since(start).Seconds()) }
	all := kafkatest.StartCluster(t, 3)
	step("started")
	addrs := []string{all[0].Addr, all[1].Addr, all[2].Addr}
	var err error
	for start := time.Now(); time.Since(start) < testPatience; { // the brokers find each other one by one
		if err = CreateTopic(testContext(t), ClientConfig{Brokers: addrs, Log: quiet}, "t", 3); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	step("topic made")
	cfg := sinkConfig(addrs[0])
	cfg.Client.Brokers, cfg.AutoCreate, cfg.Partitioner, cfg.DeliveryTimeout = addrs, false, PartitionRoundRobin, 30*time.Second
	sink := openSink(t, cfg)
	scan := unbounded(addrs[0])
	scan.Client.Brokers = addrs
	s := openScan(t, scan)
	src := openSource(t, s, allSplits(s), textColumns)
	write := func(prefix string, n int) {
		t.Helper()
		if err := sink.Write(testContext(t), textBatch(want(numbered(prefix, n))...)); err != nil {
			t.Fatal(err)
		}
	}
	got := make(map[int32][]string)
	write("before", 300)
	if err := sink.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	readSome(t, src, got, 300)
	step("read before")
	write("while", 300)
	all[2].Kill(t)
	step("killed")
	write("after", 300)
	if err := sink.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	step("written after")
	readSome(t, src, got, 900)
	step("read after")
	count := map[string]int{}
	for _, texts := range got {
		for _, v := range texts {
			count[v]++
		}
	}
	exp := map[string]int{}
	for _, p := range []string{"before", "while", "after"} {
		for _, v := range want(numbered(p, 300)) {
			exp[v] = 1
		}
	}
	if d := cmp.Diff(exp, count); d != "" {
		t.Error(d)
	}
}
