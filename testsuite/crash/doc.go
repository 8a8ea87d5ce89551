// Package crash kills the worker, Temporal and PostgreSQL in the middle of disputes, takes the mail server and the portal
// down, and asserts that every dispute ends as it would have without the failure. The worker is a process of its own, which
// dies by SIGKILL: before and after each write to the ledger, each message, and each completion of a workflow task.
package crash
