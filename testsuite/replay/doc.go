// Package replay proves that disputes which wait for weeks survive new code: every path of the process and every wait
// is kept as a recorded history, by the version that ran it, and its tests replay all of them with the workflow as
// it is now.
//
// The same tests play all paths on a real Temporal, and record them when asked to. The histories of a version are
// recorded by the code of that version, in its own checkout, never by the code that they are to test:
//
//	go test ./testsuite/replay -run TestPaths -record v1
//
// Histories of disputes on another server, the one that TEMPORAL_ADDRESS and its companions name, come by their
// workflow ids. They are kept with all that they hold, so only those of made-up persons may be recorded:
//
//	go test ./testsuite/replay -run TestRecordByID -record v1 -workflows dispute-kd-1,dispute-kd-2
package replay
