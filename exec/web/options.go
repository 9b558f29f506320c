package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
)

// The options' keys in WITH (…).
const (
	optURL        = "url"
	optFormat     = "format"
	optHeaders    = "headers."
	optRows       = "rows.path"
	optPaging     = "paging"
	optCursor     = "paging.cursor.path"
	optParam      = "paging.cursor.param"
	optMaxPages   = "paging.max-pages"
	optTimeout    = "timeout"
	optHeader     = "timeout.header"
	optMaxBytes   = "max-bytes"
	optRootCert   = "ssl.root-cert"
	optLookupURL  = "lookup.url"
	optLookupKeys = "lookup.max-keys"
)

// The ways from page to page.
const (
	pagingNone   = "none"
	pagingLink   = "link"
	pagingCursor = "cursor"
)

// formats are those that a body can have.
var formats = []string{"json", "csv"}

const maxTimeout = int64(24 * time.Hour)

// Specs declares the options.
func Specs() []catalog.OptionSpec {
	return slices.Concat([]catalog.OptionSpec{
		{Key: optURL, Doc: "where the whole table is got with GET; required with 'cache' = 'full'"},
		{Key: optFormat, Kind: catalog.OptEnum, Enum: formats, Default: "json", Doc: "what the body is: json (an array of objects, objects line by line, or the array inside an object that rows.path leads to) or csv"},
		{Key: optHeaders, Prefix: true, Secret: true, Doc: "'headers.<Name>': a header of each request to the URL's host; not sent along when redirected to another"},
		{Key: optRows, Doc: "the way to the array of rows inside a JSON object: data.items, or /data/items where names have dots in them"},
		{Key: optPaging, Kind: catalog.OptEnum, Enum: []string{pagingNone, pagingLink, pagingCursor}, Default: pagingNone, Doc: "how the next page is found: link (the header Link with rel=next) or cursor (a member of the JSON body); the table is read anew at each refresh, without If-None-Match"},
		{Key: optCursor, Doc: "the way to the cursor in the JSON body; without one, or with null, false or \"\", the page is the last"},
		{Key: optParam, Doc: "the parameter of the URL that takes the cursor; without it the cursor is itself the URL of the next page"},
		{Key: optMaxPages, Kind: catalog.OptInt, Default: "10000", Min: 1, Max: 1_000_000, Doc: "a load with more pages fails"},
		{Key: optTimeout, Kind: catalog.OptDuration, Default: "5min", Min: 1, Max: maxTimeout, Doc: "for one request with its body; 'load.timeout' and 'lookup.timeout' bound all those of a load or a batch of keys"},
		{Key: optHeader, Kind: catalog.OptDuration, Default: "30s", Min: 1, Max: maxTimeout, Doc: "from a request to the headers of its answer"},
		{Key: optMaxBytes, Kind: catalog.OptBytes, Default: "1GiB", Min: 1, Max: 1 << 50, Doc: "a load with a longer body, all pages together and unpacked, fails"},
		{Key: optRootCert, Doc: "a file of certificates (PEM) to trust instead of the system's"},
		{Key: optLookupURL, Doc: "where single keys are asked for with POST: the body is a JSON array of objects with the key columns, the answer rows that carry their keys; required with 'cache' = 'partial' and 'none'"},
		{Key: optLookupKeys, Kind: catalog.OptInt, Default: "500", Min: 1, Max: 100_000, Doc: "the most keys of one such request"},
	}, records.FormatSpecs(formats...))
}

// config is the options, read.
type config struct {
	url, lookupURL          *url.URL // or nil
	format                  *format.Format
	formatOptions           map[string]string
	headers                 http.Header
	rows, cursor            records.Path
	paging, param, rootCert string
	maxPages                int
	timeout, header         time.Duration
	maxBytes                int64
	lookupKeys              int
}

