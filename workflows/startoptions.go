package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/dispute"
)

// unlimited is a timeout that ends no dispute. SDKs and servers that have no word for "none" use ten years.
const unlimited = 10 * 365 * 24 * time.Hour

// checkStart refuses a start with options under which the run would end, or begin again, without anybody being told: the
// invoice would stay paused for ever. README.md has what becomes of every option.
func checkStart(info *workflow.Info) error {
	var faults []string
	limited := func(option string, timeout time.Duration) {
		if timeout > 0 && timeout < unlimited {
			faults = append(faults, fmt.Sprintf("%s of %s, which would end the dispute without a settlement", option, timeout))
		}
	}
	limited("an execution timeout", info.WorkflowExecutionTimeout)
	limited("a run timeout", info.WorkflowRunTimeout)
	if info.CronSchedule != "" {
		faults = append(faults, fmt.Sprintf("the cron schedule %.64q, which would start it again after its end; terminate the workflow",
			info.CronSchedule))
	}
	if parent := info.ParentWorkflowExecution; parent != nil {
		faults = append(faults, fmt.Sprintf("the parent workflow %.200q, whose end would end the dispute; start it from an activity", parent.ID))
	}
	if len(faults) == 0 {
		return nil
	}
	return dispute.Refuse(dispute.CodeInvalidDispute, "the workflow was started with %s", strings.Join(faults, "; with "))
}
