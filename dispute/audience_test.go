package dispute_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// audiences says who sees each member of a closed case: M, C and D for merchant, customer and desk; m and c for one of them
// whose own it is (by the party of the same object), and d for the desk unless an operator has reported it.
// For whom a new member is has to be decided here.
var audiences = map[string]string{
	"dispute.id": "MCD", "dispute.openedAt": "MCD", "dispute.reason": "MCD", "dispute.orderId": "MCD", "dispute.invoiceId": "MCD",
	"dispute.disputedAmount.amount": "MCD", "dispute.disputedAmount.currency": "MCD",
	"dispute.complainant.id": "CD", "dispute.complainant.name": "MCD", "dispute.complainant.email": "C", "dispute.complainant.locale": "C",
	"dispute.merchantId": "MCD", "dispute.calendar": "MCD", "dispute.policy.responseBusinessDays": "MCD",
	"dispute.complaint.text": "MCD", "dispute.complaint.files.kind": "MCD", "dispute.complaint.files.name": "MCD",
	"dispute.complaint.files.size": "MCD", "dispute.complaint.files.sha256": "MCD", "dispute.complaint.files.location": "MCD",

	"state": "MCD", "waitingFor": "MCD", "attention": "", "merchantReacted": "MCD", "pausedAt": "MCD",
	"corrected.merchant": "M", "corrected.customer": "C",

	"periods.waitingFor": "MCD", "periods.concerns": "MCD", "periods.beganAt": "MCD", "periods.businessDays": "MCD",
	"periods.calendar": "MCD", "periods.deadline": "MCD", "periods.zone": "MCD", "periods.endedAt": "MCD",
	"periods.moves.at": "mcD", "periods.moves.from": "mcD", "periods.moves.to": "mcD", "periods.moves.reason": "mcD",
	"periods.moves.countsFrom": "mcD", "periods.moves.movedBy": "",

	"conversation.number": "MCD", "conversation.by": "MCD", "conversation.text": "MCD", "conversation.at": "MCD", "conversation.delivered": "MCD",
	"proposals.number": "MCD", "proposals.by": "MCD", "proposals.terms": "MCD", "proposals.refund.amount": "MCD",
	"proposals.refund.currency": "MCD", "proposals.message": "MCD", "proposals.state": "MCD", "proposals.at": "MCD",
	"proposals.endedAt": "MCD", "proposals.answer": "MCD", "proposals.delivered": "MCD",
	"agreement.at": "MCd", "agreement.terms": "MCd", "agreement.refund.amount": "MCd", "agreement.refund.currency": "MCd",
	"agreement.reportedBy": "MCd", "agreement.note": "mcd",
	"withdrawal.at": "Cd", "withdrawal.reportedBy": "Cd", "withdrawal.note": "cd",
	"lossAcceptance.at": "Md", "lossAcceptance.reportedBy": "Md", "lossAcceptance.note": "md",

	"statement.at": "MCD", "statement.text": "MCD", "statement.files.kind": "CD", "statement.files.name": "CD",
	"statement.files.size": "CD", "statement.files.sha256": "CD", "statement.files.location": "CD",
	"evidence.at": "MD", "evidence.requested": "MD", "evidence.text": "MD", "evidence.files.kind": "MD", "evidence.files.name": "MD",
	"evidence.files.size": "MD", "evidence.files.sha256": "MD", "evidence.files.location": "MD",

	"questions.at": "D", "questions.stage": "D",
	"rulings.at": "MCD", "rulings.by": "MCD", "rulings.stage": "MCD", "rulings.justified": "MCD", "rulings.inFavourOf": "MCD",
	"rulings.ruledBy": "D", "rulings.rationale": "D",
	"sent.occasion": "mcD", "sent.number": "mcD", "sent.recipient": "mcD", "sent.result": "mcD", "sent.at": "mcD", "sent.channel": "mcD",
	"sent.answer": "", "sentOmitted": "D",

	"decision.at": "MCD", "decision.by": "MCD", "decision.outcome": "MCD", "decision.closingReason": "MCD", "decision.debit": "MCD",
	"settlement.at": "MCD", "settlement.credited": "MCD", "settlement.refunded": "MCD", "settlement.outstanding": "MCD",
	"settlement.newDueDate": "MCD", "settlement.alreadyCredited": "MD", "settlement.owedBack": "CD",
}

