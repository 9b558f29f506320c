// Package catalog is what the server knows of: SQL types, and the tables, views
// and jobs that users have defined; also the registries that check WITH options
// and session settings.
//
// # The path through it
//
//   - types.go: the SQL types. types_oid.go: the one table that maps them to
//     PostgreSQL's identifiers and Arrow's names. Types without a counterpart
//     in PostgreSQL (ROW, MAP) travel as json.
//   - objects.go: Table, View, Job: plain structs that turn into JSON. Expressions
//     in them are SQL text, so this package needs no parser.
//   - version.go: Version, a read-only snapshot, and how names are looked up in it.
//   - catalog.go: Catalog holds the current Version and swaps it whole; Tx is a
//     change to it; Overlay holds a session's temporary objects.
//   - store.go: the durable copy, one file in the data directory.
//   - option.go, optionvalue.go: WITH options; mask.go hides their secrets, and
//     secret.go resolves references to secrets where a connector opens.
//   - setting.go, settings.go: SET, SHOW, RESET.
//
// # What must always hold
//
//   - A Version and everything it gives out never changes. Readers take one and
//     use it as long as they like; they wait for no one.
//   - Writers are one after another. A change is on disk before anyone sees it.
//   - Names are looked up exactly first, then, unless quoted, without case.
//   - An unknown option or setting is an error with a suggestion, never ignored.
//   - A secret in an option is kept, for it is needed, and shown to nobody.
package catalog
