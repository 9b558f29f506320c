package session

import "time"

// Zone is the time zone that a session shows instants in.
func Zone(s Session) *time.Location {
	if name, ok := s.Setting("timezone"); ok {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	return time.UTC
}
