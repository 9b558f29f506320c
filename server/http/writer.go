package http

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/render"
	"github.com/penstock/penstock/server/session"
)

// flushBytes is how much is gathered before it is sent although more rows are
// ready.
const flushBytes = 64 << 10

// writer sends a result in the form the client accepts.
type writer interface {
	// begin is told the columns and the time zone that instants are shown in.
	begin(catalog.Schema, *time.Location) error
	rows(*exec.Batch) error
	flush() error
	// grace waits a moment for rows if nothing has been sent or gathered, for what
	// is sent decides on the status.
	grace(context.Context, session.Result) (*exec.Batch, error)
	// wait waits for rows, and may return nil and no error to be called again.
	wait(context.Context, session.Result) (*exec.Batch, error)
	tag(string) error
	notices([]*sqlerr.Error)
	end() error
	// fail reports an error, as the answer if nothing has been sent, else as
	// the form allows.
	fail(err error, src string)
}

// newWriter picks the form by the Accept header: NDJSON unless CSV or an event
// stream is asked for.
func newWriter(w http.ResponseWriter, r *http.Request) (writer, error) {
	base := base{w: w, ctl: http.NewResponseController(w)}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if accept == "" {
		return &ndjson{base: base}, nil
	}
	for part := range strings.SplitSeq(accept, ",") {
		t, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch t {
		case "*/*", "application/*", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json":
			return &ndjson{base: base}, nil
		case "text/csv":
			return &csvWriter{ndjson{base: base}}, nil
		case "text/event-stream":
			return &events{ndjson{base: base}}, nil
		}
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "none of the forms asked for is known: %s", accept).
		Hint("application/x-ndjson, text/csv or text/event-stream")
}

// base is what the forms have in common: a buffer, and the deadline of writes.
type base struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	buf   []byte
	sent  bool // the status and headers at least
	some  bool // rows have been gathered
	ctype string
}

func (b *base) header(ctype string) {
	if b.ctype != "" {
		return
	}
	b.ctype = ctype
	h := b.w.Header()
	h.Set("Content-Type", ctype)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// flush sends what has been gathered, the headers too.
func (b *base) flush() error {
	if b.ctype == "" || len(b.buf) == 0 && b.sent {
		return nil
	}
	// A server without deadlines (a test's recorder) is written to all the same.
	if err := b.ctl.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	b.sent = true
	if len(b.buf) > 0 {
		if _, err := b.w.Write(b.buf); err != nil {
			return err
		}
		b.buf = b.buf[:0]
	}
	return b.ctl.Flush()
}

func (b *base) room() error {
	if len(b.buf) >= flushBytes {
		return b.flush()
	}
	return nil
}

func (b *base) grace(ctx context.Context, res session.Result) (*exec.Batch, error) {
	if b.sent || b.some {
		return nil, nil
	}
	return within(ctx, res, Grace)
}

// within waits for rows for so long: nil and no error when none came.
func within(ctx context.Context, res session.Result, d time.Duration) (*exec.Batch, error) {
	short, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	b, err := res.Next(short, true)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, nil
	}
	return b, err
}

func (b *base) wait(ctx context.Context, res session.Result) (*exec.Batch, error) {
	return res.Next(ctx, true)
}

// notices go into headers while there is time; a stream has no place for them.
func (b *base) notices(ns []*sqlerr.Error) {
	if b.sent {
		return
	}
	for _, n := range ns {
		b.w.Header().Add("X-Notice", strconv.QuoteToASCII(n.Message))
	}
}

// ndjson sends a JSON object a line.
type ndjson struct {
	base
	r render.Renderer
}

func (n *ndjson) begin(cols catalog.Schema, _ *time.Location) (err error) {
	n.header("application/x-ndjson")
	n.r, err = render.NDJSON(cols)
	return err
}

func (n *ndjson) rows(b *exec.Batch) (err error) {
	n.some = true
	for i := range b.Rows() {
		if n.buf, err = n.r.Row(n.buf, b, b.Row(i)); err != nil {
			return err
		}
		if err := n.room(); err != nil {
			return err
		}
	}
	return nil
}

func (n *ndjson) tag(tag string) error {
	n.header("application/x-ndjson")
	line, err := json.Marshal(map[string]string{"status": tag})
	n.buf = append(append(n.buf, line...), '\n')
	return err
}

func (n *ndjson) end() error {
	n.header("application/x-ndjson")
	return n.flush()
}

func (n *ndjson) fail(err error, src string) {
	p := body(err, src, 0)
	if !n.sent {
		writeProblem(n.w, p)
		return
	}
	line, _ := json.Marshal(map[string]problemBody{"error": p}) // plain strings and numbers
	n.buf = append(append(n.buf, line...), '\n')
	_ = n.flush() // the client has gone: nobody to tell
}

// events sends server-sent events: a row an event of its own.
type events struct{ ndjson }

func (e *events) begin(cols catalog.Schema, zone *time.Location) error {
	e.header("text/event-stream")
	return e.ndjson.begin(cols, zone)
}

func (e *events) rows(b *exec.Batch) (err error) {
	e.some = true
	for i := range b.Rows() {
		e.buf = append(e.buf, "event: row\ndata: "...)
		if e.buf, err = e.r.Row(e.buf, b, b.Row(i)); err != nil {
			return err
		}
		e.buf = append(e.buf, '\n')
		if err := e.room(); err != nil {
			return err
		}
	}
	return nil
}

func (e *events) wait(ctx context.Context, res session.Result) (*exec.Batch, error) {
	b, err := within(ctx, res, Heartbeat)
	if b == nil && err == nil {
		e.buf = append(e.buf, ":\n\n"...)
		return nil, e.flush()
	}
	return b, err
}

func (e *events) notices(ns []*sqlerr.Error) {
	for _, n := range ns {
		line, _ := json.Marshal(map[string]string{"message": n.Message, "sqlstate": string(n.Code)}) // plain strings
		e.buf = append(append(append(e.buf, "event: notice\ndata: "...), line...), '\n', '\n')
	}
}

func (e *events) tag(tag string) error {
	e.header("text/event-stream")
	e.buf = append(append(append(e.buf, "event: status\ndata: "...), tag...), '\n', '\n')
	return nil
}

func (e *events) end() error {
	e.header("text/event-stream")
	e.buf = append(e.buf, "event: end\ndata:\n\n"...)
	return e.flush()
}

func (e *events) fail(err error, src string) {
	p := body(err, src, 0)
	if !e.sent {
		writeProblem(e.w, p)
		return
	}
	line, _ := json.Marshal(p) // plain strings and numbers
	e.buf = append(append(append(e.buf, "event: error\ndata: "...), line...), '\n', '\n')
	_ = e.flush() // the client has gone: nobody to tell
}

// csvWriter sends RFC 4180 with a header line.
type csvWriter struct {
	ndjson
}

const csvType = "text/csv; charset=utf-8; header=present"

func (c *csvWriter) begin(cols catalog.Schema, zone *time.Location) error {
	c.header(csvType)
	c.r = render.CSV(cols, zone)
	c.buf = c.r.Head(c.buf)
	return nil
}

func (c *csvWriter) tag(tag string) error {
	c.header(csvType)
	c.buf = append(append(append(c.buf, "status\n"...), tag...), '\n')
	return nil
}

func (c *csvWriter) end() error {
	c.header(csvType)
	return c.flush()
}

func (c *csvWriter) fail(err error, src string) {
	if !c.sent {
		writeProblem(c.w, body(err, src, 0))
		return
	}
	// CSV has no place for an error: the connection is cut so that no one takes
	// the rows for all of them.
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http takes it as the wish to cut the connection
}
