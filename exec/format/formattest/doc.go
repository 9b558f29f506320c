// Package formattest is what the tests of formats share.
package formattest
