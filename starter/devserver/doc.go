// Package devserver runs a real Temporal server for the length of a test or of the demo.
//
// The server is the one of the Temporal CLI: the program temporal on PATH when it is recent enough, else one
// that Go builds from the pinned and checksummed modules in temporal.mod. The first build takes about two
// minutes; its result stays in Go's build cache. No finished program is ever downloaded.
//
// Every server is its own: free ports on the loopback interface, a home folder that goes away with it, no look
// at the user's Temporal configuration, no question to the outside whether there is a newer version. It is not
// in the process group of its starter, so Ctrl-C leaves the order of stopping to the program, and on Linux it
// does not outlive its starter, however that one ends (a script named temporal on PATH has to exec for that).
//
// Whoever has a server already, named in TEMPORAL_ADDRESS, uses that one and never comes here.
//
// A test package shares one server among its tests:
//
//	func TestMain(m *testing.M) { os.Exit(run(m)) }
//
//	func run(m *testing.M) int {
//		server, err := devserver.Start(context.Background(), devserver.Options{})
//		if err != nil {
//			fmt.Fprintln(os.Stderr, err)
//			return 1
//		}
//		defer server.Stop()
//		return m.Run()
//	}
package devserver
