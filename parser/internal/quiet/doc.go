// Package quiet takes two variables out of the environment before a library
// reads them: the TiDB parser links github.com/pingcap/failpoint, whose init
// starts an HTTP server when GO_FAILPOINTS_HTTP is set and arms fault
// injection from GO_FAILPOINTS. A SQL engine must do neither because of what
// happens to be in its environment.
//
// Go initialises packages in the order of their import paths as soon as their
// own imports are ready, and this path sorts before github.com/pingcap: the
// package must import nothing but os. A test in package parser starts a
// process to see that it holds.
package quiet
