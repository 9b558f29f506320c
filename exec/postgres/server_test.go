//go:build integration

package postgres

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pgBin is where Debian's postgresql-15 has its programs.
const pgBin = "/usr/lib/postgresql/15/bin"

// server is a PostgreSQL of the test's own, on a port of loopback, with TLS.
type server struct {
	t         *testing.T
	dir, port string
	uid, gid  int
	cred      *syscall.Credential // it does not run as root
}

// startServer starts one that ends with the test.
func startServer(t *testing.T) *server {
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		t.Skipf("PostgreSQL 15 is not installed (apt-get install postgresql-15): %v", err)
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary folder
	s := &server{t: t, dir: dir, uid: os.Getuid(), gid: os.Getgid()}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skipf("PostgreSQL does not run as root, and there is no user postgres: %v", err)
		}
		s.uid, _ = strconv.Atoi(u.Uid) // numbers on every Unix
		s.gid, _ = strconv.Atoi(u.Gid)
		s.cred = &syscall.Credential{Uid: uint32(s.uid), Gid: uint32(s.gid)}
	}
	s.write("password", "s3cret\n")
	s.certificate()
	if err := os.Chown(dir, s.uid, s.gid); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, _ = net.SplitHostPort(ln.Addr().String())
	_ = ln.Close() // for the server
	s.run("initdb", "-D", s.path("data"), "-A", "scram-sha-256", "--pwfile", s.path("password"), "-U", "joe", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	s.start()
	t.Cleanup(func() { s.stop("immediate") })
	return s
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *server) write(name, text string) {
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Chown(s.path(name), s.uid, s.gid); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) certificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})))
}

func (s *server) start() {
	s.run("pg_ctl", "-D", s.path("data"), "-w", "-l", s.path("log"), "-o", "-c listen_addresses=localhost -c port="+s.port+" -c fsync=off -c timezone=Asia/Tokyo -k "+s.dir+
		" -c ssl=on -c ssl_cert_file="+s.path("cert.pem")+" -c ssl_key_file="+s.path("key.pem"), "start")
}

func (s *server) stop(mode string) {
	s.run("pg_ctl", "-D", s.path("data"), "-m", mode, "-w", "stop")
}

// run runs a program of PostgreSQL's.
func (s *server) run(name string, args ...string) string { return s.feed("", name, args...) }

func (s *server) feed(stdin, name string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(pgBin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PGPASSWORD=s3cret")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred}
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
	return strings.TrimSpace(out.String())
}

// sql runs a script.
func (s *server) sql(script string) string {
	s.t.Helper()
	return s.feed(script, "psql", "-h", s.dir, "-p", s.port, "-U", "joe", "-d", "postgres", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-")
}

func (s *server) url(params string) string {
	return "postgres://joe:s3cret@localhost:" + s.port + "/postgres?" + params
}
