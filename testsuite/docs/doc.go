// Package docs tests the README files: it runs their commands as a reader would, in order and in one clean folder, and
// compares their tables with the code.
//
// The kind of a fenced block says what happens to it:
//
//	sh        is run with bash, unless notRun has a reason. All blocks share one shell and its background jobs.
//	sh end    is run after the blocks of all files: it stops what they have started.
//	text      is the output of the sh block before it, with … for what differs. It may leave lines out.
//	json      must be valid JSON.
//
// Every other kind is only shown.
package docs
