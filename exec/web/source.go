package web

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Connector is 'connector' = 'http'.
type Connector struct {
	// Allow says which hosts may be reached; nil: all but metadata services.
	Allow *allow.List
	// Dial makes the connections; nil: as Allow says. It is for tests.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

var _ lookup.Connector = Connector{}

// Options declares the options.
func (Connector) Options() []catalog.OptionSpec { return Specs() }

// Check looks at the options that a table is declared with.
func (k Connector) Check(t *catalog.Table) error {
	c, hide, err := configure(t, k.Allow)
	if err != nil {
		return err
	}
	if _, err := c.reader(t); err != nil {
		return hide(err)
	}
	whole := records.Whole(t)
	if whole && c.url == nil {
		return sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' is missing", optURL)
	}
	if !whole && c.lookupURL == nil {
		return sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' is missing", optLookupURL).
			Hint("Without a full cache single keys are asked for.")
	}
	return nil
}

func (c *config) reader(t *catalog.Table) (*records.Reader, error) {
	return records.New(records.Config{Format: c.format, Options: c.formatOptions, Columns: records.Fields(t), Rows: c.rows, Cursor: c.cursor})
}

// Open prepares a source.
func (k Connector) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	cfg, hide, err := configure(r.Table, k.Allow)
	if err != nil {
		return nil, err
	}
	s := &source{cfg: cfg, hide: hide, table: r.Table}
	if s.rows, err = cfg.reader(r.Table); err != nil {
		return nil, hide(err)
	}
	if s.client, err = newClient(cfg, k.Allow, k.Dial); err != nil {
		return nil, hide(err)
	}
	if r.Keys == nil || cfg.lookupURL == nil {
		return s, nil
	}
	p, err := newPoint(s, r.Keys)
	if err != nil {
		return nil, hide(err)
	}
	return p, nil
}

// source loads a table.
type source struct {
	cfg    *config
	table  *catalog.Table
	client *client
	rows   *records.Reader
	hide   func(error) error
}

// Close lets go of the connections.
func (s *source) Close() error {
	s.client.http.CloseIdleConnections()
	return nil
}

// validators are what a server said of the state it gave; they are the token of
// a load.
type validators struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
}

// Load gets the table, page by page.
func (s *source) Load(ctx context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	if s.cfg.url == nil {
		return "", sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q cannot be read as a whole: it has no option '%s'", s.table.Name, optURL)
	}
	var emitted error // goes back as it is
	token, err := s.load(ctx, since, func(b *exec.Batch) error {
		emitted = emit(b)
		return emitted
	})
	if err == nil || emitted != nil || errors.Is(err, lookup.ErrUnchanged) {
		return token, err
	}
	return "", s.hide(err)
}

func (s *source) load(ctx context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	left, at := s.cfg.maxBytes, s.cfg.url
	for page := 1; ; page++ {
		if page > s.cfg.maxPages {
			return "", sqlerr.New(sqlerr.ProgramLimitExceeded, "%s: more than %d pages", shown(s.cfg.url), s.cfg.maxPages).
				Hint("The option '%s' sets the limit.", optMaxPages)
		}
		next, token, err := s.page(ctx, at, since, &left, emit)
		if err != nil {
			return since, err
		}
		if next == nil {
			return token, nil
		}
		at = next
	}
}

// get asks for a page, or for what has changed since the last load.
func (s *source) get(ctx context.Context, at *url.URL, since string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q: it is not a URL", optURL)
	}
	var v validators
	if since != "" && s.cfg.paging == pagingNone && json.Unmarshal([]byte(since), &v) == nil {
		if v.ETag != "" {
			req.Header.Set("If-None-Match", v.ETag)
		}
		if v.Modified != "" {
			req.Header.Set("If-Modified-Since", v.Modified)
		}
	}
	return s.client.send(req)
}

// page reads one page within its time. It gives the next one, or nil and the
// token of the load.
func (s *source) page(ctx context.Context, at *url.URL, since string, left *int64, emit func(*exec.Batch) error) (next *url.URL, token string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.timeout)
	defer cancel()
	resp, err := s.get(ctx, at, since)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified && since != "" && s.cfg.paging == pagingNone {
		return nil, "", lookup.ErrUnchanged
	}
	b, err := s.client.open(resp, left)
	if err != nil {
		return nil, "", err
	}
	_, cursor, err := s.rows.Read(shown(resp.Request.URL), b, emit)
	if err != nil {
		return nil, "", err
	}
	if s.cfg.paging == pagingNone {
		return nil, tokenOf(resp), nil
	}
	next, err = s.cfg.nextPage(resp, cursor)
	return next, "", err
}

// tokenOf keeps the validators of an answer; "" when it has none.
func tokenOf(resp *http.Response) string {
	v := validators{ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified")}
	if v == (validators{}) {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "" // strings can be marshalled
	}
	return string(b)
}
