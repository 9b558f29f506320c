package schemaregistry

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds.
const (
	// DefaultTimeout bounds one request.
	DefaultTimeout = 10 * time.Second
	// attempts is how often a request is tried, retryAfter how long after the
	// first failure the second try comes; the pause doubles.
	attempts   = 4
	retryAfter = 250 * time.Millisecond
	// maxSchemas bounds the schemas kept; beyond it any one is forgotten.
	maxSchemas = 1000
	// maxAnswer bounds what the registry may answer.
	maxAnswer = 16 << 20
	// maxReferences bounds the schemas that one refers to, in all.
	maxReferences = 100
	// unknownFor is how long an id counts as unknown.
	unknownFor = 10 * time.Second
)

// Config says where the registry is and who asks.
type Config struct {
	// URL is one address or several, separated by commas, tried in turn.
	URL string
	// User and Password are for basic authentication, Token for a bearer's.
	User, Password, Token string
	Timeout               time.Duration
	// Dial, where set, makes the connections.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Schema is what stands under an id.
type Schema struct {
	ID   int32
	Type string // AVRO, PROTOBUF or JSON
	Text string
	// References are the schemas that Text imports, in the order in which they
	// have to be read.
	References []Reference
}

// Reference is an imported schema.
type Reference struct {
	Name, Text string
}

// Client asks one registry.
type Client struct {
	cfg  Config
	urls []string
	http *http.Client
	wait time.Duration // retryAfter

	mu      sync.Mutex
	schemas map[int32]*Schema
	unknown map[int32]time.Time
}

// New makes a client. Nothing is asked yet.
func New(cfg Config) (*Client, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	c := &Client{cfg: cfg, wait: retryAfter, schemas: map[int32]*Schema{}, unknown: map[int32]time.Time{}}
	for _, s := range strings.Split(cfg.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(s))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "invalid address of a schema registry").Hint("http://host:8081 or https://host")
		}
		c.urls = append(c.urls, strings.TrimSuffix(u.String(), "/"))
	}
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: cfg.Timeout}).DialContext
	}
	c.http = &http.Client{Timeout: cfg.Timeout, Transport: &http.Transport{
		DialContext: dial, Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: cfg.Timeout, IdleConnTimeout: 30 * time.Second, MaxIdleConns: 2,
	}}
	return c, nil
}

// answer is what the registry says of a schema.
type answer struct {
	ID         int32  `json:"id"`
	Schema     string `json:"schema"`
	SchemaType string `json:"schemaType"`
	References []struct {
		Name    string `json:"name"`
		Subject string `json:"subject"`
		Version int    `json:"version"`
	} `json:"references"`
}

// ByID gives the schema with an id.
func (c *Client) ByID(id int32) (*Schema, error) {
	c.mu.Lock()
	s, until := c.schemas[id], c.unknown[id]
	c.mu.Unlock()
	if s != nil {
		return s, nil
	}
	if time.Now().Before(until) {
		return nil, errUnknown(id)
	}
	var a answer
	if err := c.ask(http.MethodGet, fmt.Sprintf("/schemas/ids/%d", id), nil, &a); err != nil {
		if e, ok := errors.AsType[*refusal](err); ok && e.status == http.StatusNotFound {
			c.mu.Lock()
			if len(c.unknown) >= maxSchemas {
				clear(c.unknown)
			}
			c.unknown[id] = time.Now().Add(unknownFor)
			c.mu.Unlock()
			return nil, errUnknown(id)
		}
		return nil, failure(err)
	}
	s = &Schema{ID: id, Type: a.SchemaType, Text: a.Schema}
	if s.Type == "" {
		s.Type = "AVRO"
	}
	if err := c.references(&a, s, map[string]bool{}); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.schemas) >= maxSchemas {
		for old := range c.schemas {
			delete(c.schemas, old)
			break
		}
	}
	c.schemas[id] = s
	return s, nil
}

// references gets what a schema imports, and what that imports before it.
func (c *Client) references(a *answer, s *Schema, seen map[string]bool) error {
	for _, r := range a.References {
		if seen[r.Name] {
			continue
		}
		if seen[r.Name] = true; len(seen) > maxReferences {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "schema %d refers to more than %d others", s.ID, maxReferences)
		}
		var b answer
		if err := c.ask(http.MethodGet, fmt.Sprintf("/subjects/%s/versions/%d", url.PathEscape(r.Subject), r.Version), nil, &b); err != nil {
			return failure(err)
		}
		if err := c.references(&b, s, seen); err != nil {
			return err
		}
		s.References = append(s.References, Reference{Name: r.Name, Text: b.Schema})
	}
	return nil
}

// Register puts a schema under a subject, if it is not there, and gives its id.
func (c *Client) Register(subject, kind, text string) (int32, error) {
	body, err := json.Marshal(map[string]string{"schema": text, "schemaType": kind})
	if err != nil {
		return 0, sqlerr.Wrap(err, sqlerr.InternalError, "schema: %s", err)
	}
	var a answer
	if err := c.ask(http.MethodPost, "/subjects/"+url.PathEscape(subject)+"/versions", body, &a); err != nil {
		if e, ok := errors.AsType[*refusal](err); ok && e.status == http.StatusConflict {
			return 0, sqlerr.Wrap(err, sqlerr.InvalidObjectDefinition, "the schema registry refuses the schema for subject %q: %s", subject, e.message)
		}
		return 0, failure(err)
	}
	return a.ID, nil
}

// refusal is an answer that is not a success.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

// ask sends a request, to the next address and again where that may help.
func (c *Client) ask(method, path string, body []byte, into any) error {
	var err error
	pause := c.wait
	for i := range attempts {
		if i > 0 {
			<-time.After(pause)
			pause *= 2
		}
		err = c.once(method, c.urls[i%len(c.urls)]+path, body, into)
		if e, ok := errors.AsType[*refusal](err); err == nil || ok && e.status < 500 && e.status != http.StatusTooManyRequests {
			return err
		}
	}
	return err
}

func (c *Client) once(method, address string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/vnd.schemaregistry.v1+json, application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	}
	switch {
	case c.cfg.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	case c.cfg.User != "":
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.cfg.User+":"+c.cfg.Password)))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		var e struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(b, &e) != nil || e.Message == "" {
			e.Message = http.StatusText(res.StatusCode)
		}
		return &refusal{res.StatusCode, e.Message}
	}
	return json.Unmarshal(b, into)
}

func errUnknown(id int32) error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the schema registry has no schema %d", id)
}

// failure is the error of a registry that does not do what it is there for: it
// is not the record's fault, so its code is a connection's.
func failure(err error) error {
	if e, ok := errors.AsType[*refusal](err); ok {
		if e.status == http.StatusUnauthorized || e.status == http.StatusForbidden {
			return sqlerr.Wrap(err, sqlerr.CannotConnect, "the schema registry refuses the credentials: %s", e)
		}
		return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "the schema registry answers: %s", e)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, in which a password may stand
	}
	return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "could not ask the schema registry: %s", err)
}
