//go:build race

package crash_test

// every is how many points of death there are to one that is tried: the race detector makes each a lot slower.
const every = 6
