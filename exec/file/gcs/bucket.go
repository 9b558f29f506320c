package gcs

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// maxPage is how many objects one answer lists, the store's own maximum.
const maxPage = 1000

// fields is what is wanted of an object's description, for each page is long.
const fields = "name,size,updated,timeCreated,md5Hash,etag,generation,contentType,contentEncoding,contentLanguage,contentDisposition,cacheControl,metadata"

// Generation is the number of an object's content: another after each write. As
// gives it, of an object's attributes and of a listed object.
type Generation int64

// object is a description of an object.
type object struct {
	Name        string            `json:"name"`
	Size        int64             `json:"size,string"`
	Updated     time.Time         `json:"updated"`
	Created     time.Time         `json:"timeCreated"`
	MD5         []byte            `json:"md5Hash"` // base64; not of composed objects
	ETag        string            `json:"etag"`
	Generation  int64             `json:"generation,string"`
	Type        string            `json:"contentType"`
	Encoding    string            `json:"contentEncoding"`
	Language    string            `json:"contentLanguage"`
	Disposition string            `json:"contentDisposition"`
	Cache       string            `json:"cacheControl"`
	Metadata    map[string]string `json:"metadata"`
}

func (o *object) as(i any) bool {
	g, ok := i.(*Generation)
	if ok {
		*g = Generation(o.Generation)
	}
	return ok && o.Generation != 0
}

// bucket is a bucket's driver.
type bucket struct {
	c    *Client
	name string
}

var (
	_          driver.Bucket = (*bucket)(nil)
	errCannot                = errors.New("not supported")
	errNoRange               = errors.New("the store does not answer with the range that was asked for")
)

func (b *bucket) ErrorCode(err error) gcerrors.ErrorCode {
	if errors.Is(err, errCannot) {
		return gcerrors.Unimplemented
	}
	return code(err)
}

func (b *bucket) As(any) bool { return false }

func (b *bucket) ErrorAs(err error, i any) bool {
	p, ok := i.(**Error)
	return ok && errors.As(err, p)
}

// Close has nothing to close: the client goes on.
func (b *bucket) Close() error { return nil }

// url is the address of the bucket's objects, or of one.
func (b *bucket) url(service, key string, query url.Values) string {
	s := b.c.endpoint.String() + service + "/storage/v1/b/" + url.PathEscape(b.name) + "/o"
	if key != "" {
		s += "/" + url.PathEscape(key)
	}
	return s + "?" + query.Encode()
}

// Attributes asks for an object's description.
func (b *bucket) Attributes(ctx context.Context, key string) (*driver.Attributes, error) {
	var o object
	if err := b.c.ask(ctx, &request{method: http.MethodGet, url: b.url("", key, url.Values{"fields": {fields}})}, &o); err != nil {
		return nil, err
	}
	return &driver.Attributes{
		CacheControl: o.Cache, ContentDisposition: o.Disposition, ContentEncoding: o.Encoding, ContentLanguage: o.Language,
		ContentType: o.Type, Metadata: o.Metadata, CreateTime: o.Created, ModTime: o.Updated, Size: o.Size, MD5: o.MD5, ETag: o.ETag, AsFunc: o.as,
	}, nil
}

// ListPaged asks for a page of a listing.
func (b *bucket) ListPaged(ctx context.Context, opts *driver.ListOptions) (*driver.ListPage, error) {
	if opts.BeforeList != nil {
		if err := opts.BeforeList(func(any) bool { return false }); err != nil {
			return nil, err
		}
	}
	size := opts.PageSize
	if size == 0 || size > maxPage {
		size = maxPage
	}
	q := url.Values{"maxResults": {strconv.Itoa(size)}, "fields": {"nextPageToken,prefixes,items(name,size,updated,md5Hash,generation)"}}
	for k, v := range map[string]string{"prefix": opts.Prefix, "delimiter": opts.Delimiter, "pageToken": string(opts.PageToken)} {
		if v != "" {
			q.Set(k, v)
		}
	}
	var list struct {
		Items    []object `json:"items"`
		Prefixes []string `json:"prefixes"`
		Next     string   `json:"nextPageToken"`
	}
	if err := b.c.ask(ctx, &request{method: http.MethodGet, url: b.url("", "", q)}, &list); err != nil {
		return nil, err
	}
	page := &driver.ListPage{NextPageToken: []byte(list.Next)}
	for i := range list.Items {
		o := &list.Items[i]
		page.Objects = append(page.Objects, &driver.ListObject{Key: o.Name, ModTime: o.Updated, Size: o.Size, MD5: o.MD5, AsFunc: o.as})
	}
	for _, p := range list.Prefixes {
		page.Objects = append(page.Objects, &driver.ListObject{Key: p, IsDir: true})
	}
	slices.SortFunc(page.Objects, func(x, y *driver.ListObject) int { return cmp.Compare(x.Key, y.Key) })
	return page, nil
}

// reader is an object's bytes as they come.
type reader struct {
	io.Reader
	body  io.Closer
	attrs driver.ReaderAttributes
}

func (r *reader) Attributes() *driver.ReaderAttributes { return &r.attrs }
func (r *reader) As(any) bool                          { return false }
func (r *reader) Close() error                         { return r.body.Close() }

// NewRangeReader asks for bytes of an object.
func (b *bucket) NewRangeReader(ctx context.Context, key string, offset, length int64, opts *driver.ReaderOptions) (driver.Reader, error) {
	if opts.BeforeRead != nil {
		if err := opts.BeforeRead(func(any) bool { return false }); err != nil {
			return nil, err
		}
	}
	if length == 0 { // a range cannot be empty
		a, err := b.Attributes(ctx, key)
		if err != nil {
			return nil, err
		}
		return &reader{Reader: http.NoBody, body: http.NoBody, attrs: driver.ReaderAttributes{ContentType: a.ContentType, ModTime: a.ModTime, Size: a.Size}}, nil
	}
	q := &request{method: http.MethodGet, url: b.url("", key, url.Values{"alt": {"media"}}), header: http.Header{"Accept-Encoding": {"gzip"}}}
	part := offset > 0 || length > 0
	if part {
		r := "bytes=" + strconv.FormatInt(offset, 10) + "-"
		if length > 0 {
			r += strconv.FormatInt(offset+length-1, 10)
		}
		q.header.Set("Range", r)
	}
	resp, err := b.c.send(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &reader{Reader: resp.Body, body: resp.Body, attrs: driver.ReaderAttributes{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength}}
	if t, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		out.attrs.ModTime = t
	}
	if part {
		first, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if resp.StatusCode != http.StatusPartialContent || !ok || first != offset {
			return nil, errors.Join(errNoRange, resp.Body.Close())
		}
		out.attrs.Size = total
	}
	return out, nil
}

// contentRange reads "bytes first-last/total".
func contentRange(s string) (first, total int64, ok bool) {
	s, unit := strings.CutPrefix(s, "bytes ")
	span, all, slash := strings.Cut(s, "/")
	from, _, dash := strings.Cut(span, "-")
	first, err := strconv.ParseInt(from, 10, 64)
	total, err2 := strconv.ParseInt(all, 10, 64)
	return first, total, unit && slash && dash && err == nil && err2 == nil
}

// Copy, Delete and SignedURL are nobody's need.
func (b *bucket) Copy(context.Context, string, string, *driver.CopyOptions) error { return errCannot }

// Delete is not supported, see Copy.
func (b *bucket) Delete(context.Context, string, *driver.DeleteOptions) error { return errCannot }

// SignedURL is not supported, see Copy.
func (b *bucket) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", errCannot
}
