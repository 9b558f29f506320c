package pgwire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
)

// The codes in place of a protocol version.
const (
	sslRequest    = 80877103
	gssRequest    = 80877104
	cancelRequest = 80877102
	protocolMajor = 3

	// maxStartupBytes is the longest startup message, as in PostgreSQL.
	maxStartupBytes = 10_000
	// maxStartupTries bounds requests for encryption before the startup message.
	maxStartupTries = 3
)

var errBadStartup = sqlerr.New(sqlerr.ProtocolViolation, "invalid startup packet")

// startup is what the client says first.
type startup struct {
	code    uint32
	minor   uint32
	params  map[string]string
	unknown []string // _pq_. options
	pid     uint32   // of a cancel request
	secret  []byte
}

// serve is the life of a connection.
func (s *Server) serve(ctx context.Context, cancel context.CancelCauseFunc, nc net.Conn) {
	_ = nc.SetDeadline(time.Now().Add(startupTimeout))
	if context.Cause(ctx) != nil {
		return // shut down between accept and the deadline just set
	}
	st, err := readStartup(nc)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			fatal(nc, sqlerr.From(err))
		}
		return
	}
	if st.code == cancelRequest {
		s.cancel(st.pid, st.secret)
		return
	}
	if !isLocal(nc.RemoteAddr()) {
		fatal(nc, sqlerr.New(sqlerr.InvalidAuthorization, "connections from %s are not accepted: there is no authentication yet", nc.RemoteAddr()))
		return
	}
	c := newConn(s, ctx, cancel, nc)
	if err := s.enter(c); err != nil {
		fatal(nc, sqlerr.From(err))
		return
	}
	defer s.leave(c)
	_ = nc.SetDeadline(time.Time{})
	if context.Cause(ctx) != nil {
		fatal(nc, errShutdown)
		return
	}
	c.serve(st)
}

// readStartup answers requests for encryption with N until the client says
// what it came for.
func readStartup(nc net.Conn) (*startup, error) {
	for range maxStartupTries {
		var head [8]byte
		if _, err := io.ReadFull(nc, head[:]); err != nil {
			return nil, io.EOF
		}
		size := binary.BigEndian.Uint32(head[:])
		if size < 8 || size > maxStartupBytes {
			return nil, errBadStartup
		}
		body := make([]byte, size-8)
		if _, err := io.ReadFull(nc, body); err != nil {
			return nil, io.EOF
		}
		st := &startup{code: binary.BigEndian.Uint32(head[4:])}
		switch {
		case st.code == sslRequest || st.code == gssRequest:
			if _, err := nc.Write([]byte{'N'}); err != nil {
				return nil, io.EOF
			}
			continue
		case st.code == cancelRequest:
			if len(body) < 4 {
				return nil, io.EOF
			}
			st.pid, st.secret = binary.BigEndian.Uint32(body), body[4:]
			return st, nil
		case st.code>>16 != protocolMajor:
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", st.code>>16, st.code&0xffff)
		}
		st.minor = st.code & 0xffff
		return st, st.parse(body)
	}
	return nil, errBadStartup
}

// parse reads the names and values of a startup message.
func (s *startup) parse(body []byte) error {
	s.params = map[string]string{}
	if len(body) == 0 || body[len(body)-1] != 0 {
		return sqlerr.New(sqlerr.ProtocolViolation, "invalid startup packet layout: expected terminator as last byte")
	}
	fields := bytes.Split(body[:len(body)-1], []byte{0})
	for i := 0; i+1 < len(fields) && len(fields[i]) > 0; i += 2 {
		name, value := string(fields[i]), string(fields[i+1])
		switch {
		case strings.HasPrefix(name, "_pq_."):
			s.unknown = append(s.unknown, name)
		case name == "options":
			s.options(value)
		default:
			s.params[name] = value
		}
	}
	if s.params["user"] == "" {
		return sqlerr.New(sqlerr.InvalidAuthorization, "no PostgreSQL user name specified in startup packet")
	}
	if s.params["database"] == "" {
		s.params["database"] = s.params["user"]
	}
	if e, ok := s.params["client_encoding"]; ok {
		// asyncpg sends it in quotes.
		s.params["client_encoding"] = strings.Trim(e, `'"`)
	}
	return nil
}

// options takes the settings out of PGOPTIONS: -c name=value and --name=value,
// with backslashes before blanks that are meant.
func (s *startup) options(text string) {
	words := splitOptions(text)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "-c" && i+1 < len(words):
			i++
			w = words[i]
		case strings.HasPrefix(w, "--"):
			w = w[2:]
		case strings.HasPrefix(w, "-c"):
			w = w[2:]
		default:
			continue
		}
		if name, value, ok := strings.Cut(w, "="); ok {
			s.params[strings.ReplaceAll(name, "-", "_")] = value
		}
	}
}

func splitOptions(text string) (words []string) {
	var word []byte
	in := false
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '\\' && i+1 < len(text):
			i++
			word, in = append(word, text[i]), true
		case ch == ' ' || ch == '\t' || ch == '\n':
			if in {
				words = append(words, string(word))
			}
			word, in = word[:0], false
		default:
			word, in = append(word, ch), true
		}
	}
	if in {
		words = append(words, string(word))
	}
	return words
}

// isLocal tells addresses of this machine; pipes and Unix sockets are.
func isLocal(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}

// fatal tells a client why it is not served.
func fatal(nc net.Conn, e *sqlerr.Error) {
	buf, err := errorResponse("FATAL", e, 0).Encode(nil)
	if err != nil {
		return
	}
	_ = nc.SetWriteDeadline(time.Now().Add(goodbyeTimeout))
	_, _ = nc.Write(buf)
}

// errorResponse is an error as a message; pos counts characters from 1.
func errorResponse(severity string, e *sqlerr.Error, pos int) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{
		Severity: severity, SeverityUnlocalized: severity, Code: string(e.Code), Message: clean(e.Message),
		Detail: clean(e.Detail), Hint: clean(e.HintMsg), Position: int32(pos),
	}
}

// clean takes out the byte that would end a field early.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\\x00")
}
