package workflows_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/calendar"
)

// model is the process a second time, in plain Go: written from its description and not from the workflow, without
// Temporal, and simple enough to be compared with the description by eye. advance sets its time, and a step takes none
// unless the system that it needs is away.
type model struct {
	circumstances
	cal *calendar.Calendar
	now time.Time

	state  dispute.State
	wait   dispute.Wait
	paused bool
	// decided is the reason for which the dispute ends; debit is what that costs the merchant, in minor units.
	decided dispute.ClosingReason
	debit   int64
	// refused is the code of the refusal that ended the dispute without a decision.
	refused   dispute.Code
	attention map[dispute.Cause]bool
	// ignored counts the timeline's entries about messages that came too late or were impossible.
	ignored int

	// question is the message whose delivery opens a period; the dispute waits for the delivery, then for the answer.
	question question
	deadline time.Time
	// pending is an earlier deadline, of which the party is not informed yet; zero when there is none. extended means that
	// an outage has moved the deadline.
	pending   time.Time
	extended  bool
	reminders []dispute.Reminder
	deskAsked bool
	overdue   time.Time

	// stated, gaveInformation, retried and ruled are set by updates and reset when the process has acted on them.
	stated, gaveInformation, retried, ruled bool

	reacted  bool
	evidence int
	ruling   dispute.Ruling
	// accepted counts the accepted updates by name; once has the names of those that were accepted under a fixed id.
	accepted map[string]int
	once     map[string]bool
	// agreed and suggested are the signals that took effect: as the agreement, and as proposals. refund is what was agreed.
	agreed    *dispute.Agreement
	suggested []dispute.Agreement
	refund    int64
	proposals []proposed
	// answering is the number of the proposal that is being answered.
	answering int
	// remarks counts what the parties have written; sequence is the number before the first remark and proposal.
	remarks, sequence int
	withdrawn         *dispute.Withdrawal
	cancelled         bool

	// number counts periods, moved deadlines and referrals to the desk: messages of one occasion differ by it.
	number    int
	addresses map[dispute.Party]string
	underWay  []message
	// unsaid are the words of one party that the other one's side has refused.
	unsaid []message
	// givenUp is when a refused closing message is given up, by recipient.
	givenUp map[dispute.Party]time.Time
	// stuck is since when each step that the dispute waits for has not succeeded, by name.
	stuck map[string]time.Time
	// back is when the workers are back after an outage: nothing falls due before.
	back   time.Time
	sent   []string
	booked []string
}

// circumstances are the conditions in which a dispute is opened. Those of the systems change later.
type circumstances struct {
	Portal, EmailOnDispute, EmailOnDeadlines bool
	// TakeOver means that the ledger has the dispute open from a run that was terminated.
	TakeOver         bool
	Calendar         string
	Days             int
	Paid, Disputed   int64
	DeskHasNoAddress bool
	// Justified ("yes", "no") and InFavourOf are the arbiter's rulings; a case where they are empty is referred to the
	// desk.
	Justified  string
	InFavourOf dispute.Party
	// LedgerRefuses means that the ledger refuses the dispute.
	LedgerRefuses bool
	// Away are the systems that do not answer now. Refusing are the systems and addresses that refuse for good.
	Away, Refusing []string
}

func (c circumstances) rulings() map[dispute.Stage]*dispute.Ruling {
	rulings := map[dispute.Stage]*dispute.Ruling{}
	if c.Justified != "" {
		rulings[dispute.StageJustification] = ptr(justified(ptr(c.Justified == "yes")))
	}
	if c.InFavourOf != "" {
		rulings[dispute.StageDecision] = ptr(inFavourOf(c.InFavourOf))
	}
	return rulings
}

// The names of the systems in the fixture.
const (
	theLedger  = "ledger"
	thePortal  = "portal"
	theMail    = "email"
	theArbiter = "arbiter"
)

// invoiced is the amount of the disputed order's invoice, in minor units.
const invoiced = 12990

// message is a message from the dispute to a party.
type message struct {
	occasion dispute.Occasion
	number   int
	to       dispute.Party
	address  string
	says     string
}

// question is a message that opens a period.
type question struct {
	occasion dispute.Occasion
	to       dispute.Party
	days     int
	answer   dispute.Wait
}

func newModel(given circumstances) *model {
	cal, err := calendar.Load(given.Calendar)
	if err != nil {
		panic(err) //nolint:forbidigo // a mistake in the test itself
	}
	given.Away, given.Refusing = slices.Clone(given.Away), slices.Clone(given.Refusing)
	m := &model{
		circumstances: given, cal: cal, now: monday, state: dispute.StateOpened, wait: dispute.WaitPause,
		attention: map[dispute.Cause]bool{}, givenUp: map[dispute.Party]time.Time{}, stuck: map[string]time.Time{}, accepted: map[string]int{}, once: map[string]bool{},
		addresses: map[dispute.Party]string{
			dispute.PartyMerchant: "shop@example.de", dispute.PartyCustomer: "jonas@example.de", dispute.PartyDesk: "desk@example.com",
		},
	}
	m.proceed()
	return m
}

// outcomes has the outcome of each closing reason, as the merchant sees it.
var outcomes = map[dispute.ClosingReason]dispute.Outcome{
	dispute.ClosedByAgreement: dispute.OutcomeSettled, dispute.ClosedByOperator: dispute.OutcomeCancelled,
	dispute.ClosedByWithdrawal: dispute.OutcomeWon, dispute.ClosedNotSubstantiated: dispute.OutcomeWon,
	dispute.ClosedNotJustified: dispute.OutcomeWon, dispute.ClosedForMerchant: dispute.OutcomeWon,
	dispute.ClosedLossAccepted: dispute.OutcomeLost, dispute.ClosedMerchantSilent: dispute.OutcomeLost,
	dispute.ClosedNoInformation: dispute.OutcomeLost, dispute.ClosedForCustomer: dispute.OutcomeLost,
}

// view returns the view without its timeline.
func (m *model) view() dispute.View {
	view := dispute.View{
		ID: "d-1", State: m.state, WaitingFor: m.wait, Reason: dispute.ReasonGoodsNotReceived, MerchantID: "merchant-1", InvoiceID: "invoice-1",
		DisputedAmount: dispute.Money{Amount: m.Disputed, Currency: "EUR"}, Attention: slices.Sorted(maps.Keys(m.attention)),
	}
	if m.wait.HasDeadline() {
		view.Deadline = &m.deadline
	}
	if !m.pending.IsZero() {
		view.PendingDeadline = &m.pending
	}
	for _, p := range m.proposals {
		if !p.ended && m.decided == "" {
			view.Proposals = append(view.Proposals, dispute.Proposal{Number: p.number, By: p.ProposedBy, Refund: p.Refund})
		}
	}
	if m.paused {
		view.Outcome, view.ClosingReason = outcomes[m.decided], m.decided
	}
	return view
}

// summary returns everything that the next steps depend on, but the time.
func (m *model) summary() string {
	return fmt.Sprint(line(m.view()), m.Away, m.Refusing, m.reacted, m.extended, m.deskAsked, m.underWay, m.reminders, m.givenUp, m.back,
		len(m.stuck), len(m.unsaid), m.number, m.addresses, m.evidence, m.proposals, m.remarks, m.agreed != nil, m.withdrawn != nil, m.cancelled)
}

func until(deadline time.Time) string {
	return "until " + deadline.UTC().Format(time.RFC3339)
}
