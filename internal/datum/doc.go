// Package datum is scalar values as PostgreSQL 15 reads, prints and reckons
// with them: timestamps, dates, times, intervals, decimals, numbers, booleans
// and byte strings. It stands at the bottom of the module and knows nothing of
// columns, SQL types or the wire.
//
// # The path through it
//
//   - types.go: the representations (microseconds, days, Interval, Decimal).
//   - format*.go: Append… functions write PostgreSQL's text form to a buffer.
//   - parse*.go: Parse… functions read PostgreSQL's input forms from bytes.
//     TimestampParser is the one for long columns of similar timestamps.
//   - calendar.go, clock.go: civil dates, time zones. field.go, extract.go,
//     trunc.go: EXTRACT, date_trunc, date_bin. interval*.go: interval arithmetic.
//   - u128.go and decimal*.go: decimal arithmetic on a 128-bit coefficient.
//
// # What must always hold
//
//   - Append… and successful Parse… allocate nothing (parsing an unusual form,
//     such as a named time zone, may).
//   - Parse(Append(x)) == x, for every value of every type.
//   - Bad input gives a *sqlerr.Error with PostgreSQL's code and wording; no
//     input panics.
//   - Equal decimals and equal intervals have equal hash keys (Normalize,
//     Interval.Key), however they are represented.
//
// # Where it departs from PostgreSQL
//
//   - A Decimal has at most 38 digits. Sums and literals beyond that are 22003;
//     a product or quotient gives up fraction digits first (see Decimal.Mul).
//   - Timestamps count from 1970 and not 2000, so that the last timestamp is
//     294246-12-31 23:59:59.999999, thirty years before PostgreSQL's.
//   - Time text is ISO 8601 and MM/DD/YYYY. 'now', 'today' and their kin are not
//     values and are refused. A TIME is also read from any text with a date.
//
// # Tests
//
// testdata/postgres holds the answers of a real PostgreSQL 15 to some 14,000
// questions, and says where ours differs on purpose. To ask it again:
//
//	go test ./internal/datum -run TestPostgres -psql "host=/tmp user=postgres"
package datum
