package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Most steps are tried once as a local activity. It must end well within a workflow task (10 s): updates and queries
// of the dispute wait meanwhile.
var localOnce = workflow.LocalActivityOptions{
	StartToCloseTimeout: 3 * time.Second,
	RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
}

// profile is how a step goes on when its first attempt did not succeed: as a regular activity, where an operator sees
// the pending step and its last error. None gives up: nothing is decided on a failure of our own.
type profile struct {
	timeout    time.Duration
	maxBackoff time.Duration
	// heartbeat is within which time a long step says that it goes on; 0 for the others.
	heartbeat time.Duration
}

var (
	// ownSystem is for the ledger, the arbiter and our own tables: back as soon as they are.
	ownSystem = profile{timeout: 10 * time.Second, maxBackoff: time.Minute}
	// foreignSystem is for mail servers and portals: slower, and not to be hammered.
	foreignSystem = profile{timeout: 30 * time.Second, maxBackoff: 10 * time.Minute}
	// longReport is for what asks many questions and changes nothing.
	longReport = profile{timeout: time.Hour, maxBackoff: 10 * time.Minute, heartbeat: time.Minute}
)

func (p profile) options(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: p.timeout,
		HeartbeatTimeout:    p.heartbeat,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: p.maxBackoff},
		Summary:             summary,
	}
}

// deskPatience is how long the desk may take before an operator is called.
const deskPatience = 60 * 24 * time.Hour
