package parties

import "github.com/streitfall/streitfall/dispute"

// Path is what the parties of a dispute do.
type Path struct {
	Name string
	// ends is how the dispute has to end, unless a step finds out that it has to end otherwise.
	ends   dispute.ClosingReason
	script []step
}

// agreedRefund is what merchant and customer agree on, in minor units: less than any case is about.
const agreedRefund = 2500

// Paths has one path for every closing reason.
var Paths = []Path{
	{"agreement on a refund", dispute.ClosedByAgreement, []step{respond, agree}},
	{"withdrawal", dispute.ClosedByWithdrawal, []step{withdraw}},
	{"no statement", dispute.ClosedNotSubstantiated, []step{respond, windowPasses, statementPasses}},
	{"not justified", dispute.ClosedNotJustified, []step{respond, windowPasses, state, judge(false)}},
	{"decided for the merchant", dispute.ClosedForMerchant, arbitration(decide(dispute.PartyMerchant))},
	{"loss accepted", dispute.ClosedLossAccepted, []step{acceptLoss}},
	{"silence", dispute.ClosedMerchantSilent, []step{windowPasses}},
	{"no information", dispute.ClosedNoInformation, arbitration(evidencePasses)},
	{"decided for the customer", dispute.ClosedForCustomer, arbitration(decide(dispute.PartyCustomer))},
	{"cancelled", dispute.ClosedByOperator, []step{cancel}},
}

// LatePaths are those on which somebody speaks close to a deadline.
var LatePaths = []Path{
	{"reaction at the last moment", dispute.ClosedLossAccepted, []step{windowPasses, respondLate, atOnce(acceptLoss)}},
	{"agreement at the last moment", dispute.ClosedByAgreement, []step{windowPasses, agreeLate}},
}

// arbitration is the long way to the last step.
func arbitration(last step) []step {
	script := []step{respond, windowPasses, state, judge(true)}
	if last.wait == dispute.WaitDecision {
		script = append(script, submit)
	}
	return append(script, last)
}

// PathTo is the plain path that ends with a reason.
func PathTo(reason dispute.ClosingReason) Path {
	for _, path := range Paths {
		if path.ends == reason {
			return path
		}
	}
	return Path{}
}
