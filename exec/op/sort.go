package op

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"slices"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// DefaultMaxBytes is the bound of MaxBytes of Sort and Join where the config has 0.
const DefaultMaxBytes = 1 << 30

// SortMaxBytesSetting is the name that the user knows SortConfig.MaxBytes by.
const SortMaxBytesSetting = "sort.max-bytes"

// maxTop is the largest LIMIT + OFFSET for which fewer than all rows are held;
// more rows than that never fit in MaxBytes.
const maxTop = 1 << 32

// SortConfig says how a Sort orders.
type SortConfig struct {
	Keys []SortKey
	// Limit, when not negative, is how many rows to give after the first Offset.
	Limit, Offset int64
	// MaxBytes bounds the rows held; past it the query ends with 53200.
	MaxBytes int64
	// Columns are empty columns of the input's shapes.
	Columns []*exec.Column
}

// Sort holds all rows of bounded input and emits them in order at MaxTime. It
// is stable. With a limit only about twice the rows that can still come out are held.
type Sort struct {
	cfg   SortConfig
	keep  int64 // rows that can come out; -1: all
	store *exec.Batch
	spare *exec.Batch // the other half of a shrink
	out   *exec.Batch
	items []sortItem
	order []int32
	full  bool // store begins with keep rows in order
	sel   []int32
}

// NewSort makes a Sort.
func NewSort(c SortConfig) *Sort {
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	s := &Sort{cfg: c, keep: -1}
	if c.Limit >= 0 {
		s.keep = c.Limit + c.Offset
		if s.keep < 0 || s.keep > maxTop { // below 0: overflow
			s.keep = -1
		}
	}
	s.store = &exec.Batch{Cols: likes(c.Columns), Split: -1}
	s.spare, s.out = s.store.Like(), s.store.Like()
	return s
}

// Process keeps the rows that may come out.
func (s *Sort) Process(_ context.Context, _ int, in *exec.Batch, _ exec.Emit) error {
	if in.Rows() == 0 || s.keep == 0 {
		return nil
	}
	if !s.full {
		in.AppendTo(s.store)
	} else {
		last := int(s.keep) - 1
		s.sel = s.sel[:0]
		for i := range in.Rows() {
			r := in.Row(i)
			if compareRows(s.cfg.Keys, in.Cols, r, s.store.Cols, last) < 0 {
				s.sel = append(s.sel, int32(r))
			}
		}
		for i, c := range s.store.Cols {
			c.AppendColumn(in.Cols[i], s.sel, 0)
		}
		s.store.N += len(s.sel)
	}
	if s.keep > 0 && int64(s.store.N) >= 2*s.keep+BatchRows {
		s.shrink()
	}
	if batchBytes(s.store.Cols) > s.cfg.MaxBytes || tooLong(s.store.Cols) {
		return sqlerr.New(sqlerr.OutOfMemory, "sorting needs more than %d bytes", s.cfg.MaxBytes).
			Hint("Raise %q, or add a LIMIT.", SortMaxBytesSetting)
	}
	return nil
}

// sortItem is a row held and, where the first key has one, a word that orders
// most rows without a look at their values.
type sortItem struct {
	word uint64
	row  int32
}

// sorted makes the order of the rows held, no more than can come out.
func (s *Sort) sorted() []int32 {
	s.items = s.items[:0]
	for i := range s.store.N {
		s.items = append(s.items, sortItem{row: int32(i)})
	}
	cols := s.store.Cols
	if len(s.cfg.Keys) > 0 {
		setWords(s.items, cols[s.cfg.Keys[0].Col], s.cfg.Keys[0].Desc)
	}
	slices.SortFunc(s.items, func(a, b sortItem) int {
		if a.word != b.word {
			return cmp.Compare(a.word, b.word)
		}
		if c := compareRows(s.cfg.Keys, cols, int(a.row), cols, int(b.row)); c != 0 {
			return c
		}
		return cmp.Compare(a.row, b.row) // what makes the order stable
	})
	s.order = s.order[:0]
	for i, it := range s.items {
		if s.keep >= 0 && int64(i) >= s.keep {
			break
		}
		s.order = append(s.order, it.row)
	}
	return s.order
}

// setWords gives the rows words in the order of the values of c, as far as
// eight bytes can tell; with NULLs or other layouts all are left at 0.
func setWords(items []sortItem, c *exec.Column, desc bool) {
	if c.Nulls {
		return
	}
	const sign = 1 << 63
	for i := range items {
		var w uint64
		switch c.Layout {
		case exec.Ints:
			w = uint64(c.Int[i]) ^ sign
		case exec.Floats:
			if w = floatBits(c.Float[i]); w&sign != 0 {
				w = ^w
			} else {
				w |= sign
			}
		case exec.Strings:
			var b [8]byte
			copy(b[:], c.Str(i))
			w = binary.BigEndian.Uint64(b[:])
		default:
			return
		}
		if desc {
			w = ^w
		}
		items[i].word = w
	}
}

// shrink throws away the rows that cannot come out any more.
func (s *Sort) shrink() {
	takeRows(s.spare, s.store.Cols, s.sorted())
	s.store, s.spare = s.spare, s.store
	s.full = true
}

// Advance emits the rows at MaxTime.
func (s *Sort) Advance(_ context.Context, to exec.Time, emit exec.Emit) error {
	if to != exec.MaxTime {
		return nil
	}
	order := s.sorted()
	order = order[min(s.cfg.Offset, int64(len(order))):]
	for part := range slices.Chunk(order, BatchRows) {
		takeRows(s.out, s.store.Cols, part)
		if err := emit(s.out); err != nil {
			return err
		}
	}
	s.store.Reset()
	s.full = false
	return nil
}

const sortKind = "sort"

// Save writes the rows held.
func (s *Sort) Save(_ exec.Epoch, w io.Writer) error {
	f := newFrameWriter(w, sortKind)
	saveRows(f, s.store)
	return f.finish()
}

// Restore takes up what Save wrote. The operator must be new.
func (s *Sort) Restore(r io.Reader) error {
	f := newFrameReader(r, sortKind)
	restoreRows(f, s.store)
	return f.finish()
}
