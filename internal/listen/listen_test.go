package listen

import (
	"net"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
)

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "192.168.1.1:0", "example.com:0", "[::]:0"} {
		if _, err := TCP(addr, "--http"); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege || !strings.Contains(err.Error(), "--http") {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := TCP("nonsense", "--pg"); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
		t.Error(err)
	}
	for _, addr := range []string{":0", "localhost:0", "127.0.0.1:0"} {
		l, err := TCP(addr, "--http")
		if err != nil {
			t.Fatal(err)
		}
		if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
			t.Errorf("%s listens on %s", addr, l.Addr())
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestBusyPortNamesTheFlag(t *testing.T) {
	l, err := TCP("127.0.0.1:0", "--pg")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = TCP(l.Addr().String(), "--pg")
	if e := sqlerr.From(err); e == nil || e.Code != sqlerr.ObjectInUse || !strings.Contains(e.HintMsg, "--pg") {
		t.Fatalf("%v", err)
	}
}
