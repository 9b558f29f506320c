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

// statusOf maps an SQLSTATE to a status: the client's fault is a 4xx.
func statusOf(c sqlerr.Code) int {
	switch c {
	case sqlerr.UndefinedTable, sqlerr.UndefinedObject:
		return http.StatusNotFound
	case sqlerr.DuplicateTable, sqlerr.DuplicateObject, sqlerr.ObjectInUse, sqlerr.DependentObjects:
		return http.StatusConflict
	case sqlerr.FeatureNotSupported:
		return http.StatusNotImplemented
	case sqlerr.TooManyConnections, sqlerr.AdminShutdown:
		return http.StatusServiceUnavailable
	case sqlerr.InsufficientPrivilege:
		return http.StatusForbidden
	case sqlerr.ProgramLimitExceeded:
		return http.StatusRequestEntityTooLarge
	}
	switch c[:2] {
	case "08":
		return http.StatusBadGateway
	case "22", "23", "42", "54", "2B", "3D", "3F", "34", "26", "25":
		return http.StatusBadRequest
	case "57":
		return 499 // closed by the client, as nginx has it
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
	return "Client Closed Request"
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