// enumerated are the values of a closed case that the merchant and the customer see most of.
var enumerated = map[reflect.Type]string{
	reflect.TypeFor[dispute.State]():         string(dispute.StateClosed),
	reflect.TypeFor[dispute.Wait]():          string(dispute.WaitEvidence),
	reflect.TypeFor[dispute.ClosingReason](): string(dispute.ClosedForCustomer),
	reflect.TypeFor[dispute.Outcome]():       string(dispute.OutcomeLost),
	reflect.TypeFor[dispute.Stage]():         string(dispute.StageJustification),
	reflect.TypeFor[dispute.Occasion]():      string(dispute.OccasionClosed),
	reflect.TypeFor[dispute.Channel]():       string(dispute.ChannelEmail),
	reflect.TypeFor[dispute.SendResult]():    string(dispute.SendAccepted),
	reflect.TypeFor[dispute.Reason]():        string(dispute.ReasonReturn),
	reflect.TypeFor[dispute.Terms]():         string(dispute.MerchantRefunds),
	reflect.TypeFor[dispute.Cause]():         string(dispute.CauseStalled),
	reflect.TypeFor[dispute.ProposalState](): string(dispute.ProposalStanding),
}

var instant = reflect.TypeFor[time.Time]()

// fill fills every member below a value: texts with their path in brackets, parties with the party.
func fill(t *testing.T, v reflect.Value, path string, party dispute.Party) {
	t.Helper()
	switch {
	case v.Type() == instant:
		v.Set(reflect.ValueOf(now))
	case v.Type() == reflect.TypeFor[dispute.Party]():
		v.SetString(string(party))
	case v.Type() == reflect.TypeFor[string]():
		v.SetString("[" + path + "]")
	case v.Kind() == reflect.String:
		require.Contains(t, enumerated, v.Type(), path)
		v.SetString(enumerated[v.Type()])
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), path, party)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), path, party)
	default:
		require.Equal(t, reflect.Struct, v.Kind(), path)
		for field, inner := range v.Fields() {
			fill(t, inner, memberPath(path, field), party)
		}
	}
}

// memberPath returns the path of a member in JSON; an embedded struct has none of its own.
func memberPath(path string, field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if field.Anonymous || path == "" {
		return path + name
	}
	return path + "." + name
}

// visible adds the paths of the members that are not zero.
func visible(v reflect.Value, path string, seen map[string]bool) {
	switch {
	case v.IsZero():
	case v.Kind() == reflect.Pointer:
		visible(v.Elem(), path, seen)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			visible(v.Index(i), path, seen)
		}
	case v.Kind() == reflect.Struct && v.Type() != instant:
		for field, inner := range v.Fields() {
			visible(inner, memberPath(path, field), seen)
		}
	default:
		seen[path] = true
	}
}

// sees reports whether an audience, by the table, sees a member in whose object every party is this one.
func sees(letters string, audience, party dispute.Party) bool {
	letter := string(audience[0])
	own := audience == party || audience == dispute.PartyDesk && party != dispute.PartyOperator
	return strings.Contains(letters, strings.ToUpper(letter)) || own && strings.Contains(letters, letter)
}

var markers = regexp.MustCompile(`\[([A-Za-z0-9.]+)\]`)

// TestAudiencesSeeWhatIsTheirs: a case filled to the last member shows each audience exactly what the table allows, in its
// place and nowhere else.
func TestAudiencesSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator} {
		var full dispute.Case
		fill(t, reflect.ValueOf(&full).Elem(), "", party)
		all := map[string]bool{}
		visible(reflect.ValueOf(full), "", all)
		for path := range all {
			require.Contains(t, audiences, path, "for whom is this member?")
		}
		require.Len(t, audiences, len(all), "the table has members that a case has not")
		for _, audience := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk} {
			view := full.For(audience)
			shown := map[string]bool{}
			visible(reflect.ValueOf(view), "", shown)
			for path, letters := range audiences {
				require.Equal(t, sees(letters, audience, party), shown[path], "the %s sees %s of the %s", audience, path, party)
			}
			data, err := json.Marshal(view)
			require.NoError(t, err)
			for _, marker := range markers.FindAllSubmatch(data, -1) {
				require.True(t, shown[string(marker[1])], "the %s sees the text of %s elsewhere", audience, marker[1])
			}
		}
	}
}

// TestOthersSeeNothing: a case is for its three audiences.
func TestOthersSeeNothing(t *testing.T) {
	t.Parallel()
	var full dispute.Case
	fill(t, reflect.ValueOf(&full).Elem(), "", dispute.PartyMerchant)
	for _, other := range []dispute.Party{dispute.PartyOperator, dispute.PartyKlarna, "", "nobody"} {
		require.Zero(t, full.For(other), other)
	}
}

// The rulings of the cases in toldCases.
var (
	yes       = true
	justified = dispute.GivenRuling{By: dispute.PartyDesk, Ruling: dispute.Ruling{Stage: dispute.StageJustification, Justified: &yes}}
	final     = dispute.GivenRuling{By: dispute.PartyDesk, Ruling: dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant}}
)

// requested are the periods once the merchant was asked for information.
var requested = []dispute.Period{{WaitingFor: dispute.WaitAgreement}, {WaitingFor: dispute.WaitStatement}, {WaitingFor: dispute.WaitEvidence}}

