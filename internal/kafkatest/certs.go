package kafkatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates for a test.
type Authority struct {
	// File holds the authority's own certificate, PEM the same as text.
	File, PEM string

	dir    string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

// Pair is a certificate with its key.
type Pair struct {
	// CertFile and KeyFile are PEM; StoreFile holds both.
	CertFile, KeyFile, StoreFile string
	Cert                         tls.Certificate
	DER                          []byte // of the key, PKCS #8
}

// NewAuthority makes an authority that lives as long as the test.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{dir: t.TempDir()}
	a.File = filepath.Join(a.dir, "ca.pem")
	tmpl := a.template("Test Authority")
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	a.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.PEM = string(block("CERTIFICATE", der))
	write(t, a.File, []byte(a.PEM))
	return a
}

func (a *Authority) template(name string) *x509.Certificate {
	a.serial++
	return &x509.Certificate{SerialNumber: big.NewInt(a.serial), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageDigitalSignature}
}

// Issue signs a certificate for a name and the addresses it is good for.
func (a *Authority) Issue(t testing.TB, name string, hosts ...string) *Pair {
	t.Helper()
	tmpl := a.template(name)
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, h)
		}
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	p := &Pair{CertFile: filepath.Join(a.dir, name+".crt"), KeyFile: filepath.Join(a.dir, name+".key"), StoreFile: filepath.Join(a.dir, name+".pem")}
	if p.DER, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	certText, keyText := append(block("CERTIFICATE", der), a.PEM...), block("PRIVATE KEY", p.DER)
	write(t, p.CertFile, certText)
	write(t, p.KeyFile, keyText)
	write(t, p.StoreFile, append(keyText, certText...))
	if p.Cert, err = tls.X509KeyPair(certText, keyText); err != nil {
		t.Fatal(err)
	}
	return p
}

// ServerTLS is what a server that shows p uses; with clients set it wants
// certificates of a's from them.
func (a *Authority) ServerTLS(p *Pair, clients bool) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{p.Cert}, MinVersion: tls.VersionTLS12}
	if clients {
		c.ClientCAs = x509.NewCertPool()
		c.ClientCAs.AddCert(a.cert)
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func write(t testing.TB, file string, b []byte) {
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
