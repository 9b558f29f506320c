package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/penstock/penstock/internal/sqlerr"
)

// body is the bytes of an answer: unpacked, counted, with our errors.
type body struct {
	req   *http.Request
	resp  *http.Response
	in    io.Reader
	left  *int64 // of max-bytes
	limit int64
}

// open sees that an answer is what was asked for, and gives its body. left is
// what remains of the bytes allowed.
func (c *client) open(resp *http.Response, left *int64) (*body, error) {
	req := resp.Request
	name := req.Method + " " + shown(req.URL)
	switch {
	case resp.StatusCode != http.StatusOK:
		e := sqlerr.New(sqlerr.IOError, "%s: HTTP status %d %s", name, resp.StatusCode, http.StatusText(resp.StatusCode))
		if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
			return nil, e.Hint("The options 'headers.Authorization' and the like say who is asking.")
		}
		return nil, e
	case !suits(resp.Header.Get("Content-Type"), c.cfg.format.Name):
		return nil, sqlerr.New(sqlerr.IOError, "%s: the content type is %q, where %s is expected", name, clip(resp.Header.Get("Content-Type")), c.cfg.format.Name)
	case resp.ContentLength > *left:
		return nil, tooLong(name, c.cfg.maxBytes)
	}
	b := &body{req: req, resp: resp, in: resp.Body, left: left, limit: c.cfg.maxBytes}
	switch enc := strings.ToLower(resp.Header.Get("Content-Encoding")); {
	case enc == "" || enc == "identity":
		if !isGzip(resp.Header.Get("Content-Type")) {
			return b, nil
		}
	case enc != "gzip" && enc != "x-gzip":
		return nil, sqlerr.New(sqlerr.IOError, "%s: the content encoding is %q, where gzip or none is expected", name, clip(enc))
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		return nil, b.fault(err)
	}
	b.in = z
	return b, nil
}

func tooLong(name string, limit int64) error {
	return sqlerr.New(sqlerr.ProgramLimitExceeded, "%s: the body is longer than %d bytes", name, limit).Hint("The option 'max-bytes' sets the limit.")
}

// clip shortens what a server said.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}

// Read counts.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, tooLong(b.req.Method+" "+shown(b.req.URL), b.limit)
	}
	if err != nil && err != io.EOF {
		err = b.fault(err)
	}
	return n, err
}

func (b *body) fault(err error) error {
	name := b.req.Method + " " + shown(b.req.URL)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "%s: the body ended too early", name)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), strings.HasPrefix(err.Error(), "flate:"):
		return sqlerr.Wrap(err, sqlerr.IOError, "%s: the body is not valid gzip", name)
	}
	return connError(b.req, err)
}

// contentTypes are what bodies of a format are called. Many servers give files
// as text/plain or application/octet-stream.
var contentTypes = map[string][]string{
	"json": {"application/json", "text/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"},
	"csv":  {"text/csv", "application/csv", "text/x-csv", "application/x-csv", "text/comma-separated-values", "application/vnd.ms-excel", "text/tab-separated-values"},
}

func isGzip(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/gzip" || t == "application/x-gzip")
}

// suits tells whether a content type can be of a format.
func suits(contentType, format string) bool {
	if contentType == "" || isGzip(contentType) {
		return true
	}
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return t == "text/plain" || t == "application/octet-stream" || t == "binary/octet-stream" || slices.Contains(contentTypes[format], t) ||
		format == "json" && strings.HasPrefix(t, "application/") && strings.HasSuffix(t, "+json")
}
