package rpc

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// failure is a call that gave no response.
type failure struct {
	err *sqlerr.Error
	// retry: the same request may succeed later.
	retry bool
	// rows: a row of the request may be the reason, so that halving it may help.
	rows bool
	// service: it counts against the service at the circuit breaker.
	service bool
	// deadline: the service gave up because of the time it had.
	deadline bool
	// after is how long the service asked to be left alone.
	after time.Duration
}

// callContext is a context whose deadline is that of the attempt.
type callContext = context.Context

// send makes a request of n questions until it is answered, attempts run out, or
// nothing speaks for another. The error is that of a context that has ended.
func (c *Caller) send(ctx context.Context, request, dst []byte, n int) (response []byte, made int32, f *failure, err error) {
	fn := c.fn
	fn.counter.rows.Add(int64(n))
	fn.budget.call()
	for tries := 1; ; tries++ {
		if response, f = c.attempt(ctx, request, dst, n); f == nil {
			return response, int32(tries), nil, nil
		}
		if ctx.Err() != nil {
			return dst, int32(tries), nil, ended(ctx)
		}
		c.note(f.err)
		if !f.retry || tries >= c.set.attempts {
			f.err = c.tried(f.err, tries)
			return dst, int32(tries), f, nil
		}
		if !fn.budget.retry(c.fs.cfg.Now()) {
			f.rows = false
			f.err = c.tried(f.err, tries).Hint("not repeated: 'retry.budget' is used up")
			return dst, int32(tries), f, nil
		}
		if err := sleep(ctx, c.pause(tries, f.after)); err != nil {
			return dst, int32(tries), nil, ended(ctx)
		}
		fn.counter.retries.Add(1)
	}
}

// ended is the error of a context that has ended.
func ended(ctx context.Context) error { return context.Cause(ctx) }

// pause is the wait after an attempt: it doubles from attempt to attempt, and
// half of it is chance, so that callers who failed together do not return together. A
// service's own wish lengthens it up to retry.max-backoff.
func (c *Caller) pause(attempt int, wish time.Duration) time.Duration {
	d := c.set.backoff
	for range attempt - 1 {
		if d *= 2; d >= c.set.maxBackoff {
			break
		}
	}
	d = min(d, c.set.maxBackoff)
	d = d/2 + rand.N(d/2+1)
	return max(d, min(wish, c.set.maxBackoff))
}

// attempt makes one attempt.
func (c *Caller) attempt(ctx context.Context, request, dst []byte, n int) ([]byte, *failure) {
	done, err := c.limits.Acquire(ctx)
	if err != nil {
		if open, ok := errors.AsType[errOpen](err); ok {
			return dst, &failure{err: c.named(sqlerr.New(sqlerr.CannotConnect, "%s", open.Error())), retry: true}
		}
		return dst, &failure{err: sqlerr.From(err)}
	}
	actx, cancel := context.WithTimeout(ctx, c.set.timeout)
	defer cancel()
	counter := &c.fn.counter
	counter.calls.Add(1)
	counter.perCall.add(rowBounds, float64(n))
	counter.inFlight.Add(1)
	start := time.Now()
	response, f := c.transport.call(actx, request, dst)
	counter.inFlight.Add(-1)
	counter.latency.add(latencyBounds, time.Since(start).Seconds())
	if f == nil {
		done(nil)
		return response, nil
	}
	switch {
	case ctx.Err() != nil:
		done(nil) // not the service's doing
		return dst, f
	case actx.Err() != nil, f.deadline && time.Since(start) >= c.set.timeout-c.set.timeout/10: // the service's clock may be the first
		f = &failure{retry: true, rows: true, service: true,
			err: sqlerr.New(sqlerr.ConnectionFailure, "no answer within %s", catalog.FormatDuration(c.set.timeout)).Hint("'timeout' bounds each attempt")}
	}
	f.err = c.named(f.err)
	if f.service {
		done(f.err)
	} else {
		done(nil)
	}
	return dst, f
}

// named puts the function's name before an error.
func (c *Caller) named(err *sqlerr.Error) *sqlerr.Error {
	e := *err
	e.Message = "function " + catalog.QuoteIdent(c.fn.name) + ": " + e.Message
	return &e
}

func (c *Caller) tried(err *sqlerr.Error, attempts int) *sqlerr.Error {
	if attempts == 1 {
		return err
	}
	e := *err
	return e.WithDetail("after %d attempts", attempts)
}

// note keeps an error for Status.
func (c *Caller) note(err *sqlerr.Error) {
	c.fn.counter.fail(sqlerr.From(catalogHide(c, err)), c.fs.cfg.Now())
}
