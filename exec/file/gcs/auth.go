package gcs

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// renewBefore is how long before its end a token is replaced. A metadata service
	// gives a new one from 5 minutes before.
	renewBefore = 3 * time.Minute
	// metadataHost is the machine's metadata service; GCE_METADATA_HOST names another.
	metadataHost = "metadata.google.internal"
	// hintCredentials says how a store gets to know who asks.
	hintCredentials = "give 'gcs.credentials-file', 'gcs.token' or 'gcs.anonymous' = 'true'; " +
		"for those of a machine of Google's, list metadata.google.internal in --allow-hosts"
)

// source gets tokens.
type source interface {
	// fetch gives a token and how long it is good for; 0: for ever.
	fetch(context.Context) (string, time.Duration, error)
}

// fixed is a token that the user has given.
type fixed string

func (f fixed) fetch(context.Context) (string, time.Duration, error) { return string(f), 0, nil }

// tokens keeps the token of a source. One goroutine at a time fetches, and
// those that wait for it leave with their contexts.
type tokens struct {
	from  source // nil: nobody asks for a token
	turn  chan struct{}
	token string
	until time.Time // zero: for ever
}

// renews tells whether a token that is refused can be replaced.
func (t *tokens) renews() bool {
	_, given := t.from.(fixed)
	return t.from != nil && !given
}

// get gives a token that is good, or "" where none is wanted.
func (t *tokens) get(ctx context.Context) (string, error) {
	if t.from == nil {
		return "", nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-t.turn }()
	now := time.Now() // the clock that the token's end goes by, whatever the engine's is
	if t.token != "" && (t.until.IsZero() || now.Before(t.until)) {
		return t.token, nil
	}
	token, life, err := t.from.fetch(ctx)
	if err != nil {
		return "", err
	}
	t.token, t.until = token, time.Time{}
	if life > 0 {
		t.until = now.Add(max(life-renewBefore, life/2))
	}
	return token, nil
}

// forget drops a token that was refused.
func (t *tokens) forget(ctx context.Context, token string) {
	if !t.renews() {
		return
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	if t.token == token {
		t.token = ""
	}
	<-t.turn
}

// granted is what those who give tokens answer.
type granted struct {
	Token   string `json:"access_token"`
	Seconds int64  `json:"expires_in"`
}

// grant asks for a token.
func (c *Client) grant(ctx context.Context, q *request, who string) (string, time.Duration, error) {
	var g granted
	q.bare = true
	err := c.ask(ctx, q, &g)
	switch {
	case ctx.Err() != nil:
		return "", 0, ctx.Err()
	case err != nil:
		why, code := err.Error(), sqlerr.InvalidAuthorization
		if e, ok := errors.AsType[*sqlerr.Error](err); ok { // the service's address is not allowed
			why, code = e.Message, e.Code
		}
		return "", 0, sqlerr.Wrap(err, code, "could not get a token of %s: %s", who, why)
	case g.Token == "":
		return "", 0, sqlerr.New(sqlerr.InvalidAuthorization, "could not get a token of %s: the answer holds none", who)
	}
	return g.Token, time.Duration(min(max(g.Seconds, 1), 24*3600)) * time.Second, nil
}

// machine is the service account of the machine that this runs on.
type machine struct{ c *Client }

func (m machine) fetch(ctx context.Context) (string, time.Duration, error) {
	host := os.Getenv("GCE_METADATA_HOST")
	if host == "" {
		host = metadataHost
	}
	token, life, err := m.c.grant(ctx, &request{
		method: http.MethodGet, url: "http://" + host + "/computeMetadata/v1/instance/service-accounts/default/token",
		header: http.Header{"Metadata-Flavor": {"Google"}}, direct: true,
	}, "the machine's metadata service")
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return "", 0, e.Hint(hintCredentials)
	}
	return token, life, err
}
