package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of a source's connections.
const (
	// maxRedirects is how many redirects a request follows.
	maxRedirects = 5
	// maxConns bounds the connections of a source, maxIdle those that are kept for
	// the next request, idleTimeout for how long.
	maxConns    = 16
	maxIdle     = 4
	idleTimeout = 90 * time.Second
	// maxHeaderBytes bounds the headers of an answer.
	maxHeaderBytes = 1 << 20
	// maxRootCertSize bounds the file of 'ssl.root-cert'.
	maxRootCertSize = 4 << 20
)

const userAgent = "penstock"

// client sends requests with the headers of the options.
type client struct {
	cfg  *config
	http *http.Client
}

func newClient(cfg *config, list *allow.List, dial func(ctx context.Context, network, addr string) (net.Conn, error)) (*client, error) {
	c := &client{cfg: cfg}
	if dial == nil {
		dial = list.Dialer()
	}
	roots, err := rootCerts(cfg.rootCert)
	if err != nil {
		return nil, err
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    allow.DialTimeout,
			ResponseHeaderTimeout:  cfg.header,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxConnsPerHost:        maxConns,
			MaxIdleConns:           maxIdle,
			MaxIdleConnsPerHost:    maxIdle,
			IdleConnTimeout:        idleTimeout,
			DisableCompression:     true, // unpacked by us, to count the bytes
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error { return c.redirect(req, via, list) },
	}
	return c, nil
}

// rootCerts reads a file of certificates; nil means the system's.
func rootCerts(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // the system's
	}
	st, err := os.Stat(path)
	if err == nil && st.Size() > maxRootCertSize {
		return nil, records.Invalid(optRootCert, "the file is longer than %d bytes", maxRootCertSize)
	}
	pem, err := os.ReadFile(path) //nolint:gosec // the path is allowed
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.UndefinedFile, "option %q: the file cannot be read", optRootCert)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, records.Invalid(optRootCert, "the file has no certificates in it")
	}
	return pool, nil
}

// redirect follows to allowed hosts. To another than the first, the configured
// headers do not go along: they may be secrets.
func (c *client) redirect(req *http.Request, via []*http.Request, list *allow.List) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return sqlerr.New(sqlerr.IOError, "more than %d redirects", maxRedirects)
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return sqlerr.New(sqlerr.IOError, "redirected to a URL that is neither http nor https")
	case first.Scheme == "https" && req.URL.Scheme != "https":
		return sqlerr.New(sqlerr.IOError, "redirected from https to http")
	}
	if err := list.Host(req.URL.Host); err != nil {
		e := *sqlerr.From(err)
		e.Message = "redirected: " + e.Message
		return &e
	}
	if !sameOrigin(first, req.URL) {
		for name := range c.cfg.headers {
			req.Header.Del(name)
		}
		req.Header.Del("Referer") // its query may be one too
		req.Header.Del("Authorization")
		req.Header.Del("Cookie")
	}
	// The answer to a POST must be to that POST.
	if via[0].Method != req.Method {
		return sqlerr.New(sqlerr.IOError, "a %s was redirected to a %s", via[0].Method, req.Method)
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// shown is a URL as errors have it: without user, password and query.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// send sends a request. The answer's status is not looked at.
func (c *client) send(req *http.Request) (*http.Response, error) {
	for name, values := range c.cfg.headers {
		req.Header[name] = values
	}
	if h := c.cfg.headers.Get("Host"); h != "" {
		req.Host = h
		req.Header.Del("Host")
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, connError(req, err)
	}
	return resp, nil
}

// connError is the error for a request that got no answer, or (cut off) not a
// whole one. What the library says would show the whole URL.
func connError(req *http.Request, err error) error {
	name := req.Method + " " + shown(req.URL)
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		c := *e
		c.Message = name + ": " + e.Message
		return &c
	}
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled) && errors.Is(req.Context().Err(), context.Canceled):
		return sqlerr.From(context.Canceled)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "%s: no answer in time", name)
	}
	code := sqlerr.ConnectionFailure
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		code = sqlerr.CannotConnect
	}
	return sqlerr.Wrap(err, code, "%s: %v", name, err)
}
