package rpc

import (
	"sync"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// Caller asks one function for one user of it. It is an exec.TableFunction.
type Caller struct {
	fs        *Functions
	fn        *function
	def       *definition
	set       *settings
	plan      plan
	columns   []int
	types     []catalog.Type // of the columns
	limits    *Limits
	link      *link
	transport transport
	table     bool
	// keyPrefix sets apart kept answers of other columns.
	keyPrefix string
	pool      sync.Pool // of *work
	once      sync.Once
}

var _ exec.TableFunction = (*Caller)(nil)

// codec writes questions and reads answers. It is used by one goroutine; request
// alone may be called by several.
type codec interface {
	// question appends the wire form of question i of args. The error is that
	// question's alone.
	question(dst []byte, args *exec.Batch, i int) ([]byte, error)
	// request appends a message with the questions from lo up to hi of qs.
	request(dst []byte, qs *questions, lo, hi int) []byte
	// answers reads the response to n questions: rows go to cols behind the base
	// that are there, the question of
	// each (from 0 to n-1) to got. An error is that of the whole response; what
	// has been added until then is taken back by the caller.
	answers(response []byte, n, base int, cols []*exec.Column, got *received) error
}

// questions are wire forms side by side.
type questions struct {
	buf  []byte
	ends []int
	rows []int32 // the question's row in the batch
}

func (q *questions) bytes(i int) []byte {
	if i == 0 {
		return q.buf[:q.ends[0]]
	}
	return q.buf[q.ends[i-1]:q.ends[i]]
}

// span gives the forms from lo up to hi, which lie side by side.
func (q *questions) span(lo, hi int) []byte {
	start := 0
	if lo > 0 {
		start = q.ends[lo-1]
	}
	return q.buf[start:q.ends[hi-1]]
}

// received are the answers of one response, beside their columns.
type received struct {
	parents []int32
	faults  []exec.Fault // Question counts from 0 within the response
}

func (r *received) reset() { r.parents, r.faults = r.parents[:0], r.faults[:0] }

// transport moves messages and judges failures.
type transport interface {
	// call sends a request of rows questions and appends the response to dst[:0].
	call(ctx callContext, request, dst []byte) ([]byte, *failure)
}

// init ends what Open begins.
func (c *Caller) init(f *catalog.Function) {
	for _, i := range c.columns {
		c.types = append(c.types, f.Returns[i].Type)
		c.keyPrefix += f.Returns[i].Name + "\x00"
	}
	c.set.async.MaxInFlight = c.set.maxInFlight
	if c.set.unary {
		// A call is one question: the batch is only what is gathered at once, and
		// its questions are asked side by side.
		c.set.async.MaxInFlight = 1
		c.set.async.MaxRows = min(c.set.async.MaxRows, c.set.maxInFlight)
		if c.set.async.MaxRows == 1 {
			c.set.async.MaxInFlight = c.set.maxInFlight
		}
	}
}

// Async says how questions are to be gathered into calls.
func (c *Caller) Async() *exec.AsyncConfig {
	a := c.set.async
	return &a
}

// OnError is the policy for questions without an answer: fail, null, skip or
// reject.
func (c *Caller) OnError() string { return c.set.onError }

// AddDuplicates counts questions that were not asked because their like was.
func (c *Caller) AddDuplicates(n int) { c.fn.counter.duplicates.Add(int64(n)) }

// Close lets go of the connection; the last user of it closes it.
func (c *Caller) Close() { c.once.Do(func() { c.fs.release(c) }) }
