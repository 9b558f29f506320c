// Package file is the connector 'file': files, directories of them, and objects of
// stores.
//
// OpenScan lists what a table's path stands for (objects.go; stores.go for URLs);
// each file is a split, and a Source reads some of them one after the other. Of
// formats that consist of records input.go gives the bytes (a regular file, a
// pipe, an object, unpacked by compress.go) and lines.go cuts them, without
// copying; of formats that are files as a whole the format reads (FileReader).
// Google's store has a driver of its own (google.go, gcs).
// List, Open and ReadObject serve others who read files.
//
// By default the end of the files is the end of the input. With scan.follow a
// file is read on as it grows, and anew when another took its name or it has become
// shorter (follow.go). With source.monitor-interval a directory is looked at for
// new files (watch.go); they are one split.
//
// Sink adds lines to the end of a file, or to an emptied one with sink.append =
// false; adding is the default, for a continuous query that is started again
// must not throw away what it wrote before. partSink (sink_parts.go) writes files
// as a whole: into directories, to stores, and in formats that cannot be added to.
//
// What must always hold:
//
//   - No wait of a local file is longer than readTick, so that the task can look at
//     the clock and at its context; reading a store ends with the context.
//   - A line above the limit never stays in memory, whatever its length.
//   - The last line counts without its line end in a bounded file; in a followed
//     one it waits for it.
//   - A batch is of one split. Errors name the file and the line.
//   - A file that is written whole appears under its name when it is complete.
//   - Nothing is opened that Config.Allow refuses, links followed.
package file
