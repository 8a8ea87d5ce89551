// Package process runs programs beside a test or the demo: servers that can be killed at any moment, as a crash
// would, and come back on what they had written.
//
// A process is not in the process group of its starter, so Ctrl-C leaves the order of stopping to the program, and
// on Linux it does not outlive its starter, however that one ends. Killed, it takes along all that it has started.
package process
