package workflows_test

import (
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// action is one thing that can happen to a dispute: a message, or a change of a system.
type action struct {
	// does carries the action out. It may read the model, and returns the reply of an update.
	does func(*comparison) *reply
	// means applies the action to the model. It returns the code with which an update is refused, if it is.
	means func(*model) dispute.Code
	// repeats is true for a signal, which may arrive again.
	repeats bool
}

// actions are the elements of a sequence, by name.
var actions = map[string]action{
	"the customer agrees to pay":                   agreement(customerPays),
	"an operator reports that the customer pays":   agreement(dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyOperator}),
	"the merchant alone says the customer pays":    agreement(dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant}),
	"agreement on a refund":                        agreement(refundOf(3000, "EUR", dispute.PartyOperator)),
	"agreement on a refund by the merchant":        agreement(refundOf(3000, "EUR", dispute.PartyMerchant)),
	"agreement on a refund by the customer":        agreement(refundOf(3000, "EUR", dispute.PartyCustomer)),
	"agreement on a refund of all by the merchant": agreement(refundOf(12990, "EUR", dispute.PartyMerchant)),
	"agreement on a refund of 1":                   agreement(refundOf(1, "EUR", dispute.PartyCustomer)),
	"agreement on a refund of all":                 agreement(refundOf(12990, "EUR", dispute.PartyOperator)),
	"agreement on too much":                        agreement(refundOf(12991, "EUR", dispute.PartyMerchant)),
	"agreement in another currency":                agreement(refundOf(100, "SEK", dispute.PartyMerchant)),
	"agreement without the refund":                 nonsense(dispute.SignalAgreement, `{"terms": "merchant_refunds", "reportedBy": "merchant"}`),
	"agreement that is not JSON":                   nonsense(dispute.SignalAgreement, `{"terms":`),
	"agreement with an unknown name":               nonsense(dispute.SignalAgreement, `{"terms": "customer_pays", "reportedBy": "merchant", "shoeSize": 43}`),
	"agreement on too much by the customer":        agreement(refundOf(12991, "EUR", dispute.PartyCustomer)),
	"agreement of the customer without terms":      signal(dispute.SignalAgreement, raw(`{"reportedBy": "customer"}`), (*model).ignore),
	"withdrawal":                               withdrawal(withdrawn),
	"withdrawal by an operator":                withdrawal(dispute.Withdrawal{ReportedBy: dispute.PartyOperator, Note: "by telephone"}),
	"withdrawal by the merchant":               nonsense(dispute.SignalWithdrawal, `{"reportedBy": "merchant"}`),
	"withdrawal with an unknown name":          nonsense(dispute.SignalWithdrawal, `{"reportedBy": "customer", "shoeSize": 43}`),
	"agreement in one task with the deadline":  inOneTask(dispute.SignalAgreement, customerPays, func(m *model) { m.agreement(customerPays) }),
	"reaction in one task with the reminder":   inOneTask(dispute.SignalAgreement, merchantAlone, func(m *model) { m.agreement(merchantAlone) }),
	"withdrawal in one task with the deadline": inOneTask(dispute.SignalWithdrawal, withdrawn, func(m *model) { m.withdrawal(withdrawn) }),
	"cancellation":                             cancellation(),
	"response":                                 update(dispute.UpdateRespond, responded, merchantResponds),
	"the same response again":                  again(dispute.UpdateRespond, responded, merchantResponds),
	"response, 21 times":                       often(21, update(dispute.UpdateRespond, responded, merchantResponds)),
	"response of the customer":                 response(dispute.PartyCustomer),
	"response by an operator":                  response(dispute.PartyOperator),
	"the merchant proposes a refund":           proposal(refunds3000),
	"the merchant proposes less":               proposal(refunds1),
	"the merchant proposes that they pay":      proposal(letsPay),
	"the customer proposes a refund":           proposal(wants3000),
	"the customer proposes a refund of all":    proposal(wantsAll),
	"the customer proposes to pay":             proposal(offersToPay),
	"the customer proposes another currency":   proposal(wantsAnother),
	"crossing proposals":                       inOneMoment(proposal(refunds1), proposal(wants3000)),
	"accepted as it is replaced":               inOneMoment(proposal(refunds1), answerTo(firstProposal, true, dispute.PartyCustomer)),
	"the customer accepts":                     answerTo(lastOf(dispute.PartyMerchant), true, dispute.PartyCustomer),
	"the customer declines":                    answerTo(lastOf(dispute.PartyMerchant), false, dispute.PartyCustomer),
	"the merchant accepts":                     answerTo(lastOf(dispute.PartyCustomer), true, dispute.PartyMerchant),
	"the merchant declines":                    answerTo(lastOf(dispute.PartyCustomer), false, dispute.PartyMerchant),
	"the customer accepts the first proposal":  answerTo(firstProposal, true, dispute.PartyCustomer),
	"the merchant accepts the first proposal":  answerTo(firstProposal, true, dispute.PartyMerchant),
	"an answer to nothing":                     refusedAlways(dispute.UpdateAnswerProposal, `{"accept": true, "answeredBy": "customer"}`),
	"a proposal of nothing":                    refusedAlways(dispute.UpdatePropose, `{"terms": "merchant_refunds", "proposedBy": "customer"}`),
	"what they bargain":                        {},
	"evidence, 11 times":                       often(11, update(dispute.UpdateSubmitEvidence, evidence, (*model).submitEvidence)),
	"response without a message":               refusedAlways(dispute.UpdateRespond, `{"reportedBy": "merchant"}`),
	"accepted loss":                            update(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}, (*model).acceptLoss),
	"statement":                                update(dispute.UpdateStateReason, stated, (*model).stateReason),
	"the same statement again":                 again(dispute.UpdateStateReason, stated, (*model).stateReason),
	"empty statement":                          refusedAlways(dispute.UpdateStateReason, `{"statement": " "}`),
	"evidence":                                 update(dispute.UpdateSubmitEvidence, evidence, (*model).submitEvidence),
	"the same evidence again":                  again(dispute.UpdateSubmitEvidence, evidence, (*model).submitEvidence),
	"evidence of nothing":                      refusedAlways(dispute.UpdateSubmitEvidence, `{}`),
	"ruling: justified":                        ruling(justified(&yes)),
	"ruling: not justified":                    ruling(justified(&no)),
	"ruling for the merchant":                  ruling(inFavourOf(dispute.PartyMerchant)),
	"ruling for the customer":                  ruling(inFavourOf(dispute.PartyCustomer)),
	"ruling on nothing":                        refusedAlways(dispute.UpdateRule, `{"stage": "justification", "ruledBy": "anna", "rationale": "so it is"}`),
	"deadline 10 days later":                   move(func(m *model) time.Time { return m.deadline.Add(10 * day) }),
	"deadline in an hour":                      move(func(m *model) time.Time { return m.now.Add(time.Hour) }),
	"deadline in five days":                    move(func(m *model) time.Time { return m.now.Add(5 * day) }),
	"deadline in 180 days":                     move(func(m *model) time.Time { return m.now.Add(180 * day) }),
	"deadline now":                             move(func(m *model) time.Time { return m.now }),
	"deadline beyond 180 days":                 move(func(m *model) time.Time { return m.now.Add(180*day + 1) }),
	"retry":                                    retry("", ""),
	"retry to another address":                 retry("", "corrected@example.de"),
	"retry to the merchant":                    retry(dispute.PartyMerchant, "corrected@example.de"),
	"retry to the customer":                    retry(dispute.PartyCustomer, "corrected@example.de"),
	"acknowledged: stalled":                    acknowledge(dispute.CauseStalled),
	"the other ruling":                         {},
	"an outage over the deadline":              outageOverTheDeadline(),
	"an outage over what is due":               outage(2 * time.Hour),
	"a short outage over what is due":          outage(30 * time.Minute),
	"an outage of 30 days":                     outage(month),
	"acknowledged: message-ignored":            acknowledge(dispute.CauseMessageIgnored),
	"acknowledged: message-failed":             acknowledge(dispute.CauseMessageFailed),
	"acknowledged: unreachable":                acknowledge(dispute.CauseUnreachable),
	"acknowledged: desk-overdue":               acknowledge(dispute.CauseDeskOverdue),
	"opened again":                             openedAgain(false),
	"opened again with other content":          openedAgain(true),
	"the ledger goes away":                     goesAway(theLedger),
	"the portal goes away":                     goesAway(thePortal),
	"the mail server goes away":                goesAway(theMail),
	"the arbiter goes away":                    goesAway(theArbiter),
	"everything is back":                       change(func(m *model) { m.Away = nil }),
	"the mail server is back":                  comesBack(theMail),
	"the ledger is back":                       comesBack(theLedger),
	"the portal refuses":                       refusesForGood(thePortal),
	"the merchant's address is refused":        refusesForGood("shop@example.de"),
	"the customer's address is refused":        refusesForGood("jonas@example.de"),
	"the desk's address is refused":            refusesForGood("desk@example.com"),
	"every message is refused":                 change(func(m *model) { m.Refusing = []string{thePortal, "shop@example.de", "jonas@example.de"} }),
	"the other address is refused":             refusesForGood("corrected@example.de"),
	"nothing is refused any more":              change(func(m *model) { m.Refusing = nil }),
	"the ledger fails three times":             failsThreeTimes(theLedger),
	"the receipts are not read three times":    failsThreeTimes("receipts"),
	"no receipt is saved three times":          failsThreeTimes("save"),
	"the portal fails three times":             failsThreeTimes(thePortal),
	"the mail server fails three times":        failsThreeTimes(theMail),
	"the arbiter fails three times":            failsThreeTimes(theArbiter),
	"nothing":                                  change(func(*model) {}),
	"what the dispute waits for":               {},
	"the same signal again":                    {},
	"agreement while the ledger is away":       during(theLedger, agreement(refundOf(3000, "EUR", dispute.PartyOperator))),
	"withdrawal while the mail server is away": during(theMail, withdrawal(withdrawn)),
	"cancellation while the ledger is away":    during(theLedger, cancellation()),
	"accepted loss while the ledger is away":   during(theLedger, update(dispute.UpdateAcceptLoss, dispute.LossAcceptance{ReportedBy: dispute.PartyMerchant}, (*model).acceptLoss)),
}

