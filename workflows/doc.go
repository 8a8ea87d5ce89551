// Package workflows is the process: one workflow per dispute, from opening to settlement, and the typed
// client with which backend services start and drive it.
//
// To read it, begin with story in workflow.go: its steps are the process in order, and each has a file.
package workflows
