package rpc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/credentials"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/wordlen"
)

// authority signs certificates for a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, key := sign(t, tmpl, nil)
	a.key = key
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

func sign(t *testing.T, tmpl *x509.Certificate, by *authority) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

// issue gives a certificate and its key, in PEM.
func (a *authority) issue(t *testing.T, name string) (cert, key string) {
	ips := []net.IP{net.IPv4(127, 0, 0, 1)}
	if name == "localhost" {
		ips = nil
	}
	der, k := sign(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: ips, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, a)
	b, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: b}))
}

func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	cert, key := ca.issue(t, "words.example")
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	clientCert, clientKey := ca.issue(t, "client")
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "client.pem")
	if err := os.WriteFile(keyFile, []byte(clientKey), 0o600); err != nil {
		t.Fatal(err)
	}
	server := &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool}
	mutual := server.Clone()
	mutual.ClientAuth = tls.RequireAndVerifyClientCert
	plain := serve(t, wordlen.Config{Credentials: credentials.NewTLS(server)})
	both := serve(t, wordlen.Config{Credentials: credentials.NewTLS(mutual)})
	for _, test := range []struct {
		name, addr string
		options    []string
		want       string
	}{
		{"by address", plain.Addr(), []string{"tls", "true", "tls.ca", ca.pem}, "0:3"},
		{"by name", plain.Addr(), []string{"tls", "true", "tls.ca", ca.pem, "tls.server-name", "words.example"}, "0:3"},
		{"wrong name", plain.Addr(), []string{"tls", "true", "tls.ca", ca.pem, "tls.server-name", "other.example"}, "not other.example"},
		{"unknown authority", plain.Addr(), []string{"tls", "true"}, "certificate signed by unknown authority"},
		{"no TLS", plain.Addr(), nil, "UNAVAILABLE"},
		{"mutual", both.Addr(), []string{"tls", "true", "tls.ca", ca.pem, "tls.cert", clientCert, "tls.key", keyFile}, "0:3"},
		{"mutual without certificate", both.Addr(), []string{"tls", "true", "tls.ca", ca.pem}, "UNAVAILABLE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fs := registry(t, Config{})
			f := resolve(test.addr, append([]string{"retry.max-attempts", "1", "on-error", "skip"}, test.options...)...)
			got := ask(t, open(t, fs, f), f, words("abc"))
			if !strings.Contains(got, test.want) || strings.Contains(got, "PRIVATE") {
				t.Error(got)
			}
		})
	}
	// Two servers in turn, each with the certificate of its own address.
	var n [2]atomic.Int64
	second, secondKey := ca.issue(t, "localhost")
	if pair, err = tls.X509KeyPair([]byte(second), []byte(secondKey)); err != nil {
		t.Fatal(err)
	}
	count := func(i int) func(context.Context, string, []string) error {
		return func(context.Context, string, []string) error {
			n[i].Add(1)
			return nil
		}
	}
	a := serve(t, wordlen.Config{Credentials: credentials.NewTLS(server), Before: count(0)})
	b := serve(t, wordlen.Config{Credentials: credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{pair}}), Before: count(1)})
	_, port, _ := net.SplitHostPort(b.Addr())
	fs := registry(t, Config{})
	f := resolve(a.Addr()+", localhost:"+port, "tls", "true", "tls.ca", ca.pem)
	c := open(t, fs, f)
	for i := 0; i < 1000 && (n[0].Load() == 0 || n[1].Load() == 0); i++ { // until both are connected
		if got := ask(t, c, f, words("abc")); got != "0:3" {
			t.Fatal(got)
		}
	}
	if n[0].Load() == 0 || n[1].Load() == 0 {
		t.Error(n[0].Load(), n[1].Load())
	}
	h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`["` + r.TLS.PeerCertificates[0].Subject.CommonName + r.Proto + `"]`))
	}))
	h.TLS = mutual.Clone()
	h.EnableHTTP2 = true
	h.StartTLS()
	defer h.Close()
	f = define("f", catalog.LanguageHTTP, "x VARCHAR", "x VARCHAR", "endpoint", h.URL, "tls.ca", ca.pem, "tls.cert", clientCert, "tls.key", keyFile, "response.columns", "x=.")
	if got := ask(t, open(t, fs, f), f, words("abc")); got != "0:clientHTTP/2.0" {
		t.Error(got)
	}
}
