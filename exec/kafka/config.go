package kafka

import (
	"regexp"
	"strings"
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
	OnErrorReject
)

// Rejected is a record that a decoder refused. Its bytes are valid until the
// hook that takes it returns.
type Rejected struct {
	Topic     string
	Partition int32
	Offset    int64
	Timestamp int64 // milliseconds; negative: none
	Key       []byte
	Value     []byte // nil: null
	Err       error
}

// DefaultMaxRows is the length of batches: keys are read again while their
// cache lines are near.
const DefaultMaxRows = 512

// maxBatchBytes ends a batch early when its records are long: a column's
// strings hold 2 GiB, and memory is better kept for the fetch.
const maxBatchBytes = 4 << 20

// Config says what to read.
type Config struct {
	Client ClientConfig
	// Topic is read, or the Topics, or all those whose whole name Pattern matches.
	Topic   string
	Topics  []string
	Pattern *regexp.Regexp
	// Discovery is how often new partitions and topics are looked for, which are
	// then read from their beginnings; 0: never. Bounded scans never do.
	Discovery time.Duration
	// GroupID is the group whose committed offsets StartGroup begins at, and
	// GroupReset what holds for partitions without one.
	GroupID    string
	GroupReset Reset
	// CommitEvery is how often the positions are noted for GroupID, so that
	// Kafka's tools show the lag; 0: never.
	CommitEvery time.Duration

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
	// Reject takes the records that OnErrorReject refuses; an error ends the query.
	Reject func(Rejected) error
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
	// Upsert: a record stands for its key, so that one without a key is refused.
	// With Deletes a tombstone is a row, whose value columns are NULL.
	Upsert, Deletes bool
}

// MetaColumn is a column with a fact about the record.
type MetaColumn struct {
	Col  int
	Meta Meta
}

// topics are the names that are known from the start.
func (c *Config) topics() []string {
	switch {
	case c.Pattern != nil:
		return nil
	case len(c.Topics) > 0:
		return c.Topics
	}
	return []string{c.Topic}
}

// name is what messages call the topics.
func (c *Config) name() string {
	switch {
	case c.Pattern != nil:
		return c.Pattern.String()
	case len(c.Topics) > 0:
		return strings.Join(c.Topics, ";")
	}
	return c.Topic
}
