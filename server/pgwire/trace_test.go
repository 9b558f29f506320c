package pgwire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5/pgproto3"
)

// TestTraces plays files of messages. Commands, each with conn=NAME to use a
// further connection:
//
//	connect        start a session; the input is its parameters as JSON
//	send           messages, a line each: type and fields as JSON
//	until          print what comes up to and with the messages named, a line
//	               each, or ReadyForQuery; "after" prints how long it took
//	sleep D        let time pass and print what came
//	cancel         send a CancelRequest for the connection; stale spoils its key
//	hangup         close the socket under the server
//	shutdown       end the server
//
// All runs on simulated time: the relation ticks has a row each 200 ms.
func TestTraces(t *testing.T) {
	datadriven.Walk(t, "testdata/traces", func(t *testing.T, path string) {
		synctest.Test(t, func(t *testing.T) {
			e := &fakeEngine{numbers: 5}
			r := &runner{t: t, e: e, srv: New(Config{Engine: e, MaxConns: 3}), conns: map[string]*client{}}
			t.Cleanup(r.stop)
			datadriven.RunTestAny(t, path, r.run)
		})
	})
}

type runner struct {
	t     testing.TB
	e     *fakeEngine
	srv   *Server
	conns map[string]*client
}

// client is the other end of a connection; a goroutine reads what comes.
type client struct {
	nc     net.Conn
	fe     *pgproto3.Frontend
	got    chan string // as text
	pid    uint32
	secret []byte
}

func (r *runner) stop() {
	for _, c := range r.conns {
		_ = c.nc.Close()
	}
	if err := r.srv.Shutdown(context.Background()); err != nil {
		r.t.Error(err)
	}
	if n := r.e.open.Load() + r.e.sessions.Load(); n != 0 {
		r.t.Errorf("%d results and sessions left open", n)
	}
}

func (r *runner) dial() net.Conn {
	near, far := net.Pipe()
	r.srv.Go(far)
	return near
}

func (r *runner) client(d *datadriven.TestData) *client {
	name := "main"
	d.MaybeScanArgs(r.t, "conn", &name)
	c := r.conns[name]
	if c == nil {
		c = &client{nc: r.dial(), got: make(chan string, 100_000)}
		c.fe = pgproto3.NewFrontend(c.nc, c.nc)
		r.conns[name] = c
		go c.read()
		if d.Cmd != "connect" {
			c.start(nil)
			c.until("ReadyForQuery")
		}
	}
	return c
}

func (c *client) start(params map[string]string) {
	if params == nil {
		params = map[string]string{"user": "u"}
	}
	c.fe.Send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: params})
	_ = c.fe.Flush()
}

func (c *client) read() {
	defer close(c.got)
	for {
		m, err := c.fe.Receive()
		if err != nil {
			c.got <- "(closed)"
			return
		}
		if k, ok := m.(*pgproto3.BackendKeyData); ok {
			c.pid, c.secret = k.ProcessID, bytes.Clone(k.SecretKey)
		}
		c.got <- show(m)
	}
}

// until gives lines up to one that begins with a word.
func (c *client) until(word string) string {
	var b strings.Builder
	for line := range c.got {
		b.WriteString(line + "\n")
		if strings.HasPrefix(line, word) || line == "(closed)" {
			break
		}
	}
	return b.String()
}

// pending gives what has come.
func (c *client) pending() string {
	synctest.Wait()
	var b strings.Builder
	for {
		select {
		case line, ok := <-c.got:
			if !ok {
				return b.String()
			}
			b.WriteString(line + "\n")
		default:
			return b.String()
		}
	}
}

func (r *runner) run(t testing.TB, d *datadriven.TestData) string {
	c := r.client(d)
	switch d.Cmd {
	case "connect":
		params := map[string]string{"user": "u"}
		if d.Input != "" {
			clear(params)
			if err := json.Unmarshal([]byte(d.Input), &params); err != nil {
				d.Fatalf(t, "%v", err)
			}
		}
		c.start(params)
		return c.until("ReadyForQuery")
	case "send":
		for line := range strings.Lines(d.Input) {
			c.fe.Send(message(t, strings.TrimSpace(line)))
		}
		if err := c.fe.Flush(); err != nil {
			return err.Error() + "\n"
		}
		return ""
	case "until":
		start, out := time.Now(), ""
		for _, word := range strings.Fields(d.Input) {
			out += c.until(word)
		}
		if d.Input == "" {
			out = c.until("ReadyForQuery")
		}
		if d.HasArg("after") {
			out += fmt.Sprintf("after %v\n", time.Since(start))
		}
		return out
	case "sleep":
		dur, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		time.Sleep(dur) //nolint:forbidigo // the clock of a synctest bubble
		return c.pending()
	case "cancel":
		synctest.Wait()
		return r.cancel(c, d.HasArg("stale"))
	case "hangup":
		_ = c.nc.Close()
		synctest.Wait()
		return fmt.Sprintf("sessions %d, running %d\n", r.srv.Connections(), r.e.open.Load())
	case "shutdown":
		if err := r.srv.Shutdown(context.Background()); err != nil {
			return err.Error() + "\n"
		}
		return c.pending()
	}
	d.Fatalf(t, "unknown command %s", d.Cmd)
	return ""
}

