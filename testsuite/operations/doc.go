// Package operations tests what operators rely on: no personal data where it need not be, key rotation and the
// replacement of builds under running disputes, resets, metrics, and health. It runs the worker as operators do: as a
// process of its own, configured by its environment.
package operations
