package exec

// Eval computes one column from a batch. The result has b.N rows, of which
// those that count (b.Sel) are defined; it belongs to the Eval (or is a column of b) and is valid
// until its next call. A fault of a single row comes as *RowError with the
// row's position. An Eval is used by one goroutine.
type Eval interface {
	Eval(b *Batch) (*Column, error)
}

// Aggregate holds the state of one aggregate function for many groups, side by
// side: groups are numbered from 0 by the operator, which keeps the keys. It is
// used by one goroutine.
type Aggregate interface {
	// Resize makes groups 0..n-1 exist; new ones are empty. n never shrinks
	// but by Reset.
	Resize(n int)
	// Update adds rows: row rows[k] of args (k itself when rows is nil) to
	// group groups[k]. NULL handling and DISTINCT are the aggregate's.
	Update(groups []int32, args []*Column, rows []int32) error
	// State gives the layouts of the partial state; AppendState writes group
	// g's, one value a column; Merge adds states likewise to Update. An aggregate that cannot be
	// computed in two phases returns nil from State.
	State() []Layout
	AppendState(dst []*Column, g int)
	Merge(groups []int32, state []*Column, rows []int32) error
	// AppendResult writes group g's result.
	AppendResult(dst *Column, g int) error
	// Reset forgets all groups and keeps memory for new ones.
	Reset()
}
