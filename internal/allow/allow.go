package allow

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// List says what may be reached. It does not change and may be used by any
// number of goroutines.
type List struct {
	paths []string // absolute, links followed
	hosts []entry
}

// entry is one host of the list: a name, all names under a domain, or a range of
// addresses, with a port or (0) any.
type entry struct {
	name   string // lower case
	suffix string // ".example.com" for *.example.com; "." for *
	prefix netip.Prefix
	port   string
}

// metadataHosts are names of services that hand out a machine's credentials.
var metadataHosts = []string{"metadata.google.internal", "metadata.goog", "metadata"}

// refused are the addresses that must be listed to be reached.
var refused = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"),     // link-local, and the metadata service of most clouds
	netip.MustParsePrefix("fe80::/10"),          // link-local
	netip.MustParsePrefix("fd00:ec2::/32"),      // Amazon's metadata and time over IPv6
	netip.MustParsePrefix("fd20:ce::/32"),       // Google's metadata over IPv6
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba's metadata
	netip.MustParsePrefix("192.0.0.192/32"),     // Oracle's metadata
	netip.MustParsePrefix("168.63.129.16/32"),   // Azure's agent
}

// embedded are ranges of IPv6 whose last four bytes are an IPv4 address that
// a gateway on the way forwards to.
var embedded = []netip.Prefix{netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("::/96")}

// New makes a list. Without paths every path is allowed, without hosts every
// host but those of the package's comment. A host is a name, *.domain, *, an
// address or a range (10.0.0.0/8), each but the range with :port or without.
func New(paths, hosts []string) *List {
	l := &List{}
	for _, p := range paths {
		if p = strings.TrimSpace(p); p != "" {
			l.paths = append(l.paths, follow(p))
		}
	}
	for _, h := range hosts {
		if h = strings.ToLower(strings.TrimSpace(h)); h != "" {
			l.hosts = append(l.hosts, parseEntry(h))
		}
	}
	return l
}

func parseEntry(h string) entry {
	if p, err := netip.ParsePrefix(h); err == nil {
		return entry{prefix: p.Masked()}
	}
	host, port := splitPort(h)
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap().WithZone("")
		return entry{prefix: netip.PrefixFrom(a, a.BitLen()), port: port}
	}
	if host == "*" {
		return entry{suffix: ".", port: port}
	}
	if rest, ok := strings.CutPrefix(host, "*."); ok {
		return entry{suffix: "." + clean(rest), port: port}
	}
	return entry{name: clean(host), port: port}
}

// splitPort takes host:port apart; the port may be missing.
func splitPort(h string) (host, port string) {
	if host, port, err := net.SplitHostPort(h); err == nil {
		return host, port
	}
	return strings.TrimSuffix(strings.TrimPrefix(h, "["), "]"), ""
}

// clean gives a name the form that is compared.
func clean(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// follow gives the absolute path with all links followed. Of what does not
// exist, the folders that do are followed.
func follow(p string) string {
	abs, err := filepath.Abs(p)
	if err != nil {
		abs = filepath.Clean(p)
	}
	rest := ""
	for dir := abs; ; {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, rest)
		}
		// A link that leads to nothing is followed by hand: writing would make
		// the file it names.
		if errors.Is(err, fs.ErrNotExist) {
			if to, err := os.Readlink(dir); err == nil {
				if !filepath.IsAbs(to) {
					to = filepath.Join(filepath.Dir(dir), to)
				}
				return filepath.Join(follow(to), rest)
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return abs
		}
		rest = filepath.Join(filepath.Base(dir), rest)
		dir = up
	}
}

// Path tells whether a local path may be read and written. It need not exist.
func (l *List) Path(p string) error {
	if l == nil || len(l.paths) == 0 {
		return nil
	}
	real := follow(p)
	for _, dir := range l.paths {
		if rel, err := filepath.Rel(dir, real); err == nil && filepath.IsLocal(rel) {
			return nil
		}
	}
	return sqlerr.New(sqlerr.InsufficientPrivilege, "path %q is not allowed", p).
		Hint("The server's --allow-paths names the folders that may be used.")
}
