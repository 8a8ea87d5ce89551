// Package postgres runs a real PostgreSQL server for the length of a test.
//
// The server is one that is installed, on PATH or where the packages of the distributions put it; nothing is
// downloaded, and where there is none Start fails with ErrMissing. It keeps its promises as in production: what
// is committed is on the disk (fsync is on), and Kill ends it as a loss of power would.
//
// Every server is its own: its data and its socket lie in one temporary folder, it listens on a free
// port of the loopback interface, and nobody gets in without the password in URL. PostgreSQL refuses to run as
// root, so root's tests run it as the user postgres or nobody (on Linux). It is not in the process group of its
// starter, so Ctrl-C leaves the order of stopping to the program, and on Linux it does not outlive its starter,
// however that one ends.
//
// A test package shares one server among its tests:
//
//	func TestMain(m *testing.M) { os.Exit(run(m)) }
//
//	func run(m *testing.M) int {
//		server, err := postgres.Start(context.Background())
//		if err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			return 1
//		}
//		defer server.Stop()
//		return m.Run()
//	}
package postgres
