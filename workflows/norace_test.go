//go:build !race

package workflows_test

const defaultSequences = 10_000
