package gcs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of requests.
const (
	// DefaultEndpoint is where Google's store answers.
	DefaultEndpoint = "https://storage.googleapis.com"
	// maxWait is the longest wait before a request is tried again.
	maxWait = 5 * time.Second
	// answerTimeout bounds a request whose answer is JSON, its body included.
	answerTimeout = time.Minute
	// maxAnswer bounds such an answer; a page of a listing has some 300 bytes an
	// object and maxPage of them, with names of up to 1024 bytes.
	maxAnswer = 8 << 20
	// maxErrorText bounds what is kept of an error's text.
	maxErrorText = 1 << 10
)

// Options say where a store is and who asks: whoever has Token, Key or Metadata, or
// without any of them anybody.
type Options struct {
	// Endpoint is the address without a path; DefaultEndpoint when empty.
	Endpoint string
	// Token is a bearer token.
	Token string
	// Key is the JSON text of a service account's key.
	Key []byte
	// Metadata takes tokens from the machine's metadata service.
	Metadata bool
	// Transport makes the requests; it must be given.
	Transport *http.Transport
	// Attempts is how often a request is tried, 1 at least, and Wait the first wait
	// before it is tried again, which doubles.
	Attempts int
	Wait     time.Duration
}

// Client speaks to one store. It may be used by any number of goroutines.
type Client struct {
	endpoint *url.URL
	http     *http.Client
	direct   *http.Client // without a proxy
	tokens   *tokens
	attempts int
	wait     time.Duration
}

// New makes a client. Nothing is sent yet.
func New(o Options) (*Client, error) {
	if o.Endpoint == "" {
		o.Endpoint = DefaultEndpoint
	}
	u, err := url.Parse(strings.TrimSuffix(o.Endpoint, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is no address of a store", o.Endpoint).Hint("https://host or http://host:port")
	}
	direct := o.Transport.Clone()
	direct.Proxy = nil
	c := &Client{endpoint: u, http: client(o.Transport), direct: client(direct), attempts: max(1, o.Attempts), wait: o.Wait}
	var from source
	switch {
	case o.Token != "":
		from = fixed(o.Token)
	case len(o.Key) > 0:
		if from, err = newAccount(c, o.Key); err != nil {
			return nil, err
		}
	case o.Metadata:
		from = machine{c}
	}
	c.tokens = &tokens{from: from, turn: make(chan struct{}, 1)}
	return c, nil
}

func client(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Bucket gives a bucket of the store; closing it closes nothing of the client.
func (c *Client) Bucket(name string) *blob.Bucket { return blob.NewBucket(&bucket{c: c, name: name}) }

// Error is an answer of the store that is none of the good ones.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("status %d: %s", e.Status, e.Message)
}

// code tells what an error means to users of buckets.
func code(err error) gcerrors.ErrorCode {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return gcerrors.Unknown
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestedRangeNotSatisfiable:
		return gcerrors.InvalidArgument
	case http.StatusUnauthorized, http.StatusForbidden:
		return gcerrors.PermissionDenied
	case http.StatusNotFound:
		return gcerrors.NotFound
	case http.StatusPreconditionFailed:
		return gcerrors.FailedPrecondition
	case http.StatusTooManyRequests:
		return gcerrors.ResourceExhausted
	}
	return gcerrors.Unknown
}

// request is what is sent, as often as it takes.
type request struct {
	method string
	url    string
	header http.Header
	body   []byte
	// direct goes past proxies, bare without a token: to those who give tokens.
	direct, bare bool
}

// once sends a request and gives whatever is answered.
func (c *Client) once(ctx context.Context, q *request) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return nil, errors.New("no address of the store") // err holds it
	}
	for k, v := range q.header {
		r.Header[k] = v
	}
	if !q.bare && r.URL.Host == c.endpoint.Host && r.URL.Scheme == c.endpoint.Scheme {
		token, err := c.tokens.get(ctx)
		if err != nil {
			return nil, err
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
	}
	hc := c.http
	if q.direct {
		hc = c.direct
	}
	resp, err := hc.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // without the address, which may be a secret
		}
		return nil, &lost{host: r.URL.Host, err: err}
	}
	if resp.StatusCode == http.StatusUnauthorized && !q.bare {
		c.tokens.forget(ctx, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	return resp, nil
}

// lost is a request without an answer.
type lost struct {
	host string
	err  error
}

func (e *lost) Error() string { return e.host + ": " + e.err.Error() }
func (e *lost) Unwrap() error { return e.err }

// send sends a request until it is answered with 2xx, for good, or often enough.
func (c *Client) send(ctx context.Context, q *request) (*http.Response, error) {
	for n := 1; ; n++ {
		resp, err := c.once(ctx, q)
		if err == nil && resp.StatusCode/100 == 2 {
			return resp, nil
		}
		var after time.Duration
		again := false
		if err == nil {
			after, again = retryAfter(resp), passing(resp.StatusCode) || resp.StatusCode == http.StatusUnauthorized && n == 1 && c.tokens.renews()
			err = answerError(resp)
		} else {
			again = isLost(ctx, err)
		}
		if !again || n >= c.attempts {
			return nil, err
		}
		if err := c.pause(ctx, n, after); err != nil {
			return nil, err
		}
	}
}

// passing tells answers that another attempt may better.
func passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isLost tells a broken connection from what another attempt does not better: the
// end of the context, an address that is not allowed, no token.
func isLost(ctx context.Context, err error) bool {
	if _, ok := errors.AsType[*sqlerr.Error](err); ok || ctx.Err() != nil {
		return false
	}
	_, ok := errors.AsType[*lost](err)
	return ok
}

func retryAfter(r *http.Response) time.Duration {
	s, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return time.Duration(min(s, int(maxWait/time.Second))) * time.Second
}

// pause waits before the attempt after the n-th: twice as long each time, less a
// part by chance so that clients do not come back together.
func (c *Client) pause(ctx context.Context, n int, atLeast time.Duration) error {
	d := min(c.wait<<min(n-1, 10), maxWait)
	d = max(d-rand.N(d/2+1), atLeast)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// answerError reads the error that was answered, and closes the answer.
func answerError(r *http.Response) error {
	defer r.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(r.Body, 16*maxErrorText)) // half of it is better than nothing
	var told struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"` // of those who give tokens
	}
	message := strings.TrimSpace(string(text))
	if json.Unmarshal(text, &told) == nil && len(told.Error) > 0 {
		var inner struct {
			Message string `json:"message"`
		}
		var name string
		if json.Unmarshal(told.Error, &inner) == nil && inner.Message != "" {
			message = inner.Message
		} else if json.Unmarshal(told.Error, &name) == nil {
			message = strings.TrimSuffix(name+": "+told.Description, ": ")
		}
	}
	if message == "" {
		message = http.StatusText(r.StatusCode)
	}
	return &Error{Status: r.StatusCode, Message: strings.ToValidUTF8(message[:min(len(message), maxErrorText)], "")}
}

// ask sends a request whose answer is JSON.
func (c *Client) ask(ctx context.Context, q *request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	resp, err := c.send(ctx, q)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(text) > maxAnswer {
		return fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errors.New("the answer is not the JSON that the store's interface speaks of")
	}
	return nil
}
