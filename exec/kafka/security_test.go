package kafka

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/youmark/pkcs8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/kafkatest"
	"github.com/penstock/penstock/internal/sqlerr"
)

// firstContact bounds the first contact of tests that expect it to fail, in
// milliseconds.
var firstContact = "800"

// configured makes a scan's configuration out of options; short keys are given
// 'properties.' in front.
func configured(t testing.TB, addr, topic string, kv ...string) (*Table, error) {
	t.Helper()
	o := []catalog.Option{{Key: "connector", Value: "kafka"}, {Key: "topic", Value: topic}, {Key: "format", Value: "json"},
		{Key: "properties.bootstrap.servers", Value: addr}, {Key: "scan.bounded.mode", Value: "latest-offset"},
		{Key: optConnect, Value: firstContact}}
	for i := 0; i < len(kv); i += 2 {
		o = append(o, catalog.Option{Key: properties + kv[i], Value: kv[i+1]})
	}
	return Configure(o)
}

// readSecured writes nothing and reads the topic's three records.
func readSecured(t testing.TB, addr string, kv ...string) error {
	t.Helper()
	c, err := configured(t, addr, "t", kv...)
	if err != nil {
		return err
	}
	c.Scan.Client.Log = quiet
	s, err := OpenScan(testContext(t), c.Scan)
	if err != nil {
		return err
	}
	defer s.Close()
	got, err := readAll(t, openSource(t, s, allSplits(s), textColumns))
	if err != nil {
		return err
	}
	if d := cmp.Diff(map[int32][]string{0: {"v0", "v1", "v2"}}, got); d != "" {
		return fmt.Errorf("read: %s", d)
	}
	return nil
}

// fillSecured writes the records through a sink with the same options.
func fillSecured(t testing.TB, addr string, kv ...string) {
	t.Helper()
	c, err := configured(t, addr, "t", kv...)
	if err != nil {
		t.Fatal(err)
	}
	cfg := sinkConfig(addr)
	cfg.Client, cfg.Topic, cfg.AutoCreate = c.Sink.Client, "t", false
	cfg.Client.Log = quiet
	s := openSink(t, cfg)
	if err := s.Write(testContext(t), textBatch("v0", "v1", "v2")); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

func wantFault(t *testing.T, err error, code sqlerr.Code, words ...string) {
	t.Helper()
	if err == nil || sqlerr.CodeOf(err) != code {
		t.Errorf("%v, not %s", err, code)
		return
	}
	e := sqlerr.From(err)
	for _, w := range words {
		if !strings.Contains(e.Message+"\n"+e.HintMsg, w) {
			t.Errorf("%q: %s (%s)", w, e.Message, e.HintMsg)
		}
	}
}

func TestSASL(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, Users: []broker.User{
		{Mechanism: mechPlain, Name: "p", Password: "p-pw"}, {Mechanism: mechSCRAM256, Name: "s", Password: "s,=pw"}, {Mechanism: mechSCRAM512, Name: "x", Password: "x-pw"}}})
	jaas := func(module, user, pw string) []string {
		return []string{"sasl.jaas.config", fmt.Sprintf("org.apache.kafka.common.security.%s required\n username=\"%s\" password=\"%s\";", module, user, pw)}
	}
	with := func(mechanism string, kv ...string) []string {
		return append([]string{"security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", mechanism}, kv...)
	}
	fillSecured(t, b.Addr(), with(mechPlain, "sasl.username", "p", "sasl.password", "p-pw")...)
	for _, kv := range [][]string{
		with(mechPlain, jaas("plain.PlainLoginModule", "p", "p-pw")...),
		with(mechSCRAM256, jaas("scram.ScramLoginModule", "s", "s,=pw")...),
		with(mechSCRAM512, "sasl.username", "x", "sasl.password", "x-pw"),
		{"security.protocol", "sasl_plaintext", "sasl.mechanisms", "scram-sha-512", "sasl.username", "x", "sasl.password", "x-pw"},
	} {
		if err := readSecured(t, b.Addr(), kv...); err != nil {
			t.Errorf("%v: %v", kv, err)
		}
	}
	for _, m := range mechanismNames[:3] {
		wantFault(t, readSecured(t, b.Addr(), with(m, "sasl.username", "nobody", "sasl.password", "hunter2")...), sqlerr.InvalidPassword, `"nobody"`, m)
	}
	wantFault(t, readSecured(t, b.Addr()), sqlerr.CannotConnect, "security.protocol")
}

