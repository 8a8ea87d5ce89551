package dispute

import "slices"

// For returns what an audience sees of a case: merchant, customer or desk; nothing for any other. Each view names what it
// has, so that nobody sees a new member of the case before it is named here.
//
// Merchant and customer see their own messages and what they were told, and what the other one wrote to them: of the other party no address, of the desk no
// ruling before it is told and no rationale, and no name of an operator or of the desk's people. The desk sees all that it
// may have to judge, but no addresses.
func (c Case) For(audience Party) Case {
	switch audience { //nolint:exhaustive // the others see nothing
	case PartyMerchant:
		return c.forMerchant()
	case PartyCustomer:
		return c.forCustomer()
	case PartyDesk:
		return c.forDesk()
	default:
		return Case{}
	}
}

func (c Case) forMerchant() Case {
	seen := c.forParty(PartyMerchant)
	seen.Dispute.Complainant = Complainant{Name: c.Dispute.Complainant.Name}
	seen.Corrected.Merchant = c.Corrected.Merchant
	seen.Evidence = c.Evidence
	if c.LossAcceptance != nil {
		seen.LossAcceptance = &AcceptedLoss{At: c.LossAcceptance.At, LossAcceptance: LossAcceptance{ReportedBy: c.LossAcceptance.ReportedBy}}
		if c.LossAcceptance.ReportedBy == PartyMerchant {
			seen.LossAcceptance.Note = c.LossAcceptance.Note
		}
	}
	if c.Statement != nil && c.informationRequested() { // the request quotes it; the files are for the desk
		seen.Statement = &GivenStatement{At: c.Statement.At, Text: c.Statement.Text}
	}
	if seen.Settlement != nil {
		seen.Settlement.AlreadyCredited = c.Settlement.AlreadyCredited
	}
	return seen
}

func (c Case) forCustomer() Case {
	seen := c.forParty(PartyCustomer)
	seen.Dispute.Complainant = c.Dispute.Complainant
	seen.Corrected.Customer = c.Corrected.Customer
	seen.Statement = c.Statement
	if c.Withdrawal != nil {
		seen.Withdrawal = &ReportedWithdrawal{At: c.Withdrawal.At, Withdrawal: Withdrawal{ReportedBy: c.Withdrawal.ReportedBy}}
		if c.Withdrawal.ReportedBy == PartyCustomer {
			seen.Withdrawal.Note = c.Withdrawal.Note
		}
	}
	if seen.Settlement != nil {
		seen.Settlement.OwedBack = c.Settlement.OwedBack
	}
	return seen
}

// forParty returns what merchant and customer both see, and what each of them was sent.
func (c Case) forParty(party Party) Case {
	seen := Case{
		Dispute: c.Dispute.forParties(), MerchantReacted: c.MerchantReacted, PausedAt: c.PausedAt,
		Conversation: c.Conversation, Proposals: c.Proposals,
	}
	seen.State, seen.WaitingFor = c.toldState(party)
	for _, period := range c.Periods {
		if period.WaitingFor != WaitEvidence || c.knowsRequest(party) {
			seen.Periods = append(seen.Periods, period.forParty(party))
		}
	}
	for _, sent := range c.Sent {
		if sent.Recipient == party {
			seen.Sent = append(seen.Sent, sent.withoutAnswer())
		}
	}
	if c.Agreement != nil {
		agreed := Agreement{Terms: c.Agreement.Terms, Refund: c.Agreement.Refund, ReportedBy: c.Agreement.ReportedBy}
		if by := c.Agreement.ReportedBy; by == PartyMerchant || by == PartyCustomer { // what a party writes with an offer is for the other one
			agreed.Note = c.Agreement.Note
		}
		seen.Agreement = &ReportedAgreement{At: c.Agreement.At, Agreement: agreed}
	}
	seen.Rulings = c.toldRulings(party)
	if c.State == StateClosed {
		seen.Decision = c.Decision
		if s := c.Settlement; s != nil {
			seen.Settlement = &Settlement{At: s.At, Credited: s.Credited, Refunded: s.Refunded, Outstanding: s.Outstanding, NewDueDate: s.NewDueDate}
		}
	}
	return seen
}

// forParties returns what merchant and customer both know of a dispute. The merchant gets the complaint with its notice.
func (d Dispute) forParties() Dispute {
	return Dispute{
		ID: d.ID, OpenedAt: d.OpenedAt, Reason: d.Reason, OrderID: d.OrderID, InvoiceID: d.InvoiceID, DisputedAmount: d.DisputedAmount,
		MerchantID: d.MerchantID, Calendar: d.Calendar, Policy: d.Policy, Complaint: d.Complaint,
	}
}

// toldState returns the state and the wait that a party knows. That the complaint is justified, the merchant learns by the
// request for information and the customer by the result: until then it waits for that ruling. That an address is refused
// concerns an operator only.
func (c Case) toldState(party Party) (State, Wait) {
	state, wait := c.State, c.WaitingFor
	if wait == WaitRetryNotification {
		wait = WaitNotification
	}
	if c.knowsRequest(party) {
		return state, wait
	}
	ruled := slices.ContainsFunc(c.Rulings, func(ruling GivenRuling) bool { return ruling.Stage == StageJustification })
	if wait == WaitEvidence || wait == WaitDecision || wait == WaitNotification && (ruled || state == StateEvidencePending) {
		wait = WaitJustification
	}
	if state == StateEvidencePending {
		state = StateArbitrationPending
	}
	return state, wait
}

