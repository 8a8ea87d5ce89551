package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
)

// Reconciliation reports the disputes that are open in the ledger and have no running workflow. It changes nothing: an
// operator reads the report, in its result or in the Web UI, and repairs with `starter ledger reconcile`.
func Reconciliation(ctx workflow.Context) (activities.StrandedReport, error) {
	report, err := findStranded(ctx)
	if err == nil {
		workflow.SetCurrentDetails(ctx, strandedDetails(report))
	}
	return report, err
}

// strandedDetails returns what the Web UI shows of a report.
func strandedDetails(report activities.StrandedReport) string {
	var text strings.Builder
	fmt.Fprintf(&text, "**%d of %d open disputes are stranded.**", report.Total, report.Open)
	if report.Total > 0 {
		text.WriteString(" `starter ledger reconcile` repairs them.\n")
	}
	for _, s := range report.Stranded[:min(len(report.Stranded), 20)] {
		fmt.Fprintf(&text, "\n- `%s`: %s", s.ID, s.Finding)
	}
	return text.String()
}
