package exec

import (
	"context"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// TableFunction answers questions in batches: a lookup table probed with keys,
// or a remote function called with arguments. One operator (op.Expand) asks both.
type TableFunction interface {
	// Call answers the args.N questions of args (args.Sel is nil), one a row.
	// out has been Reset and its Rows have columns of the right layouts; answers are appended
	// to it. args and out belong to the caller and are not kept after the return.
	// Several goroutines may call at the same time, each with its own args and out.
	// An error is that of the whole batch; a fault of a single question goes into out.Faults.
	Call(ctx context.Context, args *Batch, out *Matches) error
}

// Matches are the answers to a batch of questions.
type Matches struct {
	// Rows are the answers; Rows.N == len(Parent).
	Rows *Batch
	// Parent[i] is the question that row i answers; it never descends. A question
	// without an entry has no answer.
	Parent []int32
	// Faults are the questions that could not be answered, in ascending order.
	// They have no rows.
	Faults []Fault
	// Version is that of the lookup table that gave the answers; 0 for a function.
	Version int64
	// Attempts, when not nil, says how many calls each question took (one entry
	// a question); nil: one each.
	Attempts []int32
}

// Fault is why a question got no answer.
type Fault struct {
	Question int32
	// Err is a *sqlerr.Error.
	Err error
}

// NewMatches makes an empty one whose rows have the layouts of like.
func NewMatches(like *Batch) *Matches { return &Matches{Rows: like.Like()} }

// Reset empties m and keeps its memory.
func (m *Matches) Reset() {
	m.Rows.Reset()
	m.Parent, m.Faults, m.Attempts, m.Version = m.Parent[:0], m.Faults[:0], nil, 0
}

// Check tells how many of n questions have an answer, and an error if m breaks
// its rules.
func (m *Matches) Check(n int) (answered int, err error) {
	if len(m.Parent) != m.Rows.N || m.Attempts != nil && len(m.Attempts) != n {
		return 0, sqlerr.New(sqlerr.InternalError, "%d answers to %d questions do not say which they answer", m.Rows.N, n)
	}
	last := int32(-1)
	for _, q := range m.Parent {
		if q != last {
			answered++
		}
		if q < last || q < 0 || int(q) >= n {
			return 0, sqlerr.New(sqlerr.InternalError, "an answer to question %d of %d stands behind one to question %d", q, n, last)
		}
		last = q
	}
	last = -1
	for _, f := range m.Faults {
		if f.Question <= last || int(f.Question) >= n {
			return 0, sqlerr.New(sqlerr.InternalError, "a fault of question %d of %d stands behind one of question %d", f.Question, n, last)
		}
		last = f.Question
	}
	return answered, nil
}

// Pinner is implemented by a TableFunction whose answers change with time: a
// lookup table with versions. The function that Pin gives always answers from the version that was
// current at the call, until release is called.
type Pinner interface {
	Pin() (f TableFunction, release func())
}

// AsyncConfig says how questions are gathered into calls that run beside the
// stream. A zero value asks each input batch at once, one call at a time.
type AsyncConfig struct {
	// MaxRows and MaxBytes (0: no bound of its own) close a batch of questions; MaxWait closes
	// it when its first question is that old, 0: at the end of the input batch.
	// A batch also closes at the end of a window (see op.Expand), before a
	// barrier and at the end of the input.
	MaxRows  int
	MaxBytes int64
	MaxWait  time.Duration
	// MaxInFlight is how many calls may be under way; then the input waits.
	// 0 means 1.
	MaxInFlight int
	// Unordered lets rows overtake one another, though never a watermark or barrier.
	Unordered bool
	// Deduplicate asks equal questions of a batch once; see DuplicateCounter.
	Deduplicate bool
	// PartitionBy are columns of the questions: a batch holds those that are
	// equal in them alone. Nil: one batch for all.
	PartitionBy []int
	// Gather brings all lanes of a query into one, so that batches are full;
	// otherwise each lane asks for itself.
	Gather bool
}

// DuplicateCounter is implemented by functions that are told how many questions
// were not asked because their like was in the same batch.
type DuplicateCounter interface{ AddDuplicates(n int) }
