package sqlerr

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Code is a five-letter SQLSTATE of PostgreSQL's appendix A.
type Code string

// The codes in use. Add to the list rather than writing a literal elsewhere.
const (
	SuccessfulCompletion       Code = "00000"
	Warning                    Code = "01000"
	ProtocolViolation          Code = "08P01"
	ConnectionFailure          Code = "08006"
	CannotConnect              Code = "08001"
	FeatureNotSupported        Code = "0A000"
	DataException              Code = "22000"
	StringTruncation           Code = "22001"
	NumericOutOfRange          Code = "22003"
	InvalidDatetimeFormat      Code = "22007"
	DatetimeOverflow           Code = "22008"
	TimeZoneDisplacement       Code = "22009"
	SubstringError             Code = "22011"
	DivisionByZero             Code = "22012"
	IntervalFieldOverflow      Code = "22015"
	InvalidEscape              Code = "22025"
	InvalidRegularExpression   Code = "2201B"
	InvalidArgumentForPower    Code = "2201F"
	InvalidWidthBucket         Code = "2201G"
	ArraySubscriptError        Code = "2202E"
	NullNotAllowed             Code = "22004"
	InvalidArgumentForLog      Code = "2201E"
	InvalidLimit               Code = "2201W"
	InvalidOffset              Code = "2201X"
	InvalidParameterValue      Code = "22023"
	InvalidJSONText            Code = "22032"
	InvalidTextRepresentation  Code = "22P02"
	InvalidBinaryRepresent     Code = "22P03"
	UntranslatableCharacter    Code = "22P05"
	BadByteSequence            Code = "22021"
	NotNullViolation           Code = "23502"
	InvalidCursorState         Code = "24000"
	InvalidTransactionState    Code = "25000"
	ActiveTransaction          Code = "25001"
	NoActiveTransaction        Code = "25P01"
	InFailedTransaction        Code = "25P02"
	InvalidStatementName       Code = "26000"
	InvalidAuthorization       Code = "28000"
	InvalidPassword            Code = "28P01"
	DependentObjects           Code = "2BP01"
	InvalidCursorName          Code = "34000"
	InvalidCatalogName         Code = "3D000"
	InvalidSavepoint           Code = "3B001"
	InvalidSchemaName          Code = "3F000"
	SyntaxError                Code = "42601"
	InvalidName                Code = "42602"
	NameTooLong                Code = "42622"
	InsufficientPrivilege      Code = "42501"
	CannotCoerce               Code = "42846"
	GroupingError              Code = "42803"
	WindowingError             Code = "42P20"
	DatatypeMismatch           Code = "42804"
	WrongObjectType            Code = "42809"
	UndefinedColumn            Code = "42703"
	UndefinedFunction          Code = "42883"
	UndefinedTable             Code = "42P01"
	UndefinedParameter         Code = "42P02"
	UndefinedObject            Code = "42704"
	DuplicateColumn            Code = "42701"
	DuplicateCursor            Code = "42P03"
	DuplicatePreparedStatement Code = "42P05"
	DuplicateTable             Code = "42P07"
	DuplicateAlias             Code = "42712"
	DuplicateObject            Code = "42710"
	DuplicateFunction          Code = "42723"
	AmbiguousColumn            Code = "42702"
	AmbiguousFunction          Code = "42725"
	InvalidColumnReference     Code = "42P10"
	InvalidTableDefinition     Code = "42P16"
	InvalidObjectDefinition    Code = "42P17"
	IndeterminateDatatype      Code = "42P18"
	InsufficientResources      Code = "53000"
	OutOfMemory                Code = "53200"
	TooManyConnections         Code = "53300"
	ConfigurationLimitExceeded Code = "53400"
	InvalidFunctionDefinition  Code = "42P13"
	ProgramLimitExceeded       Code = "54000"
	StatementTooComplex        Code = "54001"
	ObjectNotInPrerequisite    Code = "55000"
	ObjectInUse                Code = "55006"
	CantChangeRuntimeParam     Code = "55P02"
	QueryCanceled              Code = "57014"
	AdminShutdown              Code = "57P01"
	IOError                    Code = "58030"
	UndefinedFile              Code = "58P01"
	InternalError              Code = "XX000"
	DataCorrupted              Code = "XX001"
)

// Pos is a byte offset plus one into the text given to the parser; 0 means
// that the place is not known.
type Pos int

// Error is what a user is told. Build it with New and the chained setters at
// the place where the fault is found.
type Error struct {
	Code    Code
	Message string
	Detail  string
	HintMsg string
	Pos     Pos
	// Line and Col (1-based, Col in characters) are set by Locate.
	Line, Col int
	Cause     error
}

// New makes an error with a message in PostgreSQL's manner: lower case, no
// full stop.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap gives a foreign error an SQLSTATE; the message is format, the cause
// stays reachable by errors.Is and errors.As.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// At sets the place unless one is known already: the innermost place wins.
func (e *Error) At(p Pos) *Error {
	if e.Pos == 0 {
		e.Pos = p
	}
	return e
}

// Hint sets the advice to the user.
func (e *Error) Hint(format string, args ...any) *Error {
	e.HintMsg = fmt.Sprintf(format, args...)
	return e
}

// WithDetail sets the second line of the message.
func (e *Error) WithDetail(format string, args ...any) *Error {
	e.Detail = fmt.Sprintf(format, args...)
	return e
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%d:%d: %s (%s)", e.Line, e.Col, e.Message, e.Code)
	}
	return fmt.Sprintf("%s (%s)", e.Message, e.Code)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// From finds the *Error in err, or makes one: cancellation becomes 57014,
// anything else XX000. The message of the outermost error is kept, so facts
// added by %w on the way are not lost. It returns nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok { //nolint:errorlint // the outermost error as it is; wrapped ones come below
		return e
	}
	if e, ok := errors.AsType[*Error](err); ok {
		c := *e
		c.Message = trimCode(err.Error(), e)
		c.Cause = err
		return &c
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Wrap(err, QueryCanceled, "canceling statement due to user request")
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, QueryCanceled, "canceling statement due to statement timeout")
	}
	return Wrap(err, InternalError, "%s", err.Error())
}

// trimCode takes the " (42601)" and position of the inner text out again.
func trimCode(outer string, inner *Error) string {
	in := inner.Error()
	if len(outer) >= len(in) && outer[len(outer)-len(in):] == in {
		return outer[:len(outer)-len(in)] + inner.Message
	}
	return outer
}

// CodeOf gives the SQLSTATE of any error.
func CodeOf(err error) Code {
	if err == nil {
		return SuccessfulCompletion
	}
	return From(err).Code
}

// Locate fills Line and Col from the text that Pos speaks of.
func (e *Error) Locate(src string) *Error {
	if e.Pos <= 0 {
		return e
	}
	e.Line, e.Col = LineCol(src, e.Pos)
	return e
}

// LineCol turns a position into a line and a column, both from 1; the column
// counts characters, not bytes.
func LineCol(src string, p Pos) (line, col int) {
	off := min(max(int(p)-1, 0), len(src))
	line, start := 1, 0
	for i := range off {
		if src[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(src[start:off]) + 1
}

// CharPos turns a position into PostgreSQL's: 1-based, in characters.
func CharPos(src string, p Pos) int {
	if p <= 0 {
		return 0
	}
	return utf8.RuneCountInString(src[:min(int(p)-1, len(src))]) + 1
}
