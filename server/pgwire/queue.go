package pgwire

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxQueuedMessages and maxQueuedBytes bound what a client may send ahead of
// the answers; beyond them the socket is not read.
const (
	maxQueuedMessages = 256
	maxQueuedBytes    = 2 * maxMessageBytes
)

// queue holds messages that were read and not yet answered. One goroutine
// pushes, another pops.
type queue struct {
	mu             sync.Mutex
	msgs           []queued
	bytes          int
	pushed, popped chan struct{} // of capacity 1: something changed
}

type queued struct {
	msg  pgproto3.FrontendMessage
	size int
}

func newQueue() *queue {
	return &queue{pushed: make(chan struct{}, 1), popped: make(chan struct{}, 1)}
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// push waits for room.
func (q *queue) push(ctx context.Context, m queued) error {
	for {
		q.mu.Lock()
		if len(q.msgs) == 0 || len(q.msgs) < maxQueuedMessages && q.bytes+m.size <= maxQueuedBytes {
			q.msgs = append(q.msgs, m)
			q.bytes += m.size
			q.mu.Unlock()
			signal(q.pushed)
			return nil
		}
		q.mu.Unlock()
		select {
		case <-q.popped:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// pop waits for a message.
func (q *queue) pop(ctx context.Context) (pgproto3.FrontendMessage, error) {
	for {
		q.mu.Lock()
		if len(q.msgs) > 0 {
			m := q.msgs[0]
			q.msgs[0] = queued{}
			q.msgs = q.msgs[1:]
			q.bytes -= m.size
			q.mu.Unlock()
			signal(q.popped)
			return m.msg, nil
		}
		q.mu.Unlock()
		select {
		case <-q.pushed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// ends tells whether a message waits that makes further rows of the portal
// useless: its Close, or the end of the connection.
func (q *queue) ends(portal string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range q.msgs {
		if endsPortal(m.msg, portal) {
			return true
		}
	}
	return false
}

func endsPortal(m pgproto3.FrontendMessage, portal string) bool {
	switch m := m.(type) {
	case *pgproto3.Terminate:
		return true
	case *pgproto3.Close:
		return m.ObjectType == 'P' && m.Name == portal
	}
	return false
}
