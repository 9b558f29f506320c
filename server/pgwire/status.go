package pgwire

import (
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// reported are the settings that clients are told of at the start and whenever
// they change, with the values for those that a session does not have.
var reported = []struct{ name, value string }{
	{"application_name", ""}, {"client_encoding", "UTF8"}, {"DateStyle", "ISO, MDY"},
	{"default_transaction_read_only", "off"}, {"in_hot_standby", "off"}, {"integer_datetimes", "on"},
	{"IntervalStyle", "postgres"}, {"is_superuser", "on"}, {"server_encoding", "UTF8"}, {"server_version", "15.0"},
	{"session_authorization", ""}, {"standard_conforming_strings", "on"}, {"TimeZone", "UTC"},
}

// status is what the client knows of the settings.
type status struct {
	values  []string // as reported
	changed []int
	zone    *time.Location
}

func (s *status) start(c *conn, params map[string]string) {
	s.values = make([]string, len(reported))
	for i, r := range reported {
		v, ok := c.sess.Setting(r.name)
		switch {
		case ok:
		case r.name == "session_authorization":
			v = params["user"]
		default:
			v = r.value
		}
		s.values[i] = v
	}
	s.setZone()
	c.sess.OnParameter(s.change)
}

// change notes a new value; the client hears of it before ReadyForQuery, as
// from PostgreSQL since 14.
func (s *status) change(name, value string) {
	for i, r := range reported {
		if !strings.EqualFold(r.name, name) || s.values[i] == value {
			continue
		}
		s.values[i] = value
		if !slices.Contains(s.changed, i) {
			s.changed = append(s.changed, i)
		}
		if r.name == "TimeZone" {
			s.setZone()
		}
	}
}

// setZone looks the time zone up that timestamps are shown in.
func (s *status) setZone() {
	s.zone = time.UTC
	for i, r := range reported {
		if r.name == "TimeZone" {
			if loc, err := time.LoadLocation(s.values[i]); err == nil {
				s.zone = loc
			}
		}
	}
}

func (s *status) sendAll(c *conn) {
	for i, r := range reported {
		c.send(&pgproto3.ParameterStatus{Name: r.name, Value: clean(s.values[i])})
	}
}

func (s *status) sendChanged(c *conn) {
	for _, i := range s.changed {
		c.send(&pgproto3.ParameterStatus{Name: reported[i].name, Value: clean(s.values[i])})
	}
	s.changed = s.changed[:0]
}
