package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// nextPage gives the URL of the page behind resp; nil: it was the last. cursor is
// what its body said.
func (c *config) nextPage(resp *http.Response, cursor string) (*url.URL, error) {
	at := resp.Request.URL
	ref := ""
	switch {
	case c.paging == pagingLink:
		ref = linkNext(resp.Header.Values("Link"))
	case c.paging == pagingCursor && cursor != "" && c.param != "":
		next := *c.url
		q := next.Query()
		q.Set(c.param, cursor)
		next.RawQuery = q.Encode()
		return c.check(at, &next)
	case c.paging == pagingCursor:
		ref = cursor
	}
	if ref == "" {
		return nil, nil //nolint:nilnil // the last page
	}
	next, err := at.Parse(ref)
	if err != nil {
		return nil, sqlerr.New(sqlerr.IOError, "%s: the next page is not a URL", shown(at))
	}
	return c.check(at, next)
}

// check sees that a page is on the same server, for it gets the headers too, and
// is another page.
func (c *config) check(at, next *url.URL) (*url.URL, error) {
	next.Fragment = ""
	if next.User == nil {
		next.User = c.url.User
	}
	switch {
	case !sameOrigin(next, c.url):
		return nil, sqlerr.New(sqlerr.IOError, "%s: the next page is on another server: %s", shown(at), shown(next)).
			Hint("All pages must be on the server of the option 'url'.")
	case next.Path == at.Path && next.RawQuery == at.RawQuery:
		return nil, sqlerr.New(sqlerr.IOError, "%s: the next page is the same again", shown(at))
	}
	return next, nil
}

// linkNext finds the target of rel=next in Link headers (RFC 8288).
func linkNext(values []string) string {
	for _, v := range values {
		for v != "" {
			var target string
			var params []string
			target, params, v = nextLink(v)
			for _, p := range params {
				name, rel, _ := strings.Cut(p, "=")
				if !strings.EqualFold(strings.TrimSpace(name), "rel") {
					continue
				}
				for _, r := range strings.Fields(strings.Trim(strings.TrimSpace(rel), `"`)) {
					if strings.EqualFold(r, "next") {
						return target
					}
				}
			}
		}
	}
	return ""
}

// nextLink takes one link off: <target>; param; param, …
func nextLink(v string) (target string, params []string, rest string) {
	open := strings.IndexByte(v, '<')
	if open < 0 {
		return "", nil, ""
	}
	v = v[open+1:]
	end := strings.IndexByte(v, '>')
	if end < 0 {
		return "", nil, ""
	}
	target, v = strings.TrimSpace(v[:end]), v[end+1:]
	quoted, from := false, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';' || c == ',':
			params = append(params, v[from:i])
			from = i + 1
			if c == ',' {
				return target, params, v[from:]
			}
		}
	}
	return target, append(params, v[min(from, len(v)):]), ""
}
