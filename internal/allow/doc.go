// Package allow decides which local files and which hosts a connector may
// reach: the lists of --allow-paths and --allow-hosts.
//
// A List without entries allows every file and every host but one kind: the
// addresses at which machines in a cloud tell their secrets to whoever asks from
// inside (link-local addresses and the known metadata services). Those must be
// listed to be reached, by the address itself or a range within them; a wildcard
// or 0.0.0.0/0 does not do.
//
// Use: Host says early, when a table is declared, that a name can never do.
// Dialer is the one that counts: it judges the address that the connection is
// about to be made to, after the name was resolved, so that neither a redirect
// nor a name that changes its address between two questions gets past it.
// Every client of the network that takes addresses from SQL dials through it.
//
// What must always hold:
//
//   - A path is judged after all links in it were followed.
//   - Nothing says whether a file outside the list exists.
//   - A nil *List is an empty one.
//   - Errors are 42501 and name what was refused, without user or password.
package allow