func decided(reason dispute.ClosingReason) *dispute.MadeDecision {
	return &dispute.MadeDecision{Decision: dispute.Decide(reason, dispute.Money{Amount: 1, Currency: "EUR"}, nil)}
}

// toldCases are cases after the ruling that the complaint is justified, with what merchant and customer see of them.
var toldCases = map[string]struct {
	given              dispute.Case
	state              dispute.State
	wait               dispute.Wait
	merchant, customer []dispute.GivenRuling
	statement          bool
	customersWait      dispute.Wait // where the customer knows less than the merchant; its state is then ARBITRATION_PENDING
}{
	"ruled": {
		given: dispute.Case{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitJustification},
		state: dispute.StateArbitrationPending, wait: dispute.WaitJustification,
	},
	"the request is under way": {
		given: dispute.Case{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitNotification},
		state: dispute.StateArbitrationPending, wait: dispute.WaitJustification,
	},
	"the request is refused": {
		given: dispute.Case{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitRetryNotification},
		state: dispute.StateArbitrationPending, wait: dispute.WaitJustification,
	},
	"agreed before the request has arrived": {
		given: dispute.Case{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitSettlement, Decision: decided(dispute.ClosedByAgreement)},
		state: dispute.StateArbitrationPending, wait: dispute.WaitSettlement,
	},
	"requested": {
		given: dispute.Case{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitEvidence, Periods: requested},
		state: dispute.StateEvidencePending, wait: dispute.WaitEvidence, merchant: []dispute.GivenRuling{justified}, statement: true,
		customersWait: dispute.WaitJustification,
	},
	"the merchant's address is refused after the request": {
		given: dispute.Case{State: dispute.StateEvidencePending, WaitingFor: dispute.WaitRetryNotification, Periods: requested},
		state: dispute.StateEvidencePending, wait: dispute.WaitNotification, merchant: []dispute.GivenRuling{justified}, statement: true,
		customersWait: dispute.WaitJustification,
	},
	"the desk is asked for the decision": {
		given: dispute.Case{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitNotification, Periods: requested},
		state: dispute.StateArbitrationPending, wait: dispute.WaitNotification, merchant: []dispute.GivenRuling{justified}, statement: true,
		customersWait: dispute.WaitJustification,
	},
	"the desk decides": {
		given: dispute.Case{State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitDecision, Periods: requested},
		state: dispute.StateArbitrationPending, wait: dispute.WaitDecision, merchant: []dispute.GivenRuling{justified}, statement: true,
		customersWait: dispute.WaitJustification,
	},
	"agreed after the request": {
		given: dispute.Case{
			State: dispute.StateEvidencePending, WaitingFor: dispute.WaitSettlement, Periods: requested, Decision: decided(dispute.ClosedByAgreement),
		},
		state: dispute.StateEvidencePending, wait: dispute.WaitSettlement, merchant: []dispute.GivenRuling{justified}, statement: true,
		customersWait: dispute.WaitSettlement,
	},
	"decided, not booked": {
		given: dispute.Case{
			State: dispute.StateArbitrationPending, WaitingFor: dispute.WaitSettlement, Periods: requested,
			Decision: decided(dispute.ClosedForMerchant), Rulings: []dispute.GivenRuling{justified, final},
		},
		state: dispute.StateArbitrationPending, wait: dispute.WaitSettlement, merchant: []dispute.GivenRuling{justified}, statement: true,
	},
	"decided": {
		given: dispute.Case{
			State: dispute.StateClosed, WaitingFor: dispute.WaitClosingMessages, Periods: requested,
			Decision: decided(dispute.ClosedForMerchant), Rulings: []dispute.GivenRuling{justified, final},
		},
		state: dispute.StateClosed, wait: dispute.WaitClosingMessages, statement: true,
		merchant: []dispute.GivenRuling{justified, final}, customer: []dispute.GivenRuling{justified, final},
	},
	"agreed after the ruling": {
		given: dispute.Case{State: dispute.StateClosed, Periods: requested[:2], Decision: decided(dispute.ClosedByAgreement)},
		state: dispute.StateClosed,
	},
}