var merchantAlone = dispute.Agreement{Terms: dispute.CustomerPays, ReportedBy: dispute.PartyMerchant}

func merchantResponds(m *model) dispute.Code { return m.respond(responded) }

// expected returns the action that brings the dispute further. After the decision it returns what comes too late: first
// the last signal again, then an accepted loss, then a cancellation.
func (t *comparison) expected() action {
	name := map[dispute.Wait]string{
		dispute.WaitAgreement: "response", dispute.WaitStatement: "statement", dispute.WaitEvidence: "evidence",
		dispute.WaitJustification: "ruling: justified", dispute.WaitDecision: "ruling for the customer",
		dispute.WaitRetryNotification: "retry to another address",
	}[t.model.wait]
	switch {
	case name == "" && t.model.decided != "" && t.late < 3:
		t.late++
		return []action{t.signalled, actions["accepted loss"], actions["cancellation"]}[t.late-1]
	case name == "" && len(t.model.givenUp) > 0:
		name = "retry to the merchant"
		if _, refused := t.model.givenUp[dispute.PartyMerchant]; !refused {
			name = "retry to the customer"
		}
	case name == "":
		name = "everything is back"
	case t.model.wait == dispute.WaitDecision && t.model.Portal: // so that both come about
		name = "ruling for the merchant"
	}
	return actions[name]
}