func (r *runner) cancel(c *client, stale bool) string {
	secret := bytes.Clone(c.secret)
	if stale {
		secret[0]++
	}
	nc := r.dial()
	defer nc.Close()
	buf, err := (&pgproto3.CancelRequest{ProcessID: c.pid, SecretKey: secret}).Encode(nil)
	if err != nil {
		return err.Error()
	}
	if _, err := nc.Write(buf); err != nil {
		return err.Error()
	}
	_, _ = io.Copy(io.Discard, nc)
	return c.pending()
}

// message makes one from a line such as: Query {"String": "SELECT 1"}.
func message(t testing.TB, line string) pgproto3.FrontendMessage {
	kind, fields, _ := strings.Cut(line, " ")
	kinds := map[string]pgproto3.FrontendMessage{
		"Query": &pgproto3.Query{}, "Parse": &pgproto3.Parse{}, "Bind": &pgproto3.Bind{}, "Describe": &pgproto3.Describe{},
		"Execute": &pgproto3.Execute{}, "Close": &pgproto3.Close{}, "Sync": &pgproto3.Sync{}, "Flush": &pgproto3.Flush{},
		"Terminate": &pgproto3.Terminate{}, "CopyDone": &pgproto3.CopyDone{}, "CopyFail": &pgproto3.CopyFail{},
		"PasswordMessage": &pgproto3.PasswordMessage{}, "FunctionCall": &pgproto3.FunctionCall{},
	}
	m := kinds[kind]
	if m == nil {
		t.Fatalf("unknown message %q", kind)
	}
	switch m := m.(type) {
	case *pgproto3.Query: // plain SQL is enough
		m.String = strings.ReplaceAll(fields, `\n`, "\n")
		return m
	case *pgproto3.Describe, *pgproto3.Close:
		kind, name, _ := strings.Cut(fields, " ")
		if d, ok := m.(*pgproto3.Describe); ok {
			d.ObjectType, d.Name = kind[0], name
			return d
		}
		return &pgproto3.Close{ObjectType: kind[0], Name: name}
	}
	if fields != "" {
		if err := json.Unmarshal([]byte(fields), m); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return m
}

// show prints a message of the server on a line.
func show(m pgproto3.BackendMessage) string {
	switch m := m.(type) {
	case *pgproto3.DataRow:
		var b strings.Builder
		b.WriteString("DataRow")
		for _, v := range m.Values {
			if v == nil {
				b.WriteString(" NULL")
				continue
			}
			fmt.Fprintf(&b, " %q", v)
		}
		return b.String()
	case *pgproto3.RowDescription:
		var b strings.Builder
		b.WriteString("RowDescription")
		for _, f := range m.Fields {
			fmt.Fprintf(&b, " %s:%d", f.Name, f.DataTypeOID)
			if f.TypeModifier >= 0 {
				fmt.Fprintf(&b, "(%d)", f.TypeModifier)
			}
			if f.Format != 0 {
				b.WriteString(":binary")
			}
		}
		return b.String()
	case *pgproto3.ErrorResponse:
		return "ErrorResponse " + showError(m)
	case *pgproto3.NoticeResponse:
		return "NoticeResponse " + showError((*pgproto3.ErrorResponse)(m))
	case *pgproto3.CommandComplete:
		return "CommandComplete " + string(m.CommandTag)
	case *pgproto3.ReadyForQuery:
		return "ReadyForQuery " + string(m.TxStatus)
	case *pgproto3.ParameterStatus:
		return "ParameterStatus " + m.Name + "=" + m.Value
	case *pgproto3.ParameterDescription:
		return fmt.Sprint("ParameterDescription ", m.ParameterOIDs)
	case *pgproto3.BackendKeyData:
		return "BackendKeyData"
	case *pgproto3.CopyData:
		return fmt.Sprintf("CopyData %q", m.Data)
	case *pgproto3.CopyOutResponse:
		return fmt.Sprint("CopyOutResponse ", m.OverallFormat, " ", m.ColumnFormatCodes)
	case *pgproto3.NegotiateProtocolVersion:
		return fmt.Sprint("NegotiateProtocolVersion ", m.NewestMinorProtocol, " ", m.UnrecognizedOptions)
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3.")
}

func showError(e *pgproto3.ErrorResponse) string {
	s := e.Severity + " " + e.Code + " " + e.Message
	if e.Position > 0 {
		s += fmt.Sprintf(" at %d", e.Position)
	}
	if e.Detail != "" {
		s += " detail: " + e.Detail
	}
	if e.Hint != "" {
		s += " hint: " + e.Hint
	}
	return s
}
