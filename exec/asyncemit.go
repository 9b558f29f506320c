package exec

// emit sends the rows of an entry that may go: with order those up to the first
// that waits, else all that do not.
func (s *asyncStage) emit(e *asyncEntry, out asyncOut) error {
	if e.left == 0 {
		return nil
	}
	s.sel, s.of = s.sel[:0], s.of[:0]
	var of *asyncCall // whose answers all of the rows have
	mixed := false
	for i := e.at; i < len(e.calls); i++ {
		c := e.calls[i]
		if c != nil && !c.done {
			if !s.cfg.Unordered {
				break
			}
			continue
		}
		if e.of[i] == gone {
			continue
		}
		if c != nil {
			mixed = mixed || of != nil && of != c
			of = c
		}
		s.sel, s.of = append(s.sel, int32(i)), append(s.of, e.of[i])
	}
	if len(s.sel) == 0 {
		return nil
	}
	m, n := s.mix(), 0
	switch {
	case mixed:
		n = s.merge(e, m)
	case of != nil:
		m, n = of.answers, of.args.N
	}
	s.view = Batch{Cols: e.rows.Cols, N: e.rows.N, Sel: s.sel, Split: -1}
	if len(s.sel) == e.rows.N {
		s.view.Sel = nil
	}
	err := out.answer(&s.view, n, m, s.of)
	s.emitted(e)
	return err
}

// emitted marks the rows in sel as gone and lets go of the calls that are not
// needed any more.
func (s *asyncStage) emitted(e *asyncEntry) {
	for _, i := range s.sel {
		if c := e.calls[i]; c != nil {
			if c.rows--; c.rows == 0 {
				s.recycle(c)
			}
		}
		e.calls[i], e.of[i] = nil, gone
	}
	e.left -= len(s.sel)
	s.rows -= len(s.sel)
	for e.at < len(e.of) && e.of[e.at] == gone {
		e.at++
	}
}

// mix gives an empty Matches for the answers of several calls.
func (s *asyncStage) mix() *Matches {
	if s.mixed == nil {
		s.mixed = s.asker.NewMatches()
	}
	s.mixed.Reset()
	return s.mixed
}

// merge fills m with the answers to the rows in sel, each row a question of its
// own, and numbers them anew in of. It returns how many there are.
func (s *asyncStage) merge(e *asyncEntry, m *Matches) int {
	n := int32(0)
	attempts := false
	for k, i := range s.sel {
		c, q := e.calls[i], e.of[i]
		if c == nil {
			continue
		}
		s.of[k] = n
		a := c.answers
		c.index()
		for r := int(c.first[q]); r < int(c.first[q+1]); r++ {
			for col := range m.Rows.Cols {
				m.Rows.Cols[col].AppendFrom(a.Rows.Cols[col], r)
			}
			m.Parent = append(m.Parent, n)
		}
		if f := c.fault(q); f != nil {
			m.Faults = append(m.Faults, Fault{n, f})
		}
		attempts = attempts || a.Attempts != nil
		m.Version = max(m.Version, a.Version)
		n++
	}
	m.Rows.N = len(m.Parent)
	if !attempts {
		return int(n)
	}
	m.Attempts = make([]int32, 0, n)
	for _, i := range s.sel {
		if c := e.calls[i]; c != nil {
			tries := int32(1)
			if c.answers.Attempts != nil {
				tries = c.answers.Attempts[e.of[i]]
			}
			m.Attempts = append(m.Attempts, tries)
		}
	}
	return int(n)
}
