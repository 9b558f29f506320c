package rpc

import (
	"container/list"
	"sync"
	"time"
)

// entryOverhead is what an entry costs beside its bytes: list element, map slot,
// headers.
const entryOverhead = 160

// cache keeps encoded answers by encoded question, the least recently used go
// first when bytes run short.
type cache struct {
	mu    sync.Mutex
	ttl   time.Duration
	max   int64
	bytes int64
	items map[string]*list.Element
	order list.List // most recently used first
}

type cacheEntry struct {
	key     string
	value   []byte
	expires time.Time
}

func newCache(ttl time.Duration, maxBytes int64) *cache {
	return &cache{ttl: ttl, max: maxBytes, items: map[string]*list.Element{}}
}

// get gives the answer to a question; the bytes must not be changed.
func (c *cache) get(key []byte, now time.Time) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[string(key)]
	if !ok {
		return nil, false
	}
	entry := e.Value.(*cacheEntry)
	if !now.Before(entry.expires) {
		c.remove(e)
		return nil, false
	}
	c.order.MoveToFront(e)
	return entry.value, true
}

// put keeps an answer, whose bytes then belong to the cache.
func (c *cache) put(key string, value []byte, now time.Time) {
	size := int64(len(key)+len(value)) + entryOverhead
	if size > c.max {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[key]; ok {
		c.remove(e)
	}
	for c.bytes+size > c.max {
		c.remove(c.order.Back())
	}
	c.items[key] = c.order.PushFront(&cacheEntry{key, value, now.Add(c.ttl)})
	c.bytes += size
}

func (c *cache) remove(e *list.Element) {
	entry := c.order.Remove(e).(*cacheEntry)
	delete(c.items, entry.key)
	c.bytes -= int64(len(entry.key)+len(entry.value)) + entryOverhead
}

func (c *cache) size() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}
