package sim

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing/synctest"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// Way is a manner of running that must not change what comes out.
type Way struct {
	Name     string
	Settings map[string]string
}

// Ways lists them; the first is the one whose output files hold.
var Ways = []Way{
	{"planned", map[string]string{"parallelism": "1"}},
	{"rules off", map[string]string{"parallelism": "1", "optimizer.rules": "off"}},
	{"one-row batches", map[string]string{"parallelism": "1", "batch.max-rows": "1"}},
	{"four lanes", map[string]string{"parallelism": "4"}},
}

// Engine is one session over test tables and the built-in connectors. It is used
// by one goroutine, in a synctest bubble if Settle is.
type Engine struct {
	Feeds *Feeds
	Local *session.Local
	// Sess is the session whose statements are run.
	Sess session.Session
}

// NewEngine opens an engine in memory whose settings have the given defaults.
// Close it.
func NewEngine(settings map[string]string) (*Engine, error) {
	e := &Engine{Feeds: NewFeeds()}
	conns := maps.Clone(build.Connectors())
	conns[Connector] = e.Feeds
	var err error
	if e.Local, err = session.Open(session.Config{Connectors: conns, Settings: settings, Version: "test"}); err != nil {
		return nil, err
	}
	e.Sess, err = e.Local.NewSession(context.Background(), nil)
	return e, err
}

// Close ends all that runs.
func (e *Engine) Close() error {
	if err := e.Sess.Close(); err != nil {
		return err
	}
	return e.Local.Close()
}

// Settle waits until the engine has done all that follows from what has
// happened so far.
func (e *Engine) Settle() { synctest.Wait() }

// Exec runs the statements of a script to their ends and returns the notices
// and rows. Continuous jobs go on. Errors have line and column in the script.
func (e *Engine) Exec(script string) ([]string, error) {
	stmts, err := e.Sess.Parse(script)
	if err != nil {
		return nil, Locate(err, script)
	}
	var out []string
	for _, st := range stmts {
		q, err := e.start(st.Span().Text(script))
		if err == nil {
			err = q.Wait()
			out = append(out, q.Rows()...)
		}
		if err != nil {
			return out, Locate(session.Shift(err, st.Span().From), script)
		}
	}
	return out, nil
}

// Query is a running statement whose rows are read as they come.
type Query struct {
	res  session.Result
	cols catalog.Schema
	wg   sync.WaitGroup

	mu   sync.Mutex
	rows []string
	raw  [][]string
	over bool
	err  error
}

// Start runs one statement.
func (e *Engine) Start(sql string) (*Query, error) {
	q, err := e.start(sql)
	return q, Locate(err, sql)
}

// Locate gives an error line and column in its text; nil stays nil.
func Locate(err error, src string) error {
	if err == nil {
		return nil
	}
	c := *sqlerr.From(err)
	return c.Locate(src)
}

func (e *Engine) start(sql string) (*Query, error) {
	p, err := e.Sess.Prepare(context.Background(), sql, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.Run(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	q := &Query{res: res, cols: res.Columns()}
	q.wg.Go(q.read)
	return q, nil
}

// read takes rows until the end.
func (q *Query) read() {
	for {
		b, err := q.res.Next(context.Background(), true)
		q.mu.Lock()
		if err != nil {
			q.over = true
			if err != io.EOF {
				q.err = err
			}
		} else {
			q.add(b)
		}
		q.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (q *Query) add(b *exec.Batch) {
	for i := range b.Rows() {
		raw := make([]string, len(b.Cols))
		line := make([]string, len(b.Cols))
		for c, col := range b.Cols {
			raw[c], line[c] = Null, "NULL"
			if r := b.Row(i); !col.IsNull(r) {
				raw[c] = string(expr.AppendText(nil, q.cols[c].Type, col, r))
				if line[c] = raw[c]; q.cols[c].Name != "QUERY PLAN" && ambiguous(raw[c]) {
					line[c] = strconv.Quote(raw[c])
				}
			}
		}
		q.raw, q.rows = append(q.raw, raw), append(q.rows, strings.Join(line, " | "))
	}
}

// ambiguous tells whether a value must be quoted to be told from others.
func ambiguous(s string) bool {
	return s == "" || s == "NULL" || strings.ContainsAny(s, "\n|") || s != strings.TrimSpace(s)
}

// Null stands for NULL in Values.
const Null = "\x00NULL"

// Columns are those of the rows.
func (q *Query) Columns() catalog.Schema { return q.cols }

// Rows gives the rows that came since it was last asked, as lines, behind the
// notices.
func (q *Query) Rows() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []string
	for _, n := range q.res.Notices() {
		out = append(out, "notice: "+n.Message)
	}
	out = append(out, q.rows...)
	q.rows = nil
	return out
}

// Values gives all rows so far, as PostgreSQL's text of each column.
func (q *Query) Values() [][]string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.raw
}

// Over tells whether the query has ended, and with what fault.
func (q *Query) Over() (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.over, q.err
}

// Wait waits for the end of the query and closes it.
func (q *Query) Wait() error {
	q.wg.Wait()
	if err := q.res.Close(); err != nil {
		return err
	}
	_, err := q.Over()
	return err
}

// Stop ends the query and waits for its goroutines.
func (q *Query) Stop() error {
	err := q.res.Close()
	q.wg.Wait()
	return err
}

// ErrorText writes an error as the files hold it.
func ErrorText(err error) string {
	e := sqlerr.From(err)
	s := "error " + string(e.Code)
	if e.Line > 0 {
		s += fmt.Sprintf(" at %d:%d", e.Line, e.Col)
	}
	s += ": " + e.Message
	if e.Detail != "" {
		s += "\ndetail: " + e.Detail
	}
	if e.HintMsg != "" {
		s += "\nhint: " + e.HintMsg
	}
	return s
}
