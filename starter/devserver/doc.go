// Package devserver runs a real Temporal server for the demo and for tests.
//
// The server is the one of the Temporal CLI: the program temporal on PATH if it is recent enough, else one that Go builds
// from the pinned and checksummed modules in temporal.mod. The first build takes about two minutes; the result stays in
// Go's build cache. No binaries are downloaded.
//
// Each server has its own free ports on the loopback interface and a home folder that is removed with it. It ignores the
// user's configuration of Temporal and does not look for new versions on the network. Its process is that of package
// process: Ctrl-C does not reach it, and on Linux it dies with its parent (a script named temporal on PATH has to exec).
package devserver
