package exec

import "context"

// Questions are what the rows of a batch ask.
type Questions struct {
	// In are the rows: those of the batch that was given, without those that were
	// dropped because their question could not be computed.
	In *Batch
	// Args are the questions, one a row, without a selection.
	Args *Batch
	// Of[k] is the question of the k-th row of In that counts, -1 where there is
	// nothing to ask; nil: row k has question k.
	Of []int32
}

// Asker is an operator that asks a question for each row and goes on with the
// answers. Its two halves can be called from Process, one after the other, or by
// an asynchronous stage, which has the questions of many batches answered in between.
type Asker interface {
	Operator
	// Ask computes the questions; they are valid until the next call of Ask or Answer.
	Ask(in *Batch) (Questions, error)
	// Answer emits the rows of in that count with their answers: m answers n
	// questions, of[k] is that of the k-th row (see Questions.Of).
	Answer(ctx context.Context, in *Batch, n int, m *Matches, of []int32, emit Emit) error
	// Function is what to ask, and NewMatches makes room for its answers.
	Function() TableFunction
	NewMatches() *Matches
	// WindowEnd is the column with the end of a row's window, -1: none.
	WindowEnd() int
}
