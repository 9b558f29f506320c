package pgwire

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// declare makes a cursor: a portal over the query, which starts at once.
func (c *conn) declare(ctx context.Context, p *portal, s *parser.Declare) (string, error) {
	if !s.Hold && !c.tx.block && !c.tx.implicit {
		return "", outside("DECLARE CURSOR")
	}
	if s.Cursor.Text == "" {
		return "", sqlerr.New(sqlerr.InvalidCursorName, "invalid cursor name: must not be empty").At(s.Cursor.P)
	}
	cur := &portal{name: s.Cursor.Text, st: p.st.queried(), args: p.args, hold: s.Hold}
	if s.Binary {
		cur.formats = []int16{1}
	}
	if c.columns(cur.st).schema == nil {
		return "", sqlerr.New(sqlerr.InvalidCursorState, "DECLARE CURSOR needs a query that gives rows")
	}
	if err := c.addPortal(cur); err != nil {
		return "", err
	}
	if err := c.start(ctx, cur); err != nil {
		c.dropPortal(cur.name)
		return "", shifted(err, p.st.base)
	}
	cur.begun = true
	c.notices(cur.rows)
	return "DECLARE CURSOR", nil
}

func noSuchCursor(id parser.Ident) error {
	return sqlerr.New(sqlerr.InvalidCursorName, "cursor \"%s\" does not exist", id.Text)
}

// fetch gives the next rows of a cursor: exactly as many as were asked for, or
// fewer at the end; or fewer when the timeout has passed that the user gave. p is
// the portal of FETCH itself, which may be suspended as any other.
func (c *conn) fetch(ctx context.Context, p *portal, s *parser.Fetch, limit int64) (outcome, error) {
	cur := c.portals[s.Cursor.Text]
	if cur == nil || cur == p {
		return outcome{}, noSuchCursor(s.Cursor)
	}
	if s.Backward {
		return outcome{}, sqlerr.New(sqlerr.ObjectNotInPrerequisite, "cursor can only scan forward").
			Hint("rows of a stream are given once")
	}
	verb := "FETCH"
	if s.Move {
		verb = "MOVE"
	}
	if !p.begun {
		p.begun, p.left = true, s.Count
		if err := c.encoderOfFetch(p, cur, s.Move); err != nil {
			return outcome{}, err
		}
		timeout, given, err := fetchTimeout(s.Options)
		if err != nil {
			return outcome{}, err
		}
		if cur.rows == nil && !cur.done { // a portal of the protocol that was bound and never run
			if err := c.start(ctx, cur); err != nil {
				return outcome{}, placed(err, 0)
			}
			cur.begun = true
		}
		if given && cur.rows != nil {
			patience, cancel := context.WithTimeoutCause(ctx, timeout, errFetchTime)
			cur.rows.patience = patience
			defer func() {
				cancel()
				if cur.rows != nil {
					cur.rows.patience = nil
				}
			}()
		}
	}
	want := p.left
	if limit >= 0 && (want < 0 || limit < want) {
		want = limit
	}
	if !s.Move {
		c.describeRows(p, c.columns(cur.st))
	}
	closable := noPortal
	if limit >= 0 {
		closable = p.name
	}
	n, over, err := c.fetchRows(ctx, p, cur, want, closable)
	p.sent += n
	if p.left > 0 {
		p.left -= n
	}
	if err != nil {
		return outcome{}, err
	}
	if over || p.left == 0 {
		p.done, p.left = true, 0
		return outcome{tag: countTag(verb, p.sent)}, nil
	}
	return outcome{suspended: true}, nil
}

// fetchRows gives rows of cur by p's encoder; over tells that no more come by this FETCH.
func (c *conn) fetchRows(ctx context.Context, p, cur *portal, want int64, closable string) (n int64, over bool, err error) {
	if cur.done || want == 0 {
		return 0, true, nil
	}
	n, err = c.drain(ctx, cur.rows, p.enc, want, closable)
	cur.sent += n
	c.notices(cur.rows)
	switch {
	case errors.Is(err, errFetchTime):
		return n, true, nil
	case errors.Is(err, errSuspend):
		return n, false, nil
	case err != nil:
		return n, false, placed(err, 0)
	}
	if cur.rows.done {
		cur.close()
		return n, true, nil
	}
	return n, false, nil
}

func (c *conn) encoderOfFetch(p, cur *portal, move bool) error {
	if move {
		p.enc = nothing{}
		return nil
	}
	cols := c.columns(cur.st)
	if cols.schema == nil {
		return sqlerr.New(sqlerr.InvalidCursorState, "cursor \"%s\" gives no rows", cur.name)
	}
	if err := checkFormats(p.formats, len(cols.schema)); err != nil {
		return err
	}
	enc, err := newDataRows(cols, p.formats, c.status.zone)
	p.enc = enc
	return err
}

// fetchTimeout reads WITH (timeout = '1s').
func fetchTimeout(options []parser.Option) (d time.Duration, given bool, err error) {
	for _, o := range options {
		if !strings.EqualFold(o.Key, "timeout") {
			return 0, false, sqlerr.New(sqlerr.SyntaxError, "unrecognized FETCH option \"%s\"", o.Key).
				At(o.KeyP).Hint("the only option is timeout")
		}
		if given {
			return 0, false, sqlerr.New(sqlerr.SyntaxError, "conflicting or redundant options").At(o.KeyP)
		}
		if d, err = duration(o.Value); err != nil {
			return 0, false, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option \"timeout\": \"%s\"", o.Value).
				At(o.ValueP).Hint("write a time such as '1s', '250ms' or '0s'")
		}
		given = true
	}
	return d, given, nil
}

// duration reads 1s, 250ms, 1m30s, and "2 seconds" or "5 minutes".
func duration(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	d, err := time.ParseDuration(text)
	if err != nil {
		number, unit, _ := strings.Cut(text, " ")
		units := map[string]time.Duration{
			"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
		}
		size, known := units[strings.TrimSuffix(strings.ToLower(strings.TrimSpace(unit)), "s")]
		v, nerr := strconv.ParseFloat(number, 64)
		if !known || nerr != nil {
			return 0, err
		}
		d = time.Duration(v * float64(size))
	}
	if d < 0 {
		return 0, errors.New("negative")
	}
	return d, nil
}

// closeCursor is CLOSE c and CLOSE ALL.
func (c *conn) closeCursor(s *parser.CloseCursor) (string, error) {
	if s.Cursor.Text == "" {
		c.closePortals(func(p *portal) bool { return !p.running })
		return "CLOSE CURSOR ALL", nil
	}
	p := c.portals[s.Cursor.Text]
	if p == nil || p.running {
		return "", noSuchCursor(s.Cursor)
	}
	c.dropPortal(s.Cursor.Text)
	return "CLOSE CURSOR", nil
}
