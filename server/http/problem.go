package http

import (
	"encoding/json"
	"net/http"

	"github.com/penstock/penstock/internal/sqlerr"
)

// problemBody is an error as RFC 9457 writes it, with PostgreSQL's facts.
type problemBody struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	SQLState string `json:"sqlstate"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Position int    `json:"position,omitempty"` // in characters from 1, as PostgreSQL counts
	Hint     string `json:"hint,omitempty"`
	More     string `json:"more,omitempty"`
}

// statusClientClosed is what nginx writes down when the client did not wait.
const statusClientClosed = 499

// statusByCode and statusByClass map an SQLSTATE to a status: the client's fault is
// a 4xx. The class counts where the code is not listed.
var (
	statusByCode = map[sqlerr.Code]int{
		sqlerr.UndefinedTable: http.StatusNotFound, sqlerr.UndefinedObject: http.StatusNotFound, sqlerr.UndefinedFile: http.StatusNotFound,
		sqlerr.DuplicateTable: http.StatusConflict, sqlerr.DuplicateObject: http.StatusConflict, sqlerr.DependentObjects: http.StatusConflict,
		sqlerr.ObjectInUse: http.StatusConflict, sqlerr.ObjectNotInPrerequisite: http.StatusConflict,
		sqlerr.InsufficientPrivilege: http.StatusForbidden,
		sqlerr.ProtocolViolation:     http.StatusBadRequest,
		sqlerr.QueryCanceled:         statusClientClosed,
		sqlerr.AdminShutdown:         http.StatusServiceUnavailable,
		sqlerr.IOError:               http.StatusInternalServerError,
	}
	statusByClass = map[sqlerr.Code]int{
		"08": http.StatusBadGateway,
		"0A": http.StatusNotImplemented,
		"28": http.StatusForbidden,
		"53": http.StatusServiceUnavailable,
		"22": http.StatusBadRequest, "23": http.StatusBadRequest, "24": http.StatusBadRequest, "25": http.StatusBadRequest,
		"26": http.StatusBadRequest, "2B": http.StatusBadRequest, "34": http.StatusBadRequest, "3B": http.StatusBadRequest,
		"3D": http.StatusBadRequest, "3F": http.StatusBadRequest, "42": http.StatusBadRequest, "54": http.StatusBadRequest,
		"55": http.StatusBadRequest,
	}
)

func statusOf(c sqlerr.Code) int {
	if s, ok := statusByCode[c]; ok {
		return s
	}
	if s, ok := statusByClass[c[:2]]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// body makes the error's JSON form. src is the text its position is in.
func body(err error, src string, status int) problemBody {
	e := *sqlerr.From(err)
	e.Locate(src)
	if status == 0 {
		status = statusOf(e.Code)
	}
	p := problemBody{Type: "about:blank", Title: title(status), Status: status, Detail: e.Message, SQLState: string(e.Code),
		Line: e.Line, Column: e.Col, Hint: e.HintMsg, More: e.Detail}
	if e.Pos > 0 {
		p.Position = sqlerr.CharPos(src, e.Pos)
	}
	return p
}

func title(status int) string {
	if t := http.StatusText(status); t != "" {
		return t
	}
	return "Query Canceled"
}

// problem answers with an error that has no place in SQL text.
func problem(w http.ResponseWriter, status int, err error) { writeProblem(w, body(err, "", status)) }

func writeProblem(w http.ResponseWriter, p problemBody) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p) // the client has gone: nobody to tell
}

func writeJSON(w http.ResponseWriter, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
