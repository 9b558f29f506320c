// Package listen opens the ports that Penstock serves on. Until there is
// authentication these are on the loopback address only, and this package is where that is
// made sure of.
package listen
