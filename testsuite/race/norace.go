//go:build !race

// Package race tells tests whether the race detector is on, under which they take many times longer.
package race

// Enabled reports whether the race detector is on.
const Enabled = false