func TestTLS(t *testing.T) {
	ca, other := kafkatest.NewAuthority(t), kafkatest.NewAuthority(t)
	server := ca.Issue(t, "broker", "127.0.0.1")
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, TLS: ca.ServerTLS(server, false)})
	fillSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.truststore.location", ca.File)
	for _, kv := range [][]string{
		{"ssl.ca.location", ca.File},
		{"ssl.truststore.type", "PEM", "ssl.truststore.certificates", ca.PEM},
		{"ssl.ca.pem", ca.PEM},
	} {
		if err := readSecured(t, b.Addr(), append(kv, "security.protocol", "SSL")...); err != nil {
			t.Errorf("%v: %v", kv, err)
		}
	}
	wantFault(t, readSecured(t, b.Addr(), "security.protocol", "SSL"), sqlerr.CannotConnect, "authority", optTrustFile)
	wantFault(t, readSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.ca.location", other.File, "ssl.endpoint.identification.algorithm", ""), sqlerr.CannotConnect, "authority")
	wantFault(t, readSecured(t, b.Addr()), sqlerr.CannotConnect)
	plainBroker := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	wantFault(t, readSecured(t, plainBroker.Addr(), "security.protocol", "SSL", "ssl.ca.location", ca.File), sqlerr.CannotConnect)
}

func TestTLSNames(t *testing.T) {
	ca := kafkatest.NewAuthority(t)
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, TLS: ca.ServerTLS(ca.Issue(t, "broker", "kafka.example.org"), false)})
	wantFault(t, readSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.ca.location", ca.File), sqlerr.CannotConnect, "127.0.0.1")
	fillSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.ca.location", ca.File, "ssl.endpoint.identification.algorithm", "")
	if err := readSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.ca.location", ca.File, "ssl.endpoint.identification.algorithm", "none"); err != nil {
		t.Error(err)
	}
}

// TestMutualTLS: brokers that want a certificate of the client's, and log it in
// besides.
func TestMutualTLS(t *testing.T) {
	ca, other := kafkatest.NewAuthority(t), kafkatest.NewAuthority(t)
	client, stranger := ca.Issue(t, "client"), other.Issue(t, "stranger")
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, TLS: ca.ServerTLS(ca.Issue(t, "broker", "127.0.0.1"), true),
		Users: []broker.User{{Mechanism: mechSCRAM512, Name: "u", Password: "pw"}}})
	with := func(kv ...string) []string {
		return append(kv, "security.protocol", "SASL_SSL", "ssl.ca.location", ca.File, "sasl.mechanism", mechSCRAM512, "sasl.username", "u", "sasl.password", "pw")
	}
	der, err := pkcs8.MarshalPrivateKey(client.Cert.PrivateKey, []byte("key-pw"), nil)
	if err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked.pem")
	text, _ := os.ReadFile(client.CertFile)
	lockedText := "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END ENCRYPTED PRIVATE KEY-----\n" + string(text)
	if err := os.WriteFile(locked, []byte(lockedText), 0o600); err != nil {
		t.Fatal(err)
	}
	key, _ := os.ReadFile(client.KeyFile)
	fillSecured(t, b.Addr(), with("ssl.keystore.location", client.StoreFile)...)
	for _, kv := range [][]string{
		{"ssl.keystore.type", "PEM", "ssl.keystore.location", locked, "ssl.key.password", "key-pw"},
		{"ssl.certificate.location", client.CertFile, "ssl.key.location", client.KeyFile},
		{"ssl.keystore.certificate.chain", string(text), "ssl.keystore.key", string(key)},
		{"ssl.certificate.pem", string(text), "ssl.key.pem", string(key)},
	} {
		if err := readSecured(t, b.Addr(), with(kv...)...); err != nil {
			t.Errorf("%v: %v", kv, err)
		}
	}
	wantFault(t, readSecured(t, b.Addr(), with()...), sqlerr.CannotConnect, "certificate")
	wantFault(t, readSecured(t, b.Addr(), with("ssl.keystore.location", stranger.StoreFile)...), sqlerr.CannotConnect, "certificate")
	wantFault(t, readSecured(t, b.Addr(), with("ssl.keystore.location", locked, "ssl.key.password", "wrong")...), sqlerr.InvalidParameterValue, "decrypted")
	wantFault(t, readSecured(t, b.Addr(), with("ssl.certificate.location", client.CertFile, "ssl.key.location", stranger.KeyFile)...), sqlerr.InvalidParameterValue, "not for the key")
	jks := filepath.Join(t.TempDir(), "x.jks")
	if err := os.WriteFile(jks, []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, readSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.truststore.location", jks), sqlerr.InvalidParameterValue, "store of Java", "keytool")
	wantFault(t, readSecured(t, b.Addr(), "security.protocol", "SSL", "ssl.keystore.location", jks), sqlerr.InvalidParameterValue, "store of Java", "openssl")
}

