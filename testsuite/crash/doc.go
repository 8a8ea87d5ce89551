// Package crash kills the worker, Temporal and PostgreSQL in the middle of disputes, takes the mail server and the
// portal away, and asserts that everything ends as if nothing had happened. The worker is a process of its own,
// which dies by SIGKILL: before and after each of its writes to the ledger, each message, and each task that it
// hands in.
package crash
