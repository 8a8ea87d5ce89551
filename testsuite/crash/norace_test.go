//go:build !race

package crash_test

// every is how many points of death there are to one that is tried: all of them.
const every = 1
