package lookup

import "time"

// Status tells how a lookup table of the process stands.
type Status struct {
	Name string
	// Connector and Cache are as declared.
	Connector, Cache string
	// Loaded: its rows, or part of them, are in memory.
	Loaded bool
	// Rows and Bytes are what is in memory, indexes included.
	Rows, Bytes int64
	// Version is 0 where nothing is loaded and with cache partial and none.
	Version int64
	// Age is the time since the source last agreed with the rows; 0 while a
	// live source is followed.
	Age time.Duration
	// LastRefresh and NextRefresh are zero where there was or will be none.
	LastRefresh, NextRefresh time.Time
	LastDuration             time.Duration
	// LastError is that of the last refresh, nil when it was good; it shows no secrets.
	LastError error
	// Readers are those who hold the table, a lane of a query each.
	Readers int
	// Hits and Misses count questions: of a full table those that found a row
	// and that found none, of a partial cache those answered from memory and not.
	Hits, Misses int64
	// Loads and Failures count loads, and batches of keys asked for.
	Loads, Failures int64
	// NullKeys and DuplicateKeys are the rows that the last load left out.
	NullKeys, DuplicateKeys int64
	// Stale: the last refresh failed, or the rows are older than 'refresh.max-staleness'.
	Stale bool
	// Live: a live source is being followed.
	Live bool
}

// HitRate is the part of the questions that were hits, 0 to 1.
func (s *Status) HitRate() float64 {
	if s.Hits+s.Misses == 0 {
		return 0
	}
	return float64(s.Hits) / float64(s.Hits+s.Misses)
}

// Status lists the tables that have been used since they were declared, by name.
func (ts *Tables) Status() []Status {
	tables := ts.named("")
	list := make([]Status, len(tables))
	now := ts.cfg.Now()
	for i, t := range tables {
		list[i] = t.status(now)
	}
	return list
}

func (t *table) status(now time.Time) Status {
	connector, _ := t.def.table.Option("connector")
	s := Status{Name: t.name, Connector: connector, Cache: t.def.cache, Hits: t.hits.Load(), Misses: t.misses.Load(),
		Loads: t.loads.Load(), Failures: t.failures.Load(), NullKeys: t.nullKeys.Load(), DuplicateKeys: t.duplicateKeys.Load(),
		Live: t.following.Load()}
	if v := t.cur.Load(); v != nil {
		s.Loaded, s.Rows, s.Bytes, s.Version, s.Age = true, v.rows, v.bytes(), v.number, t.age(now)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.points; p != nil {
		s.Loaded, s.Rows, s.Bytes = true, p.entries.Load(), p.bytes.Load()
	}
	s.Readers = t.readers
	s.LastRefresh, s.NextRefresh, s.LastDuration, s.LastError = t.shown.last, t.shown.next, t.shown.duration, t.shown.err
	s.Stale = s.Loaded && (t.shown.err != nil || t.def.maxStaleness > 0 && s.Age > t.def.maxStaleness)
	return s
}
