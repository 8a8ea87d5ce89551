package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// localOnce are the options of a step's first attempt. It must end well within a workflow task (10 s), because updates
// and queries of the dispute wait meanwhile.
var localOnce = workflow.LocalActivityOptions{
	StartToCloseTimeout: 3 * time.Second,
	RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
}

// profile is the retry policy of a step as a regular activity, where an operator sees the pending step and its last
// error. No profile gives up: nothing is decided on a failure of our own.
type profile struct {
	timeout    time.Duration
	maxBackoff time.Duration
	// heartbeat is the heartbeat timeout of a long step; 0 for the others.
	heartbeat time.Duration
	// awaitCancelled means that a cancelled step has ended when its attempt has: until then a message can still be taken.
	awaitCancelled bool
}

var (
	// ownSystem is the profile of the ledger and the arbiter: retried soon.
	ownSystem = profile{timeout: 10 * time.Second, maxBackoff: time.Minute}
	// foreignSystem is the profile of mail servers and portals: slower, and retried less often.
	foreignSystem = profile{timeout: 30 * time.Second, maxBackoff: 10 * time.Minute, awaitCancelled: true}
	// longReport is the profile of steps that read much and change nothing.
	longReport = profile{timeout: time.Hour, maxBackoff: 10 * time.Minute, heartbeat: time.Minute}
)

func (p profile) options(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: p.timeout,
		HeartbeatTimeout:    p.heartbeat,
		WaitForCancellation: p.awaitCancelled,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: p.maxBackoff},
		Summary:             summary,
	}
}

// stalledAfter is how long a step may be retried before the dispute that waits for it is stalled.
const stalledAfter = time.Hour

// closingRetryTimeout is how long a refused closing message keeps the run open for an operator to correct the address.
const closingRetryTimeout = 30 * 24 * time.Hour

// deskTimeout is how long the desk may take before its ruling is overdue and attention is raised.
const deskTimeout = 60 * 24 * time.Hour
