// Package operations tests what operators rely on: that nothing personal is readable where it need not be, that
// keys can be changed and builds be replaced under running disputes, and that metrics and health tell the
// truth. It runs the worker as they do, as a process of its own that its environment configures.
package operations
