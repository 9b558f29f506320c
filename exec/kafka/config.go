package kafka

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// StartMode says where a scan begins ('scan.startup.mode').
type StartMode uint8

// The ways to begin.
const (
	StartEarliest StartMode = iota
	StartLatest
	StartTimestamp
	StartOffsets
	StartGroup
)

// EndMode says where a scan ends ('scan.bounded.mode').
type EndMode uint8

// The ways to end.
const (
	Unbounded EndMode = iota
	EndLatest
	EndTimestamp
	EndOffsets
)

// Reset says what becomes of a position that the broker does not have
// ('scan.offset-out-of-range', and 'properties.auto.offset.reset' for groups).
type Reset uint8

// The policies.
const (
	ResetFail Reset = iota
	ResetEarliest
	ResetLatest
)

// OnError says what becomes of a record that a decoder refuses ('on-error').
type OnError uint8

// The policies.
const (
	OnErrorSkip OnError = iota
	OnErrorFail
	OnErrorNull
)

// DefaultMaxRows is the length of batches: keys are read again while their
// cache lines are near.
const DefaultMaxRows = 512

// maxBatchBytes ends a batch early when its records are long: a column's
// strings hold 2 GiB, and memory is better kept for the fetch.
const maxBatchBytes = 4 << 20

// Config says what to read.
type Config struct {
	Client ClientConfig
	Topic  string
	// GroupID is the group whose committed offsets StartGroup begins at, and
	// GroupReset what holds for partitions without one.
	GroupID    string
	GroupReset Reset

	Start        StartMode
	StartTime    time.Time
	StartOffsets map[int32]int64
	End          EndMode
	EndTime      time.Time
	EndOffsets   map[int32]int64

	// ReadUncommitted returns records of open and aborted transactions too.
	ReadUncommitted bool
	OutOfRange      Reset
	OnError         OnError
	// MaxRows and FetchMaxBytes: the defaults when 0.
	MaxRows       int
	FetchMaxBytes int
}

// Decoder fills columns from the bytes of a record; exec/format's decoders are
// ones. On error nothing has been appended.
type Decoder interface {
	Append(value []byte, cols []*exec.Column) error
}

// Columns says what a source's batches look like.
type Columns struct {
	// Types are the types of the batch's columns, in order.
	Types []catalog.Type
	// Value lists the columns that the value decoder fills, in its order; Key
	// those of the key decoder.
	Value, Key []int
	// NewValue and NewKey make the decoders, one of each for each source. A nil one
	// leaves its part of the record unread, which then is not checked either.
	NewValue, NewKey func() (Decoder, error)
	// Meta are the columns with facts about the record.
	Meta []MetaColumn
}

// MetaColumn is a column with a fact about the record.
type MetaColumn struct {
	Col  int
	Meta Meta
}