// TestRulingsAreSeenOnceTold: the merchant learns by the request for information that the complaint is justified, and both
// parties learn by the result how the dispute was decided. Until then the customer sees neither the state, nor the wait, nor
// the period that there is only after it.
func TestRulingsAreSeenOnceTold(t *testing.T) {
	t.Parallel()
	for name, test := range toldCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := test.given
			c.Statement = &dispute.GivenStatement{Text: "The box was empty."}
			if c.Rulings == nil {
				c.Rulings = []dispute.GivenRuling{justified}
			}
			merchant, customer := c.For(dispute.PartyMerchant), c.For(dispute.PartyCustomer)
			require.Equal(t, []any{test.state, test.wait}, []any{merchant.State, merchant.WaitingFor})
			want := []any{test.state, test.wait}
			if test.customersWait != "" {
				want = []any{dispute.StateArbitrationPending, test.customersWait}
			}
			require.Equal(t, want, []any{customer.State, customer.WaitingFor})
			require.Equal(t, c.Periods, merchant.Periods)
			if c.State == dispute.StateClosed {
				require.Equal(t, c.Periods, customer.Periods)
			} else {
				require.Equal(t, c.Periods[:min(2, len(c.Periods))], customer.Periods, "not that the merchant was asked for information")
			}
			require.Equal(t, test.merchant, merchant.Rulings)
			require.Equal(t, test.customer, customer.Rulings)
			require.Equal(t, test.statement, merchant.Statement != nil)
			require.NotNil(t, customer.Statement)
			closed := c.State == dispute.StateClosed
			require.Equal(t, closed, merchant.Decision != nil)
			require.Equal(t, closed, customer.Decision != nil)
			require.Len(t, c.For(dispute.PartyDesk).Rulings, len(c.Rulings))
		})
	}
}

// TestPartiesSeeMovesThatCount: a move of the deadline is seen by the party that it concerns, once it counts.
func TestPartiesSeeMovesThatCount(t *testing.T) {
	t.Parallel()
	counts := dispute.MovedDeadline{DeadlineMove: dispute.DeadlineMove{Reason: "ill", MovedBy: "anna"}, CountsFrom: now}
	announced := dispute.MovedDeadline{DeadlineMove: dispute.DeadlineMove{Reason: "in a hurry", MovedBy: "anna"}}
	c := dispute.Case{Periods: []dispute.Period{{Concerns: dispute.PartyMerchant, Moves: []dispute.MovedDeadline{counts, announced}}}}
	moves := func(audience dispute.Party) (reasons []string) {
		for _, move := range c.For(audience).Periods[0].Moves {
			require.Empty(t, move.MovedBy)
			reasons = append(reasons, move.Reason)
		}
		return reasons
	}
	require.Equal(t, []string{"ill"}, moves(dispute.PartyMerchant))
	require.Empty(t, moves(dispute.PartyCustomer))
	require.Equal(t, []string{"ill", "in a hurry"}, moves(dispute.PartyDesk))
	require.True(t, slices.Equal(c.Periods[0].Moves, []dispute.MovedDeadline{counts, announced}), "the case itself is unchanged")
}

// TestViewFor: of a view, merchant and customer see where the dispute stands as their case says it, and no attention; the outcome only
// once the dispute is closed.
func TestViewFor(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, time.December, 21, 23, 0, 0, 0, time.UTC)
	for state, waits := range map[dispute.State][]dispute.Wait{
		dispute.StateOpened:             {dispute.WaitPause, dispute.WaitNotification, dispute.WaitRetryNotification},
		dispute.StatePreArbitration:     {dispute.WaitAgreement, dispute.WaitSettlement},
		dispute.StateArbitrationPending: {dispute.WaitNotification, dispute.WaitStatement, dispute.WaitJustification, dispute.WaitDecision, dispute.WaitSettlement},
		dispute.StateEvidencePending:    {dispute.WaitNotification, dispute.WaitRetryNotification, dispute.WaitEvidence, dispute.WaitSettlement},
		dispute.StateClosed:             {dispute.WaitClosingMessages, ""},
	} {
		for _, wait := range waits {
			view := dispute.View{
				ID: "d-1", State: state, WaitingFor: wait, Deadline: &deadline, PendingDeadline: &deadline, AtDeadline: "chargeback",
				Attention: []dispute.Cause{dispute.CauseStalled}, Outcome: dispute.OutcomeLost, ClosingReason: dispute.ClosedForCustomer,
			}
			whole := dispute.Case{State: state, WaitingFor: wait}
			if asked := wait == dispute.WaitEvidence || wait == dispute.WaitSettlement; asked && state == dispute.StateEvidencePending || wait == dispute.WaitDecision {
				whole.Periods = []dispute.Period{{WaitingFor: dispute.WaitEvidence}}
			}
			for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
				told, seen := whole.For(party), view.For(party)
				require.Equal(t, told.State, seen.State, "%s %s %s", party, state, wait)
				require.Equal(t, told.WaitingFor, seen.WaitingFor, "%s %s %s", party, state, wait)
				require.Empty(t, seen.Attention)
				require.Empty(t, seen.AtDeadline)
				require.Nil(t, seen.PendingDeadline)
				require.Equal(t, state == dispute.StateClosed, seen.Outcome != "")
				require.Equal(t, seen.State == state, seen.Deadline != nil)
			}
			require.Equal(t, view, view.For(dispute.PartyDesk))
			require.Equal(t, dispute.View{}, view.For(dispute.PartyOperator))
		}
	}
}
