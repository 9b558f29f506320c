package allow

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// DialTimeout bounds the making of one connection, the asking for its
// addresses included.
const DialTimeout = 30 * time.Second

// verdict is what the list says to a name before it is resolved.
type verdict uint8

const (
	no        verdict = iota
	byAddress         // it depends on the addresses it stands for
	yes               // listed
	exactly           // listed in full, not by a wildcard
)

// judge looks at a name, or at an address given as such.
func (l *List) judge(host, port string) verdict {
	if a, err := netip.ParseAddr(host); err == nil {
		if l.address(a, port, no) {
			return byAddress
		}
		return no
	}
	name, v := clean(host), no
	var hosts []entry
	if l != nil {
		hosts = l.hosts
	}
	for _, e := range hosts {
		switch {
		case e.port != "" && port != "" && e.port != port:
		case e.name != "" && e.name == name:
			return exactly
		case e.suffix != "" && (e.suffix == "." || strings.HasSuffix(name, e.suffix)):
			v = yes
		case e.prefix.IsValid():
			v = max(v, byAddress)
		}
	}
	if slices.Contains(metadataHosts, name) {
		return no
	}
	if len(hosts) == 0 {
		return byAddress
	}
	return v
}

// address tells whether an address may be reached that a name with the given
// verdict stands for.
func (l *List) address(a netip.Addr, port string, name verdict) bool {
	a = a.Unmap().WithZone("")
	for _, p := range embedded {
		if a.Is6() && p.Contains(a) && !a.IsLoopback() && !a.IsUnspecified() {
			b := a.As16()
			a = netip.AddrFrom4([4]byte(b[12:]))
		}
	}
	var hosts []entry
	if l != nil {
		hosts = l.hosts
	}
	i := slices.IndexFunc(refused, func(p netip.Prefix) bool { return p.Contains(a) })
	for _, e := range hosts {
		if !e.prefix.IsValid() || !e.prefix.Contains(a) || e.port != "" && port != "" && e.port != port {
			continue
		}
		if i < 0 || e.prefix.Bits() >= refused[i].Bits() {
			return true
		}
	}
	return i < 0 && (len(hosts) == 0 || name >= yes)
}

// Host tells whether a host, with or without :port, can be allowed at all. Of a
// name, the addresses it stands for are judged by Dialer.
func (l *List) Host(host string) error {
	h, port := splitPort(host)
	if l.judge(h, port) == no {
		return l.refusal(h, "")
	}
	return nil
}

// refusal is the error for a host; addr is what it stands for.
func (l *List) refusal(host, addr string) error {
	e := sqlerr.New(sqlerr.InsufficientPrivilege, "host %q is not allowed", host)
	if addr != "" && addr != host {
		e = e.WithDetail("It stands for the address %s.", addr)
	}
	if l == nil || len(l.hosts) == 0 {
		return e.Hint("Link-local addresses and metadata services must be listed in the server's --allow-hosts.")
	}
	return e.Hint("The server's --allow-hosts names the hosts that may be reached.")
}

// Dialer gives what connects to allowed hosts only, for http.Transport,
// pgconn and the like. The sockets of network unix are judged as paths.
func (l *List) Dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		d := net.Dialer{Timeout: DialTimeout}
		if strings.HasPrefix(network, "unix") {
			if err := l.Path(addr); err != nil {
				return nil, err
			}
			return d.DialContext(ctx, network, addr)
		}
		host, port := splitPort(addr)
		v := l.judge(host, port)
		if v == no {
			return nil, l.refusal(host, "")
		}
		if v == exactly && slices.Contains(metadataHosts, clean(host)) {
			return d.DialContext(ctx, network, addr)
		}
		// Asked with the very address that the next system call connects to.
		d.Control = func(_, to string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(to)
			if err != nil || !l.address(ap.Addr(), port, v) {
				return l.refusal(host, strings.TrimSuffix(to, ":"+port))
			}
			return nil
		}
		return d.DialContext(ctx, network, addr)
	}
}
