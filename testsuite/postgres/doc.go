// Package postgres runs a real PostgreSQL server for tests.
//
// The server must be installed, on PATH or where the packages of the distributions install it; otherwise Start fails with
// ErrMissing. It is as durable as in production (fsync is on), and Kill ends it as a loss of power would.
//
// Each server has its data and its socket in one temporary folder, listens on a free port of the loopback interface, and
// requires the password in URL. PostgreSQL refuses to run as root, so root's tests run it as the user postgres or nobody.
// Its process is that of package process: Ctrl-C does not reach it, and on Linux it dies with its parent.
package postgres
