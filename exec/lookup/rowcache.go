package lookup

import "time"

// entryBytes is what an entry of a cache takes beside its key and row: the
// entry itself and its place in the map.
const entryBytes = 160

// rowCache remembers the rows of keys: those used least recently go when it is
// full. It has no lock.
type rowCache struct {
	entries map[string]*entry
	// newest and oldest are the ends of the list by use.
	newest, oldest *entry
	bytes, max     int64
}

// entry is the row of a key; nil: it has none.
type entry struct {
	key          string
	row          []byte
	expires      time.Time
	newer, older *entry
}

func newRowCache(maxBytes int64) rowCache {
	return rowCache{entries: map[string]*entry{}, max: maxBytes}
}

func (e *entry) bytes() int64 { return int64(len(e.key)+len(e.row)) + entryBytes }

func (c *rowCache) get(key []byte) *entry {
	e := c.entries[string(key)]
	if e != nil && e != c.newest {
		c.unlink(e)
		c.link(e)
	}
	return e
}

// put keeps a row, and drops others to make room.
func (c *rowCache) put(key string, row []byte, expires time.Time) {
	if e := c.entries[key]; e != nil {
		c.remove(e)
	}
	e := &entry{key: key, row: row, expires: expires}
	if e.bytes() > c.max {
		return
	}
	for c.bytes+e.bytes() > c.max {
		c.remove(c.oldest)
	}
	c.entries[key] = e
	c.bytes += e.bytes()
	c.link(e)
}

func (c *rowCache) remove(e *entry) {
	delete(c.entries, e.key)
	c.bytes -= e.bytes()
	c.unlink(e)
}

func (c *rowCache) link(e *entry) {
	e.older, e.newer = c.newest, nil
	if c.newest != nil {
		c.newest.newer = e
	} else {
		c.oldest = e
	}
	c.newest = e
}

func (c *rowCache) unlink(e *entry) {
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		c.newest = e.older
	}
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		c.oldest = e.newer
	}
	e.newer, e.older = nil, nil
}

func (c *rowCache) clear() { *c = newRowCache(c.max) }
