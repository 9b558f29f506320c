package expr

import "time"

// Env is what expressions may need to know of the query they stand in. It is
// not changed after the first compilation with it.
type Env struct {
	// Now is the start of the query, for now() and its kin. Nil means that it is
	// not known yet: Fold then leaves expressions that need it alone.
	Now func() time.Time
	// Clock is the time of day at each call, for PROCTIME() and
	// clock_timestamp(); nil is time.Now.
	Clock func() time.Time
	// Timezone is the session's; nil is UTC.
	Timezone *time.Location
	// User, Database, Schema and Version answer current_user and the like.
	User, Database, Schema, Version string
}

// noEnv is used where a caller gives none.
var noEnv = &Env{}

func (e *Env) now() int64 {
	if e.Now == nil {
		return e.clock()
	}
	return e.Now().UnixMicro()
}

func (e *Env) clock() int64 {
	if e.Clock != nil {
		return e.Clock().UnixMicro()
	}
	return time.Now().UnixMicro()
}
