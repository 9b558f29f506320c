package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/session"
)

// request is the body of POST /v1/sql as JSON. A body of any other type is the
// SQL text itself.
type request struct {
	SQL      string         `json:"sql"`
	Params   []any          `json:"params"`
	Settings map[string]any `json:"settings"`
}

// sql runs the statements of a request one after the other. Rows go out as they
// come; a last statement without rows is answered by its tag.
func (s *Server) sql(w http.ResponseWriter, r *http.Request) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		problem(w, 0, sqlerr.New(sqlerr.TooManyConnections, "too many requests: %d are under way", MaxRequests))
		return
	}
	req, err := readRequest(w, r)
	if err != nil {
		status := 0
		if sqlerr.CodeOf(err) == sqlerr.ProgramLimitExceeded {
			status = http.StatusRequestEntityTooLarge
		}
		problem(w, status, err)
		return
	}
	out, err := newWriter(w, r)
	if err != nil {
		writeProblem(w, body(err, "", http.StatusNotAcceptable))
		return
	}
	if err := s.run(r.Context(), req, out); err != nil {
		if cause := context.Cause(r.Context()); cause != nil && errors.Is(err, context.Canceled) {
			err = cause
		}
		out.fail(err, req.SQL)
	}
}

// readRequest reads the body, in time.
func readRequest(w http.ResponseWriter, r *http.Request) (*request, error) {
	ctl := http.NewResponseController(w)
	if err := ctl.SetReadDeadline(time.Now().Add(BodyTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodyBytes))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "the request is larger than %d bytes", MaxBodyBytes)
		}
		return nil, sqlerr.Wrap(err, sqlerr.ProtocolViolation, "the request's body ended early: %v", err)
	}
	if err := ctl.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	if !utf8.Valid(raw) {
		return nil, sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8"`)
	}
	req := &request{SQL: string(raw)}
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t == "application/json" {
		if err := req.decode(raw); err != nil {
			return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "the request is not the JSON object wanted: %v", err).
				Hint(`{"sql": "SELECT …", "params": [1, "x", null], "settings": {"parallelism": 1}}`)
		}
	}
	if strings.TrimSpace(req.SQL) == "" {
		return nil, sqlerr.New(sqlerr.SyntaxError, "the request holds no SQL").Hint("curl -N HOST/v1/sql -d 'SELECT 1'")
	}
	return req, nil
}

func (req *request) decode(raw []byte) error {
	req.SQL = ""
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(req); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something stands behind the object")
	}
	return nil
}

// args turns JSON values into parameters in text form.
func (req *request) args() ([]session.Arg, error) {
	args := make([]session.Arg, len(req.Params))
	for i, p := range req.Params {
		if p == nil {
			args[i].Null = true
			continue
		}
		var ok bool
		if args[i].Text, ok = scalar(p); !ok {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "parameter $%d is neither a string, a number, a boolean nor null", i+1).
				Hint("give arrays and rows in their text form: \"{1,2}\"")
		}
	}
	return args, nil
}

// scalar gives a JSON string, number or boolean as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func (s *Server) run(ctx context.Context, req *request, out writer) error {
	args, err := req.args()
	if err != nil {
		return err
	}
	sess, err := s.engine.NewSession(ctx, map[string]string{"application_name": "http"})
	if err != nil {
		return err
	}
	defer func() {
		if err := sess.Close(); err != nil {
			s.log.Warn("session did not close cleanly", "error", err)
		}
	}()
	for _, k := range slices.Sorted(maps.Keys(req.Settings)) {
		v, ok := scalar(req.Settings[k])
		if !ok {
			return sqlerr.New(sqlerr.InvalidParameterValue, "setting %q is neither a string, a number nor a boolean", k)
		}
		if err := set(ctx, sess, k, v); err != nil {
			return err
		}
	}
	stmts, err := sess.Parse(req.SQL)
	if err != nil {
		return err
	}
	if len(stmts) == 0 {
		return sqlerr.New(sqlerr.SyntaxError, "the request holds no SQL")
	}
	if len(args) > 0 && len(stmts) > 1 {
		return sqlerr.New(sqlerr.SyntaxError, "parameters go with a single statement, the request has %d", len(stmts))
	}
	for i, st := range stmts {
		if err := one(ctx, sess, req.SQL, st, args, i == len(stmts)-1, out); err != nil {
			return session.Shift(err, st.Span().From)
		}
	}
	return out.end()
}

// set changes a setting. Its errors have no place in the client's text.
func set(ctx context.Context, sess session.Session, name, value string) error {
	if err := trySet(ctx, sess, name, value); err != nil {
		e := *sqlerr.From(err)
		e.Pos = 0
		return &e
	}
	return nil
}

func trySet(ctx context.Context, sess session.Session, name, value string) error {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	p, err := sess.Prepare(ctx, "SET "+quote(name)+" = "+quote(value), nil)
	if err != nil {
		return err
	}
	res, err := p.Run(ctx, nil)
	if err != nil {
		return err
	}
	if _, err = res.Next(ctx, true); err == io.EOF {
		err = nil
	}
	return errors.Join(err, res.Close())
}

// one runs one statement to its end.
func one(ctx context.Context, sess session.Session, src string, st parser.Statement, args []session.Arg, last bool, out writer) (err error) {
	p, err := sess.Prepare(ctx, st.Span().Text(src), nil)
	if err != nil {
		return err
	}
	if n := len(p.Params()); n != len(args) {
		return sqlerr.New(sqlerr.ProtocolViolation, "wrong number of parameters: the statement has %d, the request gives %d", n, len(args))
	}
	res, err := p.Run(ctx, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	cols := p.Columns()
	if cols != nil {
		if err := out.begin(cols, session.Zone(sess)); err != nil {
			return err
		}
	}
	var n int64
	for {
		b, err := res.Next(ctx, false)
		if err == nil && b == nil {
			b, err = out.grace(ctx, res)
		}
		if err == nil && b == nil {
			if err = out.flush(); err == nil {
				b, err = out.wait(ctx, res)
			}
		}
		out.notices(res.Notices())
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if b != nil {
			n += int64(b.Rows())
			if err := out.rows(b); err != nil {
				return err
			}
		}
	}
	if last && cols == nil {
		return out.tag(res.Tag(n))
	}
	return nil
}