func signal(name string, message any, means func(*model)) action {
	return action{
		does:    func(t *comparison) *reply { t.signal(name, message); return nil },
		means:   func(m *model) dispute.Code { means(m); return "" },
		repeats: true,
	}
}

func agreement(a dispute.Agreement) action {
	return signal(dispute.SignalAgreement, a, func(m *model) { m.agreement(a) })
}

func withdrawal(f dispute.Withdrawal) action {
	return signal(dispute.SignalWithdrawal, f, func(m *model) { m.withdrawal(f) })
}

func cancellation() action {
	return action{
		does:  func(t *comparison) *reply { t.env.CancelWorkflow(); return nil },
		means: func(m *model) dispute.Code { m.cancel(); return "" },
	}
}

// during performs an action while a system is away, so that the dispute stays in the wait that the action leads to.
func during(system string, a action) action {
	means := a.means
	a.means = func(m *model) dispute.Code {
		m.Away = append(m.Away, system)
		return means(m)
	}
	return a
}

// otherRuling returns the ruling that expected does not give.
func (t *comparison) otherRuling() action {
	if t.model.wait == dispute.WaitDecision {
		return actions["ruling for the merchant"]
	}
	return actions["ruling: not justified"]
}

// nonsense is a signal that is impossible in every wait. An agreement that the merchant may have sent is a reaction.
func nonsense(name, json string) action {
	return signal(name, raw(json), func(m *model) {
		if name == dispute.SignalAgreement {
			m.react()
		}
		m.ignore()
	})
}

// outage has the workers away from now until some time after what is due next.
func outage(after time.Duration) action {
	back := func(m *model) time.Time {
		if dues := m.dues(); len(dues) > 0 {
			return dues[0].Add(after)
		}
		return m.now.Add(after)
	}
	return awayUntil(back)
}

