// Package race reports whether a test binary runs under the race detector, where the same work takes several times as long.
package race
