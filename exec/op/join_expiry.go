package op

// expiry is when a row's last possible partner has passed.
type expiry struct {
	at  int64
	row int32
}

// expiries orders rows by expiry, then number: a queue for those that come in
// order, as most do, and a heap for the others.
type expiries struct {
	queue []expiry
	first int // of the queue
	heap  []expiry
}

func (e expiry) before(o expiry) bool { return e.at < o.at || e.at == o.at && e.row < o.row }

// push adds a row.
func (s *expiries) push(e expiry) {
	if n := len(s.queue); n == s.first || !e.before(s.queue[n-1]) {
		s.queue = append(s.queue, e)
		return
	}
	s.heap = append(s.heap, e)
	i := len(s.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.before(s.heap[up]) {
			break
		}
		s.heap[i] = s.heap[up]
		i = up
	}
	s.heap[i] = e
}

// popUntil takes out the row that expires first, if that is at to or before.
func (s *expiries) popUntil(to int64) (row int32, ok bool) {
	queued := s.first < len(s.queue)
	if len(s.heap) > 0 && (!queued || s.heap[0].before(s.queue[s.first])) {
		if s.heap[0].at > to {
			return 0, false
		}
		return s.pop().row, true
	}
	if !queued || s.queue[s.first].at > to {
		return 0, false
	}
	row = s.queue[s.first].row
	s.first++
	if s.first >= BatchRows && s.first*2 >= len(s.queue) {
		s.queue = s.queue[:copy(s.queue, s.queue[s.first:])]
		s.first = 0
	}
	return row, true
}

// move gives the rows their new numbers. Their order must be the old one, so
// that queue and heap stay as they are.
func (s *expiries) move(to []int32) {
	for i := s.first; i < len(s.queue); i++ {
		s.queue[i].row = to[s.queue[i].row]
	}
	for i := range s.heap {
		s.heap[i].row = to[s.heap[i].row]
	}
}

// len is the number of rows.
func (s *expiries) len() int { return len(s.queue) - s.first + len(s.heap) }

// pop takes the first row out of the heap.
func (s *expiries) pop() expiry {
	top := s.heap[0]
	last := len(s.heap) - 1
	e := s.heap[last]
	s.heap = s.heap[:last]
	i := 0
	for {
		kid := 2*i + 1
		if kid >= last {
			break
		}
		if kid+1 < last && s.heap[kid+1].before(s.heap[kid]) {
			kid++
		}
		if !s.heap[kid].before(e) {
			break
		}
		s.heap[i] = s.heap[kid]
		i = kid
	}
	if last > 0 {
		s.heap[i] = e
	}
	return top
}
