// Package examples has programs of backends, in languages other than Go, and tests them: each is run as README.md says, beside
// Temporal, a worker and the portal.
package examples