func outageOverTheDeadline() action {
	return awayUntil(func(m *model) time.Time {
		if m.wait.HasDeadline() {
			return m.deadline.Add(2 * time.Hour)
		}
		return m.now.Add(2 * time.Hour)
	})
}

func awayUntil(back func(*model) time.Time) action {
	return action{
		does:  func(t *comparison) *reply { t.recorder.goAway(back(t.model)); return nil },
		means: func(m *model) dispute.Code { m.back = back(m); return "" },
	}
}

// inOneTask delivers a signal in the same workflow task as a deadline or reminder that is close.
func inOneTask(name string, message any, means func(*model)) action {
	return action{
		does: func(t *comparison) *reply {
			if dues := t.model.dues(); len(dues) > 0 && dues[0].Sub(t.model.now) < shortestPause {
				t.env.SignalWorkflowSkippingWorkflowTask(name, message)
			} else {
				t.signal(name, message)
			}
			return nil
		},
		means: func(m *model) dispute.Code { means(m); return "" },
	}
}

func update(name string, message any, means func(*model) dispute.Code) action {
	return action{does: func(t *comparison) *reply { return t.send(name, message) }, means: means}
}

// often repeats an update until it reaches a limit, during the response window only: elsewhere the first one could end
// the wait.
func often(n int, a action) action {
	repeat := func(m *model, once func()) {
		for i := 1; i < n && m.wait == dispute.WaitAgreement; i++ {
			once()
		}
	}
	return action{
		does: func(t *comparison) *reply {
			repeat(t.model, func() { a.does(t) })
			return a.does(t)
		},
		means: func(m *model) dispute.Code {
			repeat(m, func() { a.means(m) })
			return a.means(m)
		},
	}
}

// again sends an update under the same id each time: once it was accepted, it takes no further effect.
func again(name string, message any, means func(*model) dispute.Code) action {
	return action{
		does: func(t *comparison) *reply { return t.sendAs(t.idOf(name), name, message) },
		means: func(m *model) dispute.Code {
			if m.once[name] {
				return repeated
			}
			code := means(m)
			m.once[name] = code == ""
			return code
		},
	}
}

// refusedAlways is an update whose content is invalid.
func refusedAlways(name, json string) action {
	return update(name, raw(json), func(*model) dispute.Code { return dispute.CodeInvalidMessage })
}

func ruling(r dispute.Ruling) action {
	return update(dispute.UpdateRule, r, func(m *model) dispute.Code { return m.rule(r) })
}

func move(to func(*model) time.Time) action {
	return action{
		does:  func(t *comparison) *reply { return t.send(dispute.UpdateMoveDeadline, moveTo(to(t.model))) },
		means: func(m *model) dispute.Code { return m.moveDeadline(to(m)) },
	}
}

func retry(to dispute.Party, email string) action {
	return update(dispute.UpdateRetryNotification, dispute.Retry{Recipient: to, Email: email, RequestedBy: "op-1"},
		func(m *model) dispute.Code { return m.retryNotification(to, email) })
}

func acknowledge(cause dispute.Cause) action {
	return update(dispute.UpdateAcknowledge, acknowledged(cause), func(m *model) dispute.Code { return m.acknowledge(cause) })
}

func openedAgain(other bool) action {
	return action{
		does: func(t *comparison) *reply {
			d := t.dispute
			if other {
				d.Reason = dispute.ReasonReturn
			}
			return t.send(dispute.UpdateOpen, d)
		},
		means: func(*model) dispute.Code {
			if other {
				return dispute.CodeDisputeDiffers
			}
			return ""
		},
	}
}

// change is a change of the systems in the model; follow carries it over to the fixture.
func change(what func(*model)) action {
	return action{
		does:  func(*comparison) *reply { return nil },
		means: func(m *model) dispute.Code { what(m); return "" },
	}
}

func goesAway(system string) action {
	return change(func(m *model) { m.Away = append(m.Away, system) })
}

func comesBack(system string) action {
	return change(func(m *model) { m.Away = slices.DeleteFunc(m.Away, func(away string) bool { return away == system }) })
}

func refusesForGood(name string) action {
	return change(func(m *model) { m.Refusing = append(m.Refusing, name) })
}

// failsThreeTimes is an outage of a few seconds: every step that meets it is retried.
func failsThreeTimes(system string) action {
	return action{
		does:  func(t *comparison) *reply { t.fails(system, 3); return nil },
		means: func(*model) dispute.Code { return "" },
	}
}
