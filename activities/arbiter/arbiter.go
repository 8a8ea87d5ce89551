// Package arbiter has the two ways to judge a dispute: leave every ruling to the desk, or let rules take
// those that need nobody to open a file.
package arbiter

import (
	"context"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// Desk refers every ruling to the people at the desk.
type Desk struct{}

// Judge never rules.
func (Desk) Judge(context.Context, activities.Case) (*dispute.Ruling, error) {
	return nil, nil
}

// Rules rules on what is plain from the case itself and refers everything else to the desk.
type Rules struct{}

// RuledBy is who Rules says has ruled.
const RuledBy = "rules"

// forTheDesk are the reasons behind which fraud may be: nothing that the customer states settles them.
var forTheDesk = []dispute.Reason{dispute.ReasonUnauthorizedPurchase, dispute.ReasonHighRiskOrder}

// Judge finds a complaint justified when the customer has stated a reason for it: the merchant is then
// asked, and nothing is lost for either side. It never finds one unjustified and never makes the final
// decision, because both take a look at what was put forward.
func (Rules) Judge(_ context.Context, in activities.Case) (*dispute.Ruling, error) {
	if in.Stage != dispute.StageJustification || strings.TrimSpace(in.Statement) == "" ||
		slices.Contains(forTheDesk, in.Dispute.Reason) {
		return nil, nil
	}
	justified := true
	return &dispute.Ruling{
		Stage: dispute.StageJustification, Justified: &justified, RuledBy: RuledBy,
		Rationale: "The customer has stated a reason; the merchant is asked for information before anything is decided.",
	}, nil
}
