package rpc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// httpLinkState is a pool of connections to one or several servers.
type httpLinkState struct {
	client *http.Client
	pool   *http.Transport
	urls   []string
	next   atomic.Uint64
}

// idleConns is how many unused connections a server keeps, idleTime for how long.
const (
	idleConns = 64
	idleTime  = 90 * time.Second
)

func newHTTP(fs *Functions, d *definition) (*httpLinkState, error) {
	c, err := tlsConfig(fs, d)
	if err != nil {
		return nil, err
	}
	pool := &http.Transport{DialContext: fs.cfg.Dial, TLSClientConfig: c, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: idleConns, IdleConnTimeout: idleTime}
	return &httpLinkState{pool: pool, urls: d.addrs, client: &http.Client{Transport: pool,
		// A service that has moved is told to the user: headers are not handed on.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func (h *httpLinkState) close() { h.pool.CloseIdleConnections() }

// httpTransport posts bodies.
type httpTransport struct {
	link    *httpLinkState
	headers http.Header
	host    string
	retry   map[string]bool
	max     int64
}

func newHTTPTransport(l *httpLinkState, d *definition) *httpTransport {
	t := &httpTransport{link: l, retry: d.settings.codes, max: d.settings.maxBytes, headers: http.Header{}}
	t.headers.Set("Content-Type", "application/json")
	t.headers.Set("Accept", "application/json")
	t.headers.Set("User-Agent", "penstock")
	for _, h := range d.headers("header.") {
		if http.CanonicalHeaderKey(h.Key) == "Host" {
			t.host = h.Value
			continue
		}
		t.headers.Set(h.Key, h.Value)
	}
	return t
}

// maxErrorBody is how much of a refusal's text is read.
const maxErrorBody = 4 << 10

// call makes one attempt.
func (t *httpTransport) call(ctx context.Context, request, dst []byte) ([]byte, *failure) {
	url := t.link.urls[(t.link.next.Add(1)-1)%uint64(len(t.link.urls))]
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(request))
	if err != nil {
		return dst, &failure{err: sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "%v", err)}
	}
	req.Header = t.headers.Clone()
	if t.host != "" {
		req.Host = t.host
	}
	resp, err := t.link.client.Do(req)
	if err != nil {
		return dst, t.lost(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return dst, t.refused(resp)
	}
	if resp.ContentLength > t.max {
		return dst, t.tooLong()
	}
	dst, err = readAll(dst[:0], io.LimitReader(resp.Body, t.max+1))
	switch {
	case err != nil:
		return dst, t.lost(err)
	case int64(len(dst)) > t.max:
		return dst, t.tooLong()
	}
	return dst, nil
}

func readAll(dst []byte, r io.Reader) ([]byte, error) {
	for {
		dst = slices.Grow(dst, 512)
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
}

func (t *httpTransport) tooLong() *failure {
	return &failure{rows: true, err: sqlerr.New(sqlerr.ProgramLimitExceeded, "the response is longer than %d bytes", t.max).
		Hint("'max-message-bytes' bounds requests and responses")}
}

// lost is a connection that was not made or has broken.
func (t *httpTransport) lost(err error) *failure {
	if denied, ok := errors.AsType[*sqlerr.Error](err); ok {
		return &failure{err: denied}
	}
	return &failure{retry: true, service: true, err: sqlerr.Wrap(err, sqlerr.CannotConnect, "%v", err)}
}

// refused says what a status means.
func (t *httpTransport) refused(resp *http.Response) *failure {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what there is of it
	code := resp.StatusCode
	f := &failure{retry: t.retry[strconv.Itoa(code)], rows: true, service: code >= 500 || code == http.StatusTooManyRequests}
	state := sqlerr.ConnectionFailure
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		f.rows, state = false, sqlerr.InvalidAuthorization
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnsupportedMediaType, http.StatusNotImplemented:
		f.rows, state = false, sqlerr.FeatureNotSupported
	default:
		if code < 400 {
			f.rows = false
		} else if code < 500 {
			state = sqlerr.DataException
		}
	}
	f.err = sqlerr.New(state, "HTTP status %s", resp.Status)
	if len(text) > 0 {
		f.err = f.err.WithDetail("%s", scalar.Excerpt(text))
	}
	if code >= 300 && code < 400 {
		f.err = f.err.Hint("the service points to %s", catalog.MaskOption("url", resp.Header.Get("Location")))
	}
	if f.retry {
		f.after = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	return f
}

// retryAfter reads the header: seconds or a date.
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, int(maxTimeout/int64(time.Second)))) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
