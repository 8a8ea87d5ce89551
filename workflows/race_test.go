//go:build race

package workflows_test

// defaultSequences are fewer under the race detector, where each takes several times longer.
const defaultSequences = 1_000
