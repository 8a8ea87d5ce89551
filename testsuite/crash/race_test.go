//go:build race

package crash_test

// every is the distance between the points that are tried: the race detector makes each test much slower.
const every = 6
