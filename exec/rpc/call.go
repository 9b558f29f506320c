package rpc

import (
	"context"
	"slices"
	"sync"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// work is the memory of one Call.
type work struct {
	c     *Caller
	codec codec
	out   *exec.Matches
	qs    questions
	// attempts counts each question's calls.
	attempts []int32
	got      received
	key      []byte
	response []byte
	spare    *exec.Batch
	order    []int32
	bad      map[int32]bool
	stopped  bool // a fault has come, and nothing after it matters
	mu       sync.Mutex
}

func (c *Caller) work(args *exec.Batch, out *exec.Matches) (*work, error) {
	w, _ := c.pool.Get().(*work)
	if w == nil {
		cd, err := c.plan.codec(c.columns)
		if err != nil {
			return nil, err
		}
		w = &work{c: c, codec: cd}
	}
	w.out, w.stopped = out, false
	w.qs.buf, w.qs.ends, w.qs.rows = w.qs.buf[:0], w.qs.ends[:0], w.qs.rows[:0]
	w.attempts = append(w.attempts[:0], make([]int32, args.N)...)
	return w, nil
}

// keepBytes is the most memory that a work keeps between calls, for each of its
// buffers.
const keepBytes = 1 << 20

func (w *work) done() {
	w.out = nil
	if cap(w.qs.buf) > keepBytes || cap(w.response) > keepBytes {
		return
	}
	w.c.pool.Put(w)
}

// Call asks a batch of questions. See the package's comment for the way.
func (c *Caller) Call(ctx context.Context, args *exec.Batch, out *exec.Matches) error {
	w, err := c.work(args, out)
	if err != nil {
		return err
	}
	defer w.done()
	c.fn.counter.questions.Add(int64(args.N))
	w.write(args)
	if n := len(w.qs.rows); n > 0 && !w.stopped {
		if c.set.unary {
			err = w.askEach(ctx)
		} else {
			err = w.ask(ctx, 0, n)
		}
		if err != nil {
			return err
		}
	}
	w.finish()
	return nil
}

// write puts the questions into their wire form, and answers those whose answers
// are kept.
func (w *work) write(args *exec.Batch) {
	cache := w.c.fn.cache
	now := w.c.fs.cfg.Now()
	for i := range args.N {
		start := len(w.qs.buf)
		b, err := w.codec.question(w.qs.buf, args, i)
		if err != nil {
			w.qs.buf = w.qs.buf[:start]
			w.fault(int32(i), sqlerr.From(err))
			continue
		}
		if cache != nil {
			if kept, ok := cache.get(w.cacheKey(b[start:]), now); ok {
				w.recall(kept, int32(i))
				w.qs.buf = b[:start]
				continue
			}
			w.c.fn.counter.misses.Add(1)
		}
		w.qs.buf = b
		w.qs.ends = append(w.qs.ends, len(b))
		w.qs.rows = append(w.qs.rows, int32(i))
	}
}

func (w *work) cacheKey(question []byte) []byte {
	w.key = append(append(w.key[:0], w.c.keyPrefix...), question...)
	return w.key
}

// recall answers a question from what is kept.
func (w *work) recall(kept []byte, q int32) {
	w.c.fn.counter.hits.Add(1)
	for len(kept) > 0 {
		kept = readRow(kept, w.out.Rows.Cols)
		w.out.Parent = append(w.out.Parent, q)
	}
	w.out.Rows.N = len(w.out.Parent)
}

// ask sends the questions from lo up to hi as one request, and the halves of it
// where it fails because of a row.
func (w *work) ask(ctx context.Context, lo, hi int) error {
	if w.stopped {
		return nil
	}
	n := hi - lo
	request := w.newRequest(lo, hi)
	var f *failure
	if int64(len(request)) > w.c.set.maxBytes {
		f = w.c.tooLong(len(request))
	} else {
		var made int32
		var err error
		w.response, made, f, err = w.c.send(ctx, request, w.response, n)
		if err != nil {
			return err
		}
		for _, r := range w.qs.rows[lo:hi] {
			w.attempts[r] += made
		}
	}
	if f == nil {
		if f = w.take(w.response, lo, hi); f == nil {
			return nil
		}
		w.c.note(f.err)
	}
	if !f.rows || n == 1 {
		for _, r := range w.qs.rows[lo:hi] {
			w.fault(r, f.err)
		}
		return nil
	}
	w.c.fn.counter.halvings.Add(1)
	if err := w.ask(ctx, lo, lo+n/2); err != nil {
		return err
	}
	return w.ask(ctx, lo+n/2, hi)
}

// askEach sends each question alone, as many side by side as may be in flight.
func (w *work) askEach(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	n := len(w.qs.rows)
	var wg sync.WaitGroup
	var failed error
	next := 0
	take := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.stopped || failed != nil || next >= n {
			return -1
		}
		next++
		return next - 1
	}
	for range min(n, w.c.set.maxInFlight) {
		wg.Go(func() {
			var response []byte
			for i := take(); i >= 0; i = take() {
				var err error
				if response, err = w.askOne(ctx, i, response); err != nil {
					w.mu.Lock()
					if failed == nil && !w.stopped { // what a fault has ended is no failure
						failed = err
					}
					w.mu.Unlock()
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return failed
}

func (w *work) askOne(ctx context.Context, i int, response []byte) ([]byte, error) {
	request := w.newRequest(i, i+1)
	var f *failure
	if int64(len(request)) > w.c.set.maxBytes {
		f = w.c.tooLong(len(request))
	} else {
		var made int32
		var err error
		if response, made, f, err = w.c.send(ctx, request, response, 1); err != nil {
			return response, err
		}
		w.attempts[w.qs.rows[i]] += made
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if f == nil {
		if f = w.take(response, i, i+1); f != nil {
			w.c.note(f.err)
		}
	}
	if f != nil {
		w.fault(w.qs.rows[i], f.err)
	}
	return response, nil
}

// requestSpare is room for what a request has beside its questions.
const requestSpare = 128

// newRequest makes a message in memory of its own: a transport may still be
// reading it when the call has long ended.
func (w *work) newRequest(lo, hi int) []byte {
	return w.codec.request(make([]byte, 0, len(w.qs.span(lo, hi))+hi-lo+requestSpare), &w.qs, lo, hi)
}

// take reads a response. What a bad one has added is taken back.
func (w *work) take(response []byte, lo, hi int) *failure {
	out := w.out
	base := len(out.Parent)
	w.got.reset()
	if err := w.codec.answers(response, hi-lo, base, out.Rows.Cols, &w.got); err != nil {
		scalar.RollbackAll(out.Rows.Cols, base)
		return &failure{err: w.c.named(sqlerr.From(err)), rows: true}
	}
	for _, f := range w.got.faults {
		w.fault(w.qs.rows[lo+int(f.Question)], sqlerr.From(f.Err))
	}
	for _, p := range w.got.parents {
		out.Parent = append(out.Parent, w.qs.rows[lo+int(p)])
	}
	out.Rows.N = len(out.Parent)
	w.c.fn.counter.answers.Add(int64(len(w.got.parents)))
	if w.c.fn.cache != nil {
		w.keep(base, lo, hi)
	}
	return nil
}

// keep puts the answers just read, from base on, into the cache.
func (w *work) keep(base, lo, hi int) {
	values := make([][]byte, hi-lo)
	count := make([]int, hi-lo)
	for i, p := range w.got.parents {
		values[p] = appendRow(values[p], w.out.Rows.Cols, base+i)
		count[p]++
	}
	for _, f := range w.got.faults {
		count[f.Question] = -1
	}
	now := w.c.fs.cfg.Now()
	for i, v := range values {
		if count[i] >= 0 && (count[i] <= 1 || w.c.table) {
			w.c.fn.cache.put(string(w.cacheKey(w.qs.bytes(lo+i))), v, now)
		}
	}
}

// fault notes that a question has no answer.
func (w *work) fault(q int32, err *sqlerr.Error) {
	w.out.Faults = append(w.out.Faults, exec.Fault{Question: q, Err: catalogHide(w.c, err)})
	w.c.fn.counter.faults.Add(1)
	if w.c.set.onError == "fail" {
		w.stopped = true
	}
}

// finish brings answers and faults into the order of the questions, and takes out
// the rows of faulted ones.
func (w *work) finish() {
	out := w.out
	slices.SortStableFunc(out.Faults, func(a, b exec.Fault) int { return int(a.Question - b.Question) })
	out.Faults = slices.CompactFunc(out.Faults, func(a, b exec.Fault) bool { return a.Question == b.Question })
	sorted := slices.IsSorted(out.Parent)
	if !w.c.table {
		w.onePerQuestion(sorted)
	}
	if !sorted || len(out.Faults) > 0 {
		w.reorder()
	}
	if slices.ContainsFunc(w.attempts, func(a int32) bool { return a != 1 }) {
		out.Attempts = slices.Clone(w.attempts)
	}
}

// onePerQuestion faults the questions of a scalar function with several answers.
func (w *work) onePerQuestion(sorted bool) {
	parents := w.out.Parent
	if !sorted {
		parents = slices.Sorted(slices.Values(parents))
	}
	found := false
	for i := 1; i < len(parents); i++ {
		if parents[i] == parents[i-1] && (i < 2 || parents[i-2] != parents[i]) {
			w.fault(parents[i], w.c.named(sqlerr.New(sqlerr.DataException, "more than one answer to a question of a scalar function").
				Hint("declare the function with RETURNS TABLE (…)")))
			found = true
		}
	}
	if found {
		slices.SortStableFunc(w.out.Faults, func(a, b exec.Fault) int { return int(a.Question - b.Question) })
		w.out.Faults = slices.CompactFunc(w.out.Faults, func(a, b exec.Fault) bool { return a.Question == b.Question })
	}
}

func (w *work) reorder() {
	out := w.out
	if w.bad == nil {
		w.bad = map[int32]bool{}
	}
	clear(w.bad)
	for _, f := range out.Faults {
		w.bad[f.Question] = true
	}
	w.order = w.order[:0]
	for i, p := range out.Parent {
		if !w.bad[p] {
			w.order = append(w.order, int32(i))
		}
	}
	if len(w.order) == len(out.Parent) && slices.IsSorted(out.Parent) {
		return
	}
	slices.SortStableFunc(w.order, func(a, b int32) int { return int(out.Parent[a] - out.Parent[b]) })
	if w.spare == nil {
		w.spare = out.Rows.Like()
	}
	w.spare.Reset()
	parents := make([]int32, len(w.order))
	for i, r := range w.order {
		parents[i] = out.Parent[r]
	}
	for i, col := range out.Rows.Cols {
		w.spare.Cols[i].AppendColumn(col, w.order, len(w.order))
	}
	w.spare.N = len(w.order)
	out.Rows.Reset()
	w.spare.AppendTo(out.Rows)
	out.Parent = append(out.Parent[:0], parents...)
}

func (c *Caller) tooLong(n int) *failure {
	return &failure{rows: true, err: c.named(sqlerr.New(sqlerr.ProgramLimitExceeded, "a request of %d bytes is longer than max-message-bytes, %d", n, c.set.maxBytes))}
}

func catalogHide(c *Caller, err *sqlerr.Error) error {
	return catalog.HideSecrets(c.def.linkOpts, catalog.HideSecrets(c.def.options, err))
}
