package rpc

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxPEMBytes bounds certificates and keys.
const maxPEMBytes = 256 << 10

// link is the connection to an endpoint, shared by the callers that use it with
// the same options.
type link struct {
	key  string
	refs int
	grpc *grpcLinkState
	http *httpLinkState
}

func (l *link) shut() {
	if l.grpc != nil {
		l.grpc.close()
	}
	if l.http != nil {
		l.http.close()
	}
}

// holdLink finds or makes the connection of a function.
func (fs *Functions) holdLink(d *definition) (*link, error) {
	key := d.fn.Language + "\x00"
	if d.endpoint != nil {
		key += endpointKey(d.endpoint)
	} else {
		key += strings.Join(d.addrs, ",")
		for _, o := range d.options {
			if ownedByEndpoint(o.Key) {
				key += "\x00" + o.Key + "\x00" + o.Value
			}
		}
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed {
		return nil, sqlerr.New(sqlerr.AdminShutdown, "remote functions are closed")
	}
	l := fs.links[key]
	if l == nil {
		l = &link{key: key}
		var err error
		if d.fn.Language == catalog.LanguageGRPC {
			l.grpc, err = dialGRPC(fs, d)
		} else {
			l.http, err = newHTTP(fs, d)
		}
		if err != nil {
			return nil, err
		}
		fs.links[key] = l
	}
	l.refs++
	return l, nil
}

func (fs *Functions) dropLink(l *link) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if l.refs--; l.refs == 0 && fs.links[l.key] == l {
		delete(fs.links, l.key)
		l.shut()
	}
}

// checkAddresses looks at the form of addresses, and whether they may be reached.
func checkAddresses(fs *Functions, language string, addrs []string, pos sqlerr.Pos) error {
	if len(addrs) == 0 {
		return sqlerr.New(sqlerr.InvalidParameterValue, "an endpoint without an address").At(pos)
	}
	for _, a := range addrs {
		host := a
		if language == catalog.LanguageHTTP {
			u, err := url.Parse(a)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return sqlerr.New(sqlerr.InvalidParameterValue, "%q is neither an endpoint nor an http:// or https:// URL", catalog.MaskOption("url", a)).At(pos)
			}
			host = u.Host
		} else if h, port, err := net.SplitHostPort(a); err != nil || h == "" || port == "" {
			return sqlerr.New(sqlerr.InvalidParameterValue, "%q is neither an endpoint nor an address", catalog.MaskOption("url", a)).
				Hint("the form is host:port").At(pos)
		}
		if err := fs.cfg.Allow.Host(host); err != nil {
			return sqlerr.From(err).At(pos)
		}
	}
	return nil
}

// tlsConfig reads the tls.* options.
func tlsConfig(fs *Functions, d *definition) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: d.link.String("tls.server-name")}
	bad := func(key string, err error) error {
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "option '%s': %s", key, message(err)).At(position(d.linkOpts)(key))
	}
	if v := d.link.String("tls.ca"); v != "" {
		text, err := fs.pem(v)
		if err != nil {
			return nil, bad("tls.ca", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, bad("tls.ca", sqlerr.New(sqlerr.InvalidParameterValue, "no certificate in PEM form"))
		}
	}
	cert, key := d.link.String("tls.cert"), d.link.String("tls.key")
	if (cert == "") != (key == "") {
		return nil, bad("tls.cert", sqlerr.New(sqlerr.InvalidParameterValue, "'tls.cert' and 'tls.key' go together"))
	}
	if cert == "" {
		return c, nil
	}
	certPEM, err := fs.pem(cert)
	if err != nil {
		return nil, bad("tls.cert", err)
	}
	keyPEM, err := fs.pem(key)
	if err != nil {
		return nil, bad("tls.key", err)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, bad("tls.cert", err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}

// pem gives the text of an option that is PEM or names a file of it.
func (fs *Functions) pem(v string) ([]byte, error) {
	if strings.Contains(v, "-----BEGIN") {
		return []byte(v), nil
	}
	if err := fs.cfg.Allow.Path(v); err != nil {
		return nil, err
	}
	st, err := os.Stat(v)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > maxPEMBytes {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is no regular file of at most %d bytes", v, maxPEMBytes)
	}
	f, err := os.Open(v)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPEMBytes))
}

// needsTLS tells whether any tls.* option speaks of a connection without TLS.
func (d *definition) tlsOption() string {
	for _, k := range []string{"tls.ca", "tls.cert", "tls.key", "tls.server-name"} {
		if d.link.IsSet(k) {
			return k
		}
	}
	return ""
}
