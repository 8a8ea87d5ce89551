// Package race tells tests whether they run under the race detector, where the same work takes several times as long.
package race
