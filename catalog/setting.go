package catalog

import (
	"runtime"
	"strconv"
	"time"
)

// SettingKind is the type of a session setting.
type SettingKind uint8

// The kinds of settings.
const (
	SetString SettingKind = iota
	SetInt
	SetBool
	SetEnum
	SetDuration // needs a unit
	SetMillis   // PostgreSQL's timeouts: a bare number is milliseconds
)

// kindWords are the names of kinds in pg_settings.
var kindWords = [...]string{"string", "integer", "bool", "enum", "string", "integer"}

// String is the kind as pg_settings.vartype names it.
func (k SettingKind) String() string { return kindWords[k] }

// SettingSpec declares a session setting.
type SettingSpec struct {
	Name    string // in the spelling of SHOW ALL
	Kind    SettingKind
	Default string
	// Enum lists the values of SetEnum.
	Enum []string
	// Min and Max bound numbers and, in nanoseconds, times, where Max is not 0.
	Min, Max int64
	// ReadOnly settings can be shown, not set.
	ReadOnly bool
	// Report has clients told of the value and its changes.
	Report bool
	// Alias is another name it goes by.
	Alias string
	Doc   string
	// check, where set, canonicalises a text or refuses it with a hint.
	check func(string) (string, error)
}

// Bounds of settings.
const (
	maxParallelism  = 1024
	maxBatchRows    = 65536
	maxWait         = int64(365 * 24 * time.Hour)
	maxMillis       = int64(1<<31-1) * int64(time.Millisecond)
	maxSettingBytes = 1024 // the length of a text setting
)

var isolationLevels = []string{"serializable", "repeatable read", "read committed", "read uncommitted"}

