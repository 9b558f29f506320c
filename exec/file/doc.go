// Package file is the connector 'file': each line of a file is a record.
//
// Source reads one file, as one split. input.go is the bytes: a regular file, a
// pipe or standard input, gzip unpacked. lines.go cuts them into lines without
// copying. Source decodes line by line into its batch.
//
// By default the end of the file is the end of the input. With scan.follow it
// waits there, and starts at the beginning of a file that took the name's place
// (rotation) or that has become shorter (truncation).
//
// Sink adds lines to the end of a file, or to an emptied one with sink.append =
// false; adding is the default, for a continuous query that is started again
// must not throw away what it wrote before.
//
// What must always hold:
//
//   - No wait is longer than readTick, so that the task can look at the clock
//     and at its context; nothing blocks without a deadline.
//   - A line above the limit never stays in memory, whatever its length.
//   - The last line counts without its line end in a bounded file; in a followed
//     one it waits for it.
//   - Errors name the file and the line.
package file
