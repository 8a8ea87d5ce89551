// Package arbiter has the two arbiters: Desk refers every ruling to people, Rules decides some of them itself.
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

// Judge always returns nil.
func (Desk) Judge(context.Context, activities.Case) (*dispute.Ruling, error) {
	return nil, nil
}

// Rules rules on what follows from the case itself and refers everything else to the desk.
type Rules struct{}

// RuledBy is the name under which Rules rules.
const RuledBy = "rules"

// forTheDesk are the reasons that may hide fraud: the customer's statement alone cannot settle them.
var forTheDesk = []dispute.Reason{dispute.ReasonUnauthorizedPurchase, dispute.ReasonHighRiskOrder}

// Judge finds a complaint justified if the customer has stated a reason: the merchant is then asked for information, and
// neither side has lost. It never finds a complaint unjustified and never makes the final decision, because both require a
// person to read the statements and the evidence. It returns nil where the desk has to rule.
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