// settingSpecs are all settings, by name. Those of PostgreSQL that mean nothing
// here but that clients set or read take only the value that is true.
var settingSpecs = []SettingSpec{
	{Name: "aggregate.max-groups", Kind: SetInt, Default: "33554432", Min: 1, Max: 1 << 31,
		Doc: "The most groups that one aggregation may hold, over all its open windows; past it the query ends with 53200."},
	{Name: "allowed-lateness", Kind: SetDuration, Default: "0s", check: checkLateness,
		Doc: "How long a window is kept for corrections after it has fired; only 0 is supported."},
	{Name: "application_name", Default: "", Report: true, Doc: "The name of the client, shown in lists of queries."},
	{Name: "batch.max-rows", Kind: SetInt, Default: "512", Min: 1, Max: maxBatchRows, Doc: "The most rows of a batch."},
	{Name: "bytea_output", Kind: SetEnum, Default: "hex", Enum: []string{"hex"}, Doc: "The text form of byte strings."},
	{Name: "client_encoding", Default: "UTF8", Report: true, check: checkEncoding, Doc: "The character set of the client."},
	{Name: "client_min_messages", Kind: SetEnum, Default: "notice", Enum: []string{"debug5", "debug4", "debug3", "debug2",
		"debug1", "log", "notice", "warning", "error"}, Doc: "The least level of messages sent to the client."},
	{Name: "DateStyle", Default: "ISO, MDY", Report: true, check: checkDateStyle, Doc: "The text form of dates and times."},
	{Name: "default_transaction_isolation", Kind: SetEnum, Default: "read committed", Enum: isolationLevels,
		Doc: "Accepted for drivers; a query reads each record once."},
	{Name: "default_transaction_read_only", Kind: SetBool, Default: "off", Report: true, Doc: "Whether transactions only read."},
	{Name: "expression.on-error", Kind: SetEnum, Default: "auto", Enum: []string{"auto", "fail", "skip"},
		Doc: "What becomes of a row whose expressions fail: fail ends the query, skip counts and drops the row; auto is fail for bounded queries, skip for others."},
	{Name: "extra_float_digits", Kind: SetInt, Default: "1", Min: -15, Max: 3,
		Doc: "Floats are always printed so that they read back as the same number."},
	{Name: "idle_in_transaction_session_timeout", Kind: SetMillis, Default: "0", Max: maxMillis,
		Doc: "How long a session may be idle within a transaction; 0: for ever."},
	{Name: "in_hot_standby", Kind: SetBool, Default: "off", ReadOnly: true, Report: true, Doc: "Whether the server is a standby."},
	{Name: "integer_datetimes", Kind: SetBool, Default: "on", ReadOnly: true, Report: true, Doc: "Times are whole numbers."},
	{Name: "IntervalStyle", Kind: SetEnum, Default: "postgres", Enum: []string{"postgres"}, Report: true, Doc: "The text form of intervals."},
	{Name: "is_superuser", Kind: SetBool, Default: "on", ReadOnly: true, Report: true, Doc: "Whether the user may do everything."},
	{Name: "jit", Kind: SetBool, Default: "off", Doc: "Accepted for drivers; queries are always run the same way."},
	{Name: "join.max-bytes", Kind: SetInt, Default: "1073741824", Min: 1 << 10, Max: 1 << 50,
		Doc: "The most bytes of rows that one join may hold; past it the query ends with 53200."},
	{Name: "lock_timeout", Kind: SetMillis, Default: "0", Max: maxMillis, Doc: "There are no locks to wait for."},
	{Name: "lookup.pin", Kind: SetEnum, Default: "batch", Enum: []string{"batch", "window"},
		Doc: "How long rows see one version of a lookup table: a batch, or all rows of the window they are in."},
	{Name: "max_identifier_length", Kind: SetInt, Default: strconv.Itoa(MaxNameLength), ReadOnly: true, Doc: "The longest name, in bytes."},
	{Name: "optimizer.rules", Default: "on", check: checkRules,
		Doc: "on, off, or a list of rules: -name leaves one out, plain names take only those."},
	{Name: "parallelism", Kind: SetInt, Default: strconv.Itoa(runtime.GOMAXPROCS(0)), Min: 1, Max: maxParallelism,
		Doc: "How many tasks of a query may work side by side."},
	{Name: "reject.table", check: checkTableName, Doc: "The table that takes records that cannot be read and rows that cannot be used, of tables that name none themselves."},
	{Name: "row_security", Kind: SetBool, Default: "on", Doc: "There are no policies; accepted for pg_dump."},
	{Name: "scan.idle-timeout", Kind: SetDuration, Default: "10s", Max: maxWait, Alias: "watermark.idle-timeout",
		Doc: "How long a partition is silent, when read to its end, before it holds the watermark back no more."},
	{Name: "search_path", Default: `"$user", public`, check: checkPath, Doc: "The schema that names without one are in."},
	{Name: "server_encoding", Default: "UTF8", ReadOnly: true, Report: true, Doc: "The character set of the server."},
	{Name: "server_version", Default: "15.8 (Penstock)", ReadOnly: true, Report: true, Doc: "The version of PostgreSQL that is spoken."},
	{Name: "server_version_num", Kind: SetInt, Default: "150008", ReadOnly: true, Doc: "The same as a number."},
	{Name: "session_authorization", Default: "penstock", ReadOnly: true, Report: true, Doc: "The user of the session."},
	{Name: "sort.max-bytes", Kind: SetInt, Default: "1073741824", Min: 1 << 10, Max: 1 << 50,
		Doc: "The most bytes of rows that one ORDER BY may hold; past it the query ends with 53200."},
	{Name: "standard_conforming_strings", Kind: SetBool, Default: "on", Report: true, check: onlyOn,
		Doc: "Backslashes are plain characters in ordinary strings."},
	{Name: "statement_timeout", Kind: SetMillis, Default: "0", Max: maxMillis, Doc: "How long a statement may run; 0: for ever."},
	{Name: "TimeZone", Default: "UTC", Report: true, check: checkZone, Doc: "The zone that times with time zone are shown in."},
	{Name: "transaction_isolation", Kind: SetEnum, Default: "read committed", Enum: isolationLevels,
		Doc: "Accepted for drivers; a query reads each record once."},
	{Name: "transaction_read_only", Kind: SetBool, Default: "off", Doc: "Whether the current transaction only reads."},
	{Name: "watermark.default-delay", Kind: SetDuration, Default: "5s", Max: maxWait,
		Doc: "How far the watermark lies behind the latest row where no WATERMARK is declared."},
}
