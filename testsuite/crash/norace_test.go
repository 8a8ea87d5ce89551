//go:build !race

package crash_test

// every is the distance between the points that are tried: all of them.
const every = 1
