package pgwire

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// FuzzConn sends any bytes after a good startup message, and any bytes at all: the server
// neither panics nor hangs nor leaves anything open.
func FuzzConn(f *testing.F) {
	add := func(msgs ...pgproto3.FrontendMessage) {
		var buf []byte
		for _, m := range msgs {
			buf, _ = m.Encode(buf)
		}
		f.Add(true, buf)
		f.Add(false, buf)
	}
	add(&pgproto3.Query{String: "SELECT 1"}, &pgproto3.Terminate{})
	add(&pgproto3.Parse{Name: "s", Query: "SELECT * FROM types"}, &pgproto3.Describe{ObjectType: 'S', Name: "s"},
		&pgproto3.Bind{DestinationPortal: "p", PreparedStatement: "s", ResultFormatCodes: []int16{1}},
		&pgproto3.Execute{Portal: "p", MaxRows: 1}, &pgproto3.Close{ObjectType: 'P', Name: "p"}, &pgproto3.Sync{})
	add(&pgproto3.Parse{Query: "SELECT * FROM numbers WHERE n > $1", ParameterOIDs: []uint32{1007}},
		&pgproto3.Bind{ParameterFormatCodes: []int16{1}, Parameters: [][]byte{{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23}}}, &pgproto3.Sync{})
	add(&pgproto3.Query{String: "BEGIN; DECLARE c CURSOR FOR SELECT * FROM numbers; FETCH ALL c; MOVE 1 c; SAVEPOINT s; COPY (SELECT 1) TO STDOUT; EXECUTE x(1)"},
		&pgproto3.Query{String: "ROLLBACK TO s; PREPARE p AS SELECT $1; EXECUTE p('(')"}, &pgproto3.FunctionCall{})
	f.Add(true, []byte("Q\xff\xff\xff\xff"))
	f.Add(false, []byte("\x00\x00\x00\x08\x04\xd2\x16\x2f\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x00aaaa"))
	f.Fuzz(func(t *testing.T, started bool, raw []byte) {
		if bytes.Contains(bytes.ToLower(raw), []byte("ticks")) {
			return // never ends
		}
		e := &fakeEngine{numbers: 3}
		srv := New(Config{Engine: e})
		near, far := net.Pipe()
		srv.Go(far)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(io.Discard, near)
		}()
		_ = near.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if started {
			buf, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{"user": "u"}}).Encode(nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = near.Write(buf)
		}
		_, _ = near.Write(raw)
		_ = near.Close()
		<-done
		srv.wg.Wait()
		if n := e.open.Load() + e.sessions.Load() + int64(srv.Connections()); n != 0 {
			t.Fatalf("%d results and sessions left open", n)
		}
	})
}
