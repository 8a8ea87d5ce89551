// Package testsuite tests the product as a whole: the assembled worker on a real Temporal, with a real
// ledger and a real mail server, driven through the typed client. Its sub-folder devserver starts the
// Temporal for it, and for the demo.
package testsuite