// tokenServer is an endpoint that knows one client. Its first answers are
// failures.
func tokenServer(t testing.TB, failures int32, token func(n int32) (string, int)) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		id, secret, _ := r.BasicAuth()
		switch {
		case n <= failures:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Method != http.MethodPost || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "kafka":
			w.WriteHeader(http.StatusBadRequest)
		case id != "me" || secret != "s%26cret":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client"}`)
		default:
			tok, life := token(n)
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, tok, life)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/token", asked
}

func TestTokens(t *testing.T) {
	cfg := TokenConfig{ClientID: "me", ClientSecret: "s&cret", Scope: "kafka"}
	var asked *atomic.Int32
	cfg.Endpoint, asked = tokenServer(t, 2, func(n int32) (string, int) { return fmt.Sprint("token", n), 3600 })
	src := tokensOf(cfg)
	for range 3 {
		if tok, err := src.get(testContext(t)); err != nil || tok != "token3" {
			t.Fatalf("%q, %v", tok, err)
		}
	}
	if again := tokensOf(cfg); again != src || asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
	src.drop("another")
	src.until = src.until.Add(-2 * 3600e9) // its time is over
	if tok, err := src.get(testContext(t)); err != nil || tok != "token4" {
		t.Fatalf("%q, %v", tok, err)
	}
	src.drop("token4")
	if tok, err := src.get(testContext(t)); err != nil || tok != "token5" {
		t.Fatalf("%q, %v", tok, err)
	}

	wrong := cfg
	wrong.ClientSecret = "wrong"
	before := asked.Load()
	_, err := tokensOf(wrong).get(testContext(t))
	wantFault(t, err, sqlerr.InvalidAuthorization, "401", "invalid_client")
	if asked.Load() != before+1 {
		t.Error("a refused client asked again")
	}
	down := cfg
	down.Endpoint, asked = tokenServer(t, 100, nil)
	_, err = tokensOf(down).get(testContext(t))
	wantFault(t, err, sqlerr.InvalidAuthorization, "503")
	if asked.Load() != tokenAttempts {
		t.Errorf("asked %d times", asked.Load())
	}
	down.Endpoint, _ = tokenServer(t, 0, func(int32) (string, int) { return "", 0 })
	_, err = tokensOf(down).get(testContext(t))
	wantFault(t, err, sqlerr.InvalidAuthorization, "no token")
}

func TestOAuthMessages(t *testing.T) {
	cfg := TokenConfig{ClientID: "me", ClientSecret: "s&cret", Scope: "kafka", Extensions: map[string]string{"logicalCluster": "lkc-1"}}
	cfg.Endpoint, _ = tokenServer(t, 0, func(n int32) (string, int) { return fmt.Sprint("token", n), 0 })
	m, err := (&Security{Mechanism: mechOAuth, Token: cfg}).mechanism()
	if err != nil {
		t.Fatal(err)
	}
	s, first, err := m.Start(testContext(t))
	if want := "n,,\x01auth=Bearer token1\x01logicalCluster=lkc-1\x01\x01"; err != nil || string(first) != want {
		t.Fatalf("%q, %v", first, err)
	}
	if done, _, err := s.Next(testContext(t), nil); !done || err != nil {
		t.Errorf("accepted: %v, %v", done, err)
	}
	_, _, err = s.Next(testContext(t), []byte(`{"status":"invalid_token"}`))
	wantFault(t, err, sqlerr.InvalidAuthorization, "invalid_token")
	if _, first, _ = m.Start(testContext(t)); !strings.Contains(string(first), "token2") {
		t.Errorf("a refused token is used again: %q", first)
	}
}

// FuzzJAAS: nothing panics, and what is read is what stands there.
func FuzzJAAS(f *testing.F) {
	f.Add(`a.b.C required username="u\"v" password=x ;`)
	f.Add("a b c=\"")
	f.Fuzz(func(t *testing.T, s string) {
		words, ok := jaasWords(s)
		if !ok {
			return
		}
		for _, w := range words {
			if w.key == "" || !strings.Contains(s, w.key) {
				t.Errorf("%q: %q", s, w.key)
			}
		}
	})
}
