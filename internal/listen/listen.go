package listen

import (
	"errors"
	"net"
	"syscall"

	"github.com/penstock/penstock/internal/sqlerr"
)

// TCP listens on addr ("127.0.0.1:8080", "localhost:0", ":8080" for loopback). flag
// is the command-line flag that changes the address, named in errors. Addresses
// other than loopback are refused with 42501, a busy port with 55006.
func TCP(addr, flag string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%s %q is not host:port", flag, addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if !loopback(host) {
		return nil, sqlerr.New(sqlerr.InsufficientPrivilege, "%s %s is not a loopback address", flag, addr).
			Hint("there is no authentication yet, so only 127.0.0.1, ::1 or localhost is served; forward the port (ssh -L) to reach it from elsewhere")
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, sqlerr.Wrap(err, sqlerr.ObjectInUse, "%s is in use by another program", addr).Hint("choose another address with %s, port 0 takes a free one", flag)
	case errors.Is(err, syscall.EACCES):
		return nil, sqlerr.Wrap(err, sqlerr.InsufficientPrivilege, "no permission to listen on %s", addr).Hint("choose a port above 1023 with %s", flag)
	case err != nil:
		return nil, sqlerr.Wrap(err, sqlerr.CannotConnect, "cannot listen on %s: %v", addr, err).Hint("set %s", flag)
	}
	return l, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
