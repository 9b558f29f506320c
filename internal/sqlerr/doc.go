// Package sqlerr is the error of this project: a message for the user with an
// SQLSTATE, the place in the user's text it speaks of, and a hint.
//
// An error gets its code where it is made and keeps it on the way out; a layer
// above adds only facts that it alone knows (topic, partition, offset), by %w.
// The two front doors map it to a PostgreSQL ErrorResponse and to
// problem+json; nothing else looks inside.
//
// Positions are byte offsets plus one, so that the zero value of every struct
// that holds one means "not known". Only the session, which has the text, turns
// them into line and column (see Locate).
package sqlerr
