// Package replay tests that disputes that run for weeks survive new code: a history of every path and every wait is
// recorded for each version, and its tests replay all of them with the current workflow.
//
// The same tests play all paths on a real Temporal, and record them on request. The histories of a version are recorded by
// the code of that version, in its own checkout, never by the code that they are to test:
//
//	go test ./testsuite/replay -run TestPaths -record v1
//
// Histories of disputes on another server, which TEMPORAL_ADDRESS and the other variables of Temporal's tools name, are
// recorded by their workflow IDs. They are stored with their payloads, so only disputes of made-up persons may be recorded:
//
//	go test ./testsuite/replay -run TestRecordByID -record v1 -workflows dispute-kd-1,dispute-kd-2
package replay
