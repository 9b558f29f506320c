package gcs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob/driver"
)

const (
	// pieceUnit is what the pieces of an upload must be multiples of, but the last.
	pieceUnit = 256 << 10
	// defaultPiece is how long they are: what a writer holds in memory.
	defaultPiece = 4 << 20
	// abortTimeout bounds the request that gives an upload up.
	abortTimeout = 5 * time.Second
	// statusResume says that the store wants more of an upload, and
	// statusAborted that it has given it up.
	statusResume  = 308
	statusAborted = 499
)

// writer writes an object by a resumable upload: a piece that got lost is sent
// again from where the store says it stands.
type writer struct {
	ctx     context.Context
	c       *Client
	start   *request
	session string // the upload's address, once it has begun
	buf     []byte // a piece; what was sent of it stays as it is until all of it has arrived
	at      int    // the store has buf[:at]
	offset  int64  // where buf[at:] goes
	piece   int
	err     error
}

// NewTypedWriter prepares an upload; it begins with the first whole piece, or with
// Close.
func (b *bucket) NewTypedWriter(ctx context.Context, key, contentType string, opts *driver.WriterOptions) (driver.Writer, error) {
	if opts.BeforeWrite != nil {
		if err := opts.BeforeWrite(func(any) bool { return false }); err != nil {
			return nil, err
		}
	}
	about, err := json.Marshal(struct {
		Type        string            `json:"contentType,omitempty"`
		Encoding    string            `json:"contentEncoding,omitempty"`
		Language    string            `json:"contentLanguage,omitempty"`
		Disposition string            `json:"contentDisposition,omitempty"`
		Cache       string            `json:"cacheControl,omitempty"`
		MD5         []byte            `json:"md5Hash,omitempty"`
		Metadata    map[string]string `json:"metadata,omitempty"`
	}{contentType, opts.ContentEncoding, opts.ContentLanguage, opts.ContentDisposition, opts.CacheControl, opts.ContentMD5, opts.Metadata})
	if err != nil {
		return nil, err
	}
	q := url.Values{"uploadType": {"resumable"}, "name": {key}}
	if opts.IfNotExist {
		q.Set("ifGenerationMatch", "0")
	}
	h := http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
	if contentType != "" {
		h.Set("X-Upload-Content-Type", contentType)
	}
	w := &writer{ctx: ctx, c: b.c, piece: defaultPiece, start: &request{method: http.MethodPost, url: b.url("/upload", "", q), header: h, body: about}}
	if opts.BufferSize > 0 {
		w.piece = max(1, opts.BufferSize/pieceUnit) * pieceUnit
	}
	return w, nil
}

// Write keeps bytes until there is a piece, and one more byte: the last piece is
// Close's.
func (w *writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 && w.err == nil {
		if len(w.buf) == w.piece {
			w.err = w.sendPiece(false)
			continue
		}
		k := min(len(p), w.piece-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		p, n = p[k:], n+k
	}
	return n, w.err
}

// Close completes the object.
func (w *writer) Close() error {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err == nil {
		w.err = w.sendPiece(true)
	}
	w.buf = nil
	if w.err != nil && w.session != "" {
		w.abort()
	}
	return w.err
}

// abort tells the store that no more will come. It forgets uploads by itself,
// a week later.
func (w *writer) abort() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), abortTimeout)
	defer cancel()
	if resp, err := w.c.once(ctx, &request{method: http.MethodDelete, url: w.session}); err == nil {
		_ = resp.Body.Close() // statusAborted; whatever else it is, nothing is to be done
	}
}

// begin gets the upload's address.
func (w *writer) begin() error {
	resp, err := w.c.send(w.ctx, w.start)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	at, err := resp.Location()
	if err != nil {
		return errors.New("the store does not say where an upload goes")
	}
	w.session = at.String()
	return nil
}

// sendPiece sends what is in buf until the store has it. Each time the store has
// taken some of it the attempts count anew.
func (w *writer) sendPiece(last bool) error {
	if w.session == "" {
		if err := w.begin(); err != nil {
			return err
		}
	}
	ask := false // where the store stands, before sending more
	for n := 1; ; n++ {
		resp, err := w.put(last, ask)
		if err == nil {
			before := w.offset
			done, again, e := w.took(resp, last)
			if done || e != nil && !again {
				return e
			}
			if e == nil && w.offset > before {
				n = 0
			}
			if e == nil && !last && w.at == len(w.buf) {
				w.buf, w.at = w.buf[:0], 0
				return nil
			}
			err, ask = e, e != nil
		} else if ask = true; !isLost(w.ctx, err) {
			return err
		}
		if err == nil {
			err = errors.New("the store takes nothing of the upload")
		}
		if n >= w.c.attempts {
			return err
		}
		if n > 0 {
			if err := w.c.pause(w.ctx, n, 0); err != nil {
				return err
			}
		}
	}
}

// put sends what the store has not yet, or asks what that is.
func (w *writer) put(last, ask bool) (*http.Response, error) {
	end, total := w.offset+int64(len(w.buf)-w.at), "*"
	if last {
		total = strconv.FormatInt(end, 10)
	}
	q := &request{method: http.MethodPut, url: w.session}
	span := "*"
	if !ask && end > w.offset {
		span, q.body = fmt.Sprintf("%d-%d", w.offset, end-1), w.buf[w.at:]
	}
	q.header = http.Header{"Content-Range": {"bytes " + span + "/" + total}}
	return w.c.once(w.ctx, q)
}

// took reads an answer to put: whether the object is complete, or another attempt
// may help.
func (w *writer) took(r *http.Response, last bool) (done, again bool, err error) {
	switch {
	case r.StatusCode == http.StatusOK || r.StatusCode == http.StatusCreated:
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxAnswer)) // the object's description; the connection is used again
		if err := r.Body.Close(); err != nil || last {
			return last, false, err
		}
		return false, false, errors.New("the store has ended the upload too early")
	case r.StatusCode == statusResume:
		return false, false, errors.Join(r.Body.Close(), w.advance(r.Header.Get("Range")))
	}
	again = passing(r.StatusCode)
	return false, again, answerError(r)
}

// advance drops what the store has: "bytes=0-last", or nothing.
func (w *writer) advance(has string) error {
	next := int64(0)
	if has != "" {
		_, last, _ := strings.Cut(has, "-")
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return errors.New("the store does not say how much of an upload it has")
		}
		next = n + 1
	}
	if next < w.offset || next > w.offset+int64(len(w.buf)-w.at) {
		return fmt.Errorf("the store has %d bytes of an upload, which is not what was sent", next)
	}
	w.at += int(next - w.offset)
	w.offset = next
	return nil
}
