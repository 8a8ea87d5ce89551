package parties

import "github.com/streitfall/streitfall/dispute"

// Path is the script of a dispute: what its parties do, in order, and how the dispute then ends.
type Path struct {
	// Name names the path in reports: "agreement on a refund".
	Name string
	// About says in a sentence what the complaint is about and what becomes of it.
	About string
	// Ends is the closing reason, unless a step finds out that the dispute has to end otherwise.
	Ends   dispute.ClosingReason
	script []step
}

// agreedRefund is what merchant and customer agree on, in cents of EUR: less than the amount of any case.
const agreedRefund = 3000

// Paths has one path for every closing reason, in the order of dispute.ClosingReasons.
var Paths = []Path{
	{
		Name: "agreement on a refund", Ends: dispute.ClosedByAgreement,
		About: "A scratched espresso machine; they agree on 30 EUR off.",
		script: []step{
			write("The machine is scratched on both sides."),
			propose(dispute.PartyCustomer, 2*agreedRefund, "60 euros off, and I keep it."),
			propose(dispute.PartyMerchant, agreedRefund, "We are sorry. We can offer 30 euros off, and you keep it."),
			accept("All right."),
		},
	},
	{
		Name: "withdrawal", Ends: dispute.ClosedByWithdrawal,
		About:  "The parcel was next door; the customer withdraws.",
		script: []step{withdraw("The parcel was at my neighbour's.")},
	},
	{
		Name: "no statement", Ends: dispute.ClosedNotSubstantiated,
		About:  "A torn tent; asked why, the customer never answers.",
		script: []step{respond("Which part of the tent is torn?"), windowPasses, statementPasses},
	},
	{
		Name: "not justified", Ends: dispute.ClosedNotJustified,
		About: "The customer had paid, but for another order.",
		script: []step{
			respond("Your payment was for the order before this one."),
			windowPasses,
			state("I paid on 3 November."),
			judge(false, "The transfer names the earlier order."),
		},
	},
	{
		Name: "decided for the merchant", Ends: dispute.ClosedForMerchant,
		About: "A parcel never came; the courier has a signature.",
		script: []step{
			respond("Our courier says that the parcel was handed over."),
			windowPasses,
			state("Nothing has arrived here."),
			judge(true, "Nothing proves the delivery so far."),
			submit("Here is the proof of delivery, with a signature.", "proof_of_delivery"),
			decide(dispute.PartyMerchant, "The signature is the customer's."),
		},
	},
	{
		Name: "loss accepted", Ends: dispute.ClosedLossAccepted,
		About:  "The merchant sent the wrong saw, and admits it.",
		script: []step{acceptLoss("Our mistake: we sent the wrong saw.")},
	},
	{
		Name: "silence", Ends: dispute.ClosedMerchantSilent,
		About:  "Nothing was delivered; the merchant never reacts.",
		script: []step{windowPasses},
	},
	{
		Name: "no information", Ends: dispute.ClosedNoInformation,
		About: "Returned, not credited; the merchant sends no papers.",
		script: []step{
			respond("We are looking for your return."),
			windowPasses,
			state("I have the receipt for the return."),
			judge(true, "The receipt is proof enough."),
			evidencePasses,
		},
	},
	{
		Name: "decided for the customer", Ends: dispute.ClosedForCustomer,
		About: "One pair of skis was billed twice; the papers show it.",
		script: []step{
			respond("You ordered two pairs, so we billed two."),
			propose(dispute.PartyMerchant, agreedRefund, "We can take 30 euros off."),
			decline("One pair is one pair."),
			windowPasses,
			state("I ordered one pair and got one pair. The invoice says two."),
			judge(true, "The order confirmation says one pair."),
			submit("Here is our delivery note.", "other"),
			decide(dispute.PartyCustomer, "The delivery note, too, says one pair."),
		},
	},
	{
		Name: "cancelled", Ends: dispute.ClosedByOperator,
		About:  "Opened about the wrong order; an operator cancels it.",
		script: []step{cancel},
	},
}

// LatePaths are paths on which a party acts close to a deadline.
var LatePaths = []Path{
	{
		Name: "reaction at the last moment", Ends: dispute.ClosedLossAccepted,
		script: []step{windowPasses, respondLate, immediate(acceptLoss("Our mistake."))},
	},
	{
		Name: "agreement at the last moment", Ends: dispute.ClosedByAgreement,
		script: []step{windowPasses, agreeLate},
	},
}

// PathTo returns the path that ends with a reason.
func PathTo(reason dispute.ClosingReason) Path {
	for _, path := range Paths {
		if path.Ends == reason {
			return path
		}
	}
	return Path{}
}
