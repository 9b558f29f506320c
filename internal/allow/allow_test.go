package allow

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
)

func TestHost(t *testing.T) {
	meta := []string{"169.254.169.254", "[fe80::1]:80", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "::a9fe:a9fe",
		"fd00:ec2::254", "100.100.100.200", "Metadata.Google.internal.", "metadata.google.internal:80"}
	tests := []struct {
		name     string
		allow    []string
		yes, not []string
	}{
		{"empty", nil, []string{"example.com", "localhost:80", "127.0.0.1", "[::1]:8080", "10.1.2.3", "[::]:1"}, meta},
		{"any name", []string{"*"}, []string{"example.com:99"}, append([]string{"10.1.2.3"}, meta...)},
		{"all addresses", []string{"0.0.0.0/0", "::/0"}, []string{"10.1.2.3", "::1"}, meta},
		{"name", []string{"Example.com"}, []string{"example.com", "EXAMPLE.com.:443"}, []string{"a.example.com", "badexample.com", "127.0.0.1"}},
		{"domain", []string{"*.example.com"}, []string{"a.example.com", "a.b.example.com:1"}, []string{"example.com", "aexample.com"}},
		{"port", []string{"a:80", "10.0.0.1:81", "[::1]:82"}, []string{"a:80", "a", "10.0.0.1:81", "[::1]:82"}, []string{"a:83", "10.0.0.1:80", "[::1]:80"}},
		{"range", []string{"10.0.0.0/8"}, []string{"10.2.3.4", "::ffff:10.2.3.4", "name.to.resolve"}, []string{"11.0.0.1", "metadata"}},
		{"metadata", []string{"169.254.169.254", "metadata.google.internal"}, []string{"169.254.169.254:80", "metadata.google.internal"},
			[]string{"169.254.169.253", "fe80::1"}},
		{"link-local", []string{"169.254.0.0/16"}, []string{"169.254.1.1"}, []string{"fe80::1"}},
	}
	for _, tt := range tests {
		l := New(nil, tt.allow)
		for _, h := range tt.yes {
			if err := l.Host(h); err != nil {
				t.Errorf("%s: %s: %v", tt.name, h, err)
			}
		}
		for _, h := range tt.not {
			if err := l.Host(h); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
				t.Errorf("%s: %s: got %v", tt.name, h, err)
			}
		}
	}
	if err := (*List)(nil).Host("169.254.169.254"); err == nil {
		t.Error("a nil list allows metadata")
	}
}

// A name on the list may stand for an address that is not.
func TestDialer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	// Loopback stands in for an address that must be listed.
	refusedBefore := refused
	defer func() { refused = refusedBefore }()

	dial := func(l *List, host string) error {
		c, err := l.Dialer()(context.Background(), "tcp", net.JoinHostPort(host, port))
		if err == nil {
			_ = c.Close()
		}
		return err
	}
	for _, tt := range []struct {
		allow []string
		ok    bool
	}{
		{nil, true}, {[]string{"localhost"}, true}, {[]string{"127.0.0.0/8", "::1"}, true}, {[]string{"10.0.0.0/8"}, false},
		{[]string{"example.com"}, false}, {[]string{"localhost:1"}, false},
	} {
		if err := dial(New(nil, tt.allow), "localhost"); (err == nil) != tt.ok {
			t.Errorf("allow %q: %v", tt.allow, err)
		}
	}
	refused = append(refused[:len(refused):len(refused)], prefixes("127.0.0.0/8", "::1/128")...)
	for _, tt := range []struct {
		allow []string
		ok    bool
	}{
		{nil, false}, {[]string{"localhost"}, false}, {[]string{"*"}, false}, {[]string{"127.0.0.1", "::1"}, true},
	} {
		err := dial(New(nil, tt.allow), "localhost")
		if (err == nil) != tt.ok || !tt.ok && sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
			t.Errorf("refused, allow %q: %v", tt.allow, err)
		}
	}
}

func TestPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for _, d := range []string{in, out, filepath.Join(dir, "inner")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"leaves": out, "dangles": filepath.Join(out, "new"), "stays": in, "up": "../out/x", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(in, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(in, filepath.Join(dir, "alias")); err != nil {
		t.Fatal(err)
	}
	for _, allowed := range []string{in, in + "/", filepath.Join(dir, "alias")} {
		l := New([]string{allowed, ""}, nil)
		for p, ok := range map[string]bool{
			"in": true, "in/a": true, "in/a/b/c": true, "in/stays/a": true, "alias/a": true, "in/../in/x": true,
			"inner/a": false, "out/a": false, "in/leaves/a": false, "in/dangles": false, "in/up": false, "in/../out/a": false, "": false,
		} {
			err := l.Path(dir + "/" + p)
			if (err == nil) != ok || !ok && sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
				t.Errorf("allow %s: %s: %v", allowed, p, err)
			}
		}
		if err := l.Path(filepath.Join(in, "loop")); err != nil {
			t.Errorf("a link to itself lies inside: %v", err)
		}
	}
	if err := New(nil, nil).Path("/etc/passwd"); err != nil {
		t.Error(err)
	}
	if _, err := New([]string{in}, nil).Dialer()(context.Background(), "unix", out+"/s"); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Errorf("a socket outside: %v", err)
	}
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
