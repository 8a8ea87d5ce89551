package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/streitfall/streitfall/activities"
)

// Reconciliation reports which disputes are open in the ledger while no workflow works on them. It changes
// nothing: an operator reads the report, here or in the Web UI, and acts with the command line.
func Reconciliation(ctx workflow.Context) (activities.StrandedReport, error) {
	report, err := findStranded(ctx)
	if err == nil {
		workflow.SetCurrentDetails(ctx, strandedDetails(report))
	}
	return report, err
}

// strandedDetails are what the Web UI shows of a report.
func strandedDetails(report activities.StrandedReport) string {
	var text strings.Builder
	fmt.Fprintf(&text, "**%d of %d open disputes are stranded.**", report.Total, report.Open)
	if report.Total > 0 {
		text.WriteString(" `starter ledger reconcile` helps them.\n")
	}
	for _, s := range report.Stranded[:min(len(report.Stranded), 20)] {
		fmt.Fprintf(&text, "\n- `%s`: %s", s.ID, s.Finding)
	}
	return text.String()
}