// knowsRequest reports whether a party may know that the merchant was asked for information.
func (c Case) knowsRequest(party Party) bool {
	return c.State == StateClosed || party == PartyMerchant && c.informationRequested()
}

// informationRequested reports whether the merchant has the request for information.
func (c Case) informationRequested() bool {
	return slices.ContainsFunc(c.Periods, func(period Period) bool { return period.WaitingFor == WaitEvidence })
}

// toldRulings returns the rulings that a party was told, without rationale and names: both parties by the result, and the
// merchant by the request for information.
func (c Case) toldRulings(party Party) (told []GivenRuling) {
	decided := c.State == StateClosed && c.Decision != nil && c.Decision.Reason.ByRuling()
	for _, ruling := range c.Rulings {
		requested := party == PartyMerchant && ruling.Stage == StageJustification && c.informationRequested()
		if decided || requested {
			told = append(told, GivenRuling{
				At: ruling.At, By: ruling.By, Ruling: Ruling{Stage: ruling.Stage, Justified: ruling.Justified, InFavourOf: ruling.InFavourOf},
			})
		}
	}
	return told
}

// forParty returns the period with the moves that the party was told: those that count, of its own period.
func (p Period) forParty(party Party) Period {
	return p.withMoves(func(move MovedDeadline) bool { return p.Concerns == party && !move.CountsFrom.IsZero() })
}

// withMoves returns the period with some of its moves.
func (p Period) withMoves(shown func(MovedDeadline) bool) Period {
	seen := Period{
		WaitingFor: p.WaitingFor, Concerns: p.Concerns, BeganAt: p.BeganAt, BusinessDays: p.BusinessDays, Calendar: p.Calendar,
		Deadline: p.Deadline, Zone: p.Zone, EndedAt: p.EndedAt,
	}
	for _, move := range p.Moves {
		if shown(move) {
			seen.Moves = append(seen.Moves, move.withoutName())
		}
	}
	return seen
}

func (m MovedDeadline) withoutName() MovedDeadline {
	return MovedDeadline{At: m.At, From: m.From, DeadlineMove: DeadlineMove{To: m.To, Reason: m.Reason}, CountsFrom: m.CountsFrom}
}

func (s Sending) withoutAnswer() Sending {
	return Sending{Occasion: s.Occasion, Number: s.Number, Recipient: s.Recipient, Result: s.Result, At: s.At, Channel: s.Channel}
}

// forDesk returns what the desk may have to judge: all but addresses, and what operators have noted.
func (c Case) forDesk() Case {
	seen := Case{
		Dispute: c.Dispute.forParties(), State: c.State, WaitingFor: c.WaitingFor, MerchantReacted: c.MerchantReacted, PausedAt: c.PausedAt,
		Conversation: c.Conversation, Proposals: c.Proposals, Statement: c.Statement, Evidence: c.Evidence, Questions: c.Questions, Rulings: c.Rulings,
		SentOmitted: c.SentOmitted, Decision: c.Decision, Settlement: c.Settlement,
	}
	seen.Dispute.Complainant = Complainant{ID: c.Dispute.Complainant.ID, Name: c.Dispute.Complainant.Name}
	for _, period := range c.Periods {
		seen.Periods = append(seen.Periods, period.withMoves(func(MovedDeadline) bool { return true }))
	}
	for _, sent := range c.Sent {
		seen.Sent = append(seen.Sent, sent.withoutAnswer())
	}
	if c.Agreement != nil && c.Agreement.ReportedBy != PartyOperator {
		seen.Agreement = c.Agreement
	}
	if c.Withdrawal != nil && c.Withdrawal.ReportedBy != PartyOperator {
		seen.Withdrawal = c.Withdrawal
	}
	if c.LossAcceptance != nil && c.LossAcceptance.ReportedBy != PartyOperator {
		seen.LossAcceptance = c.LossAcceptance
	}
	return seen
}

// For returns what merchant or customer sees of a view: what they were told, as Case.For says it. The desk sees all of it; any
// other audience sees nothing.
func (v View) For(audience Party) View {
	if audience == PartyDesk {
		return v
	}
	if audience != PartyMerchant && audience != PartyCustomer {
		return View{}
	}
	seen := View{
		ID: v.ID, State: v.State, WaitingFor: v.WaitingFor, Reason: v.Reason, MerchantID: v.MerchantID, InvoiceID: v.InvoiceID,
		DisputedAmount: v.DisputedAmount, Deadline: v.Deadline, Attention: []Cause{}, Proposals: v.Proposals,
	}
	if seen.WaitingFor == WaitRetryNotification {
		seen.WaitingFor = WaitNotification
	}
	wait := seen.WaitingFor
	if v.State == StateEvidencePending && (audience == PartyCustomer || wait == WaitNotification) {
		seen.State, seen.Deadline = StateArbitrationPending, nil
	}
	if seen.State != v.State && (wait == WaitEvidence || wait == WaitNotification) || audience == PartyCustomer && wait == WaitDecision {
		seen.WaitingFor = WaitJustification
	}
	if v.State == StateClosed {
		seen.Outcome, seen.ClosingReason = v.Outcome, v.ClosingReason
	}
	return seen
}
