// Package scalar is what the text formats share: reading one SQL value from its
// text into a column, and writing one back.
//
// A Reader stands for one column's type. JSON texts, CSV fields and numbers
// pass through it, so that a value is read alike in whatever it comes; parsing
// proper is in internal/datum, this package adds what belongs to the type of a
// column (lengths, precisions, integer ranges) and what data has beyond SQL
// text: times as numbers, base64.
//
// What must always hold:
//
//   - A method that returns an error has changed the column in nothing but
//     bytes at the end of Data that no row owns; the decoder cuts those off.
//   - Nothing is allocated for a good value.
package scalar