// configure reads the options of a table.
func configure(t *catalog.Table, list *allow.List) (c *config, hide func(error) error, err error) {
	v, hide, err := records.Options(t, Specs())
	if err != nil {
		return nil, nil, err
	}
	c = &config{
		paging: v.Enum(optPaging), param: v.String(optParam), rootCert: v.String(optRootCert), maxPages: int(v.Int(optMaxPages)),
		timeout: v.Duration(optTimeout), header: v.Duration(optHeader), maxBytes: v.Bytes(optMaxBytes),
		lookupKeys: int(v.Int(optLookupKeys)),
	}
	if err := c.read(v, list); err != nil {
		return nil, nil, hide(err)
	}
	return c, hide, nil
}

func (c *config) read(v *catalog.OptionValues, list *allow.List) (err error) {
	if c.format, c.formatOptions, err = records.FormatOf(v, optFormat, formats...); err != nil {
		return err
	}
	if c.url, err = parseURL(v, optURL, list); err != nil {
		return err
	}
	if c.lookupURL, err = parseURL(v, optLookupURL, list); err != nil {
		return err
	}
	if c.rootCert != "" {
		if err := list.Path(c.rootCert); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		key string
		to  *records.Path
	}{{optRows, &c.rows}, {optCursor, &c.cursor}} {
		if !v.IsSet(p.key) {
			continue
		}
		if c.format.Name != "json" {
			return records.Invalid(p.key, "paths lead into JSON; the format is %s", c.format.Name)
		}
		if *p.to, err = records.ParsePath(v.String(p.key)); err != nil {
			return err
		}
	}
	switch {
	case c.paging == pagingCursor && (c.cursor == nil || c.rows == nil):
		return records.Invalid(optPaging, "a cursor stands beside the rows").Hint("Set 'rows.path' and 'paging.cursor.path'.")
	case c.paging != pagingCursor && v.IsSet(optCursor):
		return records.Invalid(optCursor, "it needs 'paging' = 'cursor'")
	case c.paging != pagingCursor && v.IsSet(optParam):
		return records.Invalid(optParam, "it needs 'paging' = 'cursor'")
	case c.paging == pagingNone && v.IsSet(optMaxPages):
		return records.Invalid(optMaxPages, "it needs 'paging'")
	case slices.Equal(c.rows, c.cursor) && c.rows != nil:
		return records.Invalid(optCursor, "it is the same as 'rows.path'")
	}
	c.headers, err = headersOf(v)
	return err
}

// parseURL reads an http or https URL; nil when the option is not set. The
// text is never part of an error: it may hold a password.
func parseURL(v *catalog.OptionValues, key string, list *allow.List) (*url.URL, error) {
	if !v.IsSet(key) {
		return nil, nil //nolint:nilnil // not set
	}
	u, err := url.Parse(v.String(key))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, records.Invalid(key, "it is not an http or https URL")
	}
	u.Fragment = ""
	return u, list.Host(u.Host)
}

func headersOf(v *catalog.OptionValues) (http.Header, error) {
	h := http.Header{}
	for _, o := range v.Prefixed(optHeaders) {
		bad := strings.IndexFunc(o.Key, func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
		})
		if bad >= 0 {
			return nil, records.Invalid(optHeaders+o.Key, "it is not the name of a header").At(o.KeyPos)
		}
		if strings.ContainsFunc(o.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, records.Invalid(optHeaders+o.Key, "the value has control characters in it").At(o.ValuePos)
		}
		if slices.Contains(ownHeaders, http.CanonicalHeaderKey(o.Key)) {
			return nil, records.Invalid(optHeaders+o.Key, "this header is set by the connector").At(o.KeyPos)
		}
		h.Add(o.Key, o.Value)
	}
	return h, nil
}

// ownHeaders cannot be configured: they belong to the connection or the body.
var ownHeaders = []string{"Accept-Encoding", "Connection", "Content-Length", "Content-Type", "If-Modified-Since", "If-None-Match", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade"}
