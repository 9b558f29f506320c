package pgwire

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/jackc/pgx/v5/pgproto3"
)

// transcriptMessage is a line of testdata/transcripts: what a real client
// sent to a PostgreSQL 15.
type transcriptMessage struct {
	Conn          int
	Type          string
	Parameters    map[string]string
	SQL           string
	Statement     string
	Portal        string
	What, Name    string
	ParamOIDs     []uint32 `json:"param_oids"`
	ParamFormats  []int16  `json:"param_formats"`
	Params        []*string
	ResultFormats []int16 `json:"result_formats"`
	MaxRows       uint32  `json:"max_rows"`
}

// TestTranscripts plays the clients' side against relations that mostly do
// not exist here. Whatever the answers, they must be those that the protocol
// allows.
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/transcripts/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { replay(t, path) })
		})
	}
}

func replay(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	e := &fakeEngine{numbers: 5}
	r := &runner{t: t, e: e, srv: New(Config{Engine: e}), conns: map[string]*client{}}
	defer r.stop()
	asked := map[*client][]string{}
	for line := range strings.Lines(string(data)) {
		var m transcriptMessage
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		name := string(rune('a' + m.Conn))
		c := r.conns[name]
		if c == nil {
			c = &client{nc: r.dial(), got: make(chan string, 100_000)}
			r.conns[name] = c
		}
		switch m.Type {
		case "SSLRequest":
			c.send(t, &pgproto3.SSLRequest{})
			var answer [1]byte
			if _, err := c.nc.Read(answer[:]); err != nil || answer[0] != 'N' {
				t.Fatalf("SSLRequest: %q %v", answer, err)
			}
			continue
		case "StartupMessage":
			c.fe = pgproto3.NewFrontend(c.nc, c.nc)
			go c.read()
			c.start(m.Parameters)
		default:
			c.send(t, m.message(t))
		}
		asked[c] = append(asked[c], m.Type)
	}
	for c, types := range asked {
		checkAnswers(t, types, c.pending())
	}
}

func (c *client) send(t *testing.T, m pgproto3.FrontendMessage) {
	buf, err := m.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.nc.Write(buf); err != nil {
		t.Fatal(err)
	}
}

func (m *transcriptMessage) message(t *testing.T) pgproto3.FrontendMessage {
	what := byte('P')
	if m.What == "statement" {
		what = 'S'
	}
	switch m.Type {
	case "Query":
		return &pgproto3.Query{String: m.SQL}
	case "Parse":
		return &pgproto3.Parse{Name: m.Statement, Query: m.SQL, ParameterOIDs: m.ParamOIDs}
	case "Bind":
		b := &pgproto3.Bind{
			DestinationPortal: m.Portal, PreparedStatement: m.Statement,
			ParameterFormatCodes: m.ParamFormats, ResultFormatCodes: m.ResultFormats,
		}
		for i, p := range m.Params {
			switch {
			case p == nil:
				b.Parameters = append(b.Parameters, nil)
			case format(m.ParamFormats, i) == 1:
				raw, err := hex.DecodeString(*p)
				if err != nil {
					t.Fatal(err)
				}
				b.Parameters = append(b.Parameters, raw)
			default:
				b.Parameters = append(b.Parameters, []byte(*p))
			}
		}
		return b
	case "Describe":
		return &pgproto3.Describe{ObjectType: what, Name: m.Name}
	case "Close":
		return &pgproto3.Close{ObjectType: what, Name: m.Name}
	case "Execute":
		return &pgproto3.Execute{Portal: m.Portal, MaxRows: m.MaxRows}
	case "Flush":
		return &pgproto3.Flush{}
	case "Sync":
		return &pgproto3.Sync{}
	case "Terminate":
		return &pgproto3.Terminate{}
	}
	t.Fatalf("unknown message %s", m.Type)
	return nil
}

// answerTypes gives the types of messages but of those that may come anywhere.
func answerTypes(got string) (lines []string) {
	for l := range strings.Lines(got) {
		word, _, _ := strings.Cut(strings.TrimSpace(l), " ")
		switch word {
		case "ParameterStatus", "NoticeResponse", "DataRow", "RowDescription", "ParameterDescription":
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// checkAnswers holds a client's messages against what came: each Query and
// Sync has one ReadyForQuery; between two of these there is at most one error, and
// in the extended protocol each message before it has its answer in order.
func checkAnswers(t *testing.T, asked []string, got string) {
	t.Helper()
	lines := answerTypes(got)
	next := func() string {
		if len(lines) == 0 {
			return ""
		}
		l := lines[0]
		lines = lines[1:]
		return l
	}
	expect := func(kind string, want ...string) {
		got := next()
		for _, w := range want {
			if got == w {
				return
			}
		}
		t.Fatalf("%s: answered by %q, not %q", kind, got, want)
	}
	failed := false
	for _, kind := range asked {
		if failed && kind != "Sync" && kind != "Terminate" {
			continue
		}
		switch kind {
		case "StartupMessage":
			expect(kind, "AuthenticationOk")
			expect(kind, "BackendKeyData")
			expect(kind, "ReadyForQuery")
		case "Query":
			answer := ""
			for answer != "ReadyForQuery" {
				answer = next()
				switch answer {
				case "CommandComplete", "EmptyQueryResponse", "ErrorResponse", "CopyOutResponse", "CopyData", "CopyDone", "ReadyForQuery":
				default:
					t.Fatalf("Query: answered by %q", answer)
				}
			}
		case "Sync":
			failed = false
			expect(kind, "ReadyForQuery")
		case "Terminate":
			expect(kind, "(closed)")
		case "Flush":
		default:
			if len(lines) > 0 && lines[0] == "ErrorResponse" {
				next()
				failed = true
				continue
			}
			switch kind {
			case "Parse", "Bind", "Close":
				expect(kind, kind+"Complete")
			case "Describe": // its answers are not looked at, but for NoData
				if len(lines) > 0 && lines[0] == "NoData" {
					next()
				}
			case "Execute":
				expect(kind, "CommandComplete", "EmptyQueryResponse", "PortalSuspended")
			}
		}
	}
	if len(lines) > 0 && lines[0] != "(closed)" {
		t.Fatalf("left over: %q", lines)
	}
}
