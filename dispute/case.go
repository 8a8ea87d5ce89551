package dispute

import "time"

// Case is a whole dispute, structured and without prose: what was said, sent, asked, ruled and booked. The query case
// answers with it, and it outlives the workflow. It is for operators; the parties and the desk see the part of it that
// ForMerchant, ForCustomer and ForDesk return. Lists are in the order of time.
type Case struct {
	Dispute Dispute `json:"dispute"`
	State   State   `json:"state"`
	// WaitingFor is what has to happen next. It is empty once the workflow has ended.
	WaitingFor Wait `json:"waitingFor"`
	// Attention lists the causes for which an operator is needed.
	Attention []Cause `json:"attention,omitempty"`
	// MerchantReacted means that the merchant can no longer lose by silence.
	MerchantReacted bool `json:"merchantReacted"`
	// PausedAt is when the pause of the invoice was booked; zero before.
	PausedAt time.Time `json:"pausedAt,omitzero"`
	// Corrected are the addresses that an operator has corrected for this dispute.
	Corrected CorrectedAddresses `json:"corrected,omitzero"`
	// Periods are those that have begun. The last one runs while its EndedAt is zero.
	Periods []Period `json:"periods,omitempty"`

	// Conversation is what the parties have written to each other, and Proposals what they have proposed.
	Conversation []Remark   `json:"conversation,omitempty"`
	Proposals    []Proposal `json:"proposals,omitempty"`
	// Agreement, Withdrawal and LossAcceptance are what ended the dispute, if one did. An agreement on a proposal is that
	// proposal, accepted; Agreement is one that needed no answer.
	Agreement      *ReportedAgreement  `json:"agreement,omitempty"`
	Withdrawal     *ReportedWithdrawal `json:"withdrawal,omitempty"`
	LossAcceptance *AcceptedLoss       `json:"lossAcceptance,omitempty"`
	// Statement is the customer's reason; nil until it is stated.
	Statement *GivenStatement `json:"statement,omitempty"`
	// Evidence is all that the merchant has submitted.
	Evidence []GivenEvidence `json:"evidence,omitempty"`

	// Questions are those to the desk, and Rulings the answers of the desk or of the arbiter.
	Questions []Question    `json:"questions,omitempty"`
	Rulings   []GivenRuling `json:"rulings,omitempty"`

	// Sent has the messages from the dispute with what became of them: the first MaxSent. SentOmitted counts the later ones.
	Sent        []Sending `json:"sent,omitempty"`
	SentOmitted int       `json:"sentOmitted,omitzero"`

	// Decision is how the dispute ends; nil until the decision. Settlement is how the money moved; nil until it is booked.
	Decision   *MadeDecision `json:"decision,omitempty"`
	Settlement *Settlement   `json:"settlement,omitempty"`
}

// MaxSent is how many messages a case lists.
const MaxSent = 500

// CorrectedAddresses are e-mail addresses that replace those of the dispute and of the merchant's settings; empty where
// nothing was corrected.
type CorrectedAddresses struct {
	Merchant string `json:"merchant,omitzero"`
	Customer string `json:"customer,omitzero"`
}

// ReportedAgreement is an agreement that settled the dispute by itself: its terms cost nobody but the party that reported it,
// or an operator vouched for both.
type ReportedAgreement struct {
	At time.Time `json:"at"`
	Agreement
}

// ReportedWithdrawal is the withdrawal that ended the dispute.
type ReportedWithdrawal struct {
	At time.Time `json:"at"`
	Withdrawal
}

// AcceptedLoss is the merchant's acceptance of the loss.
type AcceptedLoss struct {
	At time.Time `json:"at"`
	LossAcceptance
}

// GivenStatement is the customer's statement.
type GivenStatement struct {
	At    time.Time `json:"at"`
	Text  string    `json:"text"`
	Files []File    `json:"files,omitempty"`
}

// GivenEvidence is one submission of evidence.
type GivenEvidence struct {
	At time.Time `json:"at"`
	// Requested means that it answers the request for information; else it was submitted early.
	Requested bool `json:"requested,omitzero"`
	Evidence
}

// Question is a ruling that the desk was asked for.
type Question struct {
	At    time.Time `json:"at"`
	Stage Stage     `json:"stage"`
}

// GivenRuling is a ruling by the desk (PartyDesk) or by the arbiter's rules (PartyKlarna).
type GivenRuling struct {
	At time.Time `json:"at"`
	By Party     `json:"by"`
	Ruling
}

// Period is the time that a party has: the response window, or the time for the statement or the evidence.
type Period struct {
	// WaitingFor is agreement, statement or evidence.
	WaitingFor Wait `json:"waitingFor"`
	// Concerns is the party that loses at the deadline, and is told when the deadline moves.
	Concerns Party `json:"concerns"`
	// BeganAt is when the message that opened the period was accepted. The period then had BusinessDays of Calendar.
	BeganAt      time.Time `json:"beganAt"`
	BusinessDays int       `json:"businessDays"`
	Calendar     string    `json:"calendar"`
	// Deadline is the instant at which the period ends, with the offset of Zone, the calendar's time zone by its IANA name.
	Deadline time.Time `json:"deadline"`
	Zone     string    `json:"zone,omitzero"`
	// Moves are the moves of the deadline.
	Moves []MovedDeadline `json:"moves,omitempty"`
	// EndedAt is when the party answered, the deadline passed or the dispute was decided; zero while the period runs.
	EndedAt time.Time `json:"endedAt,omitzero"`
}

// MovedDeadline is a move of a deadline, by an operator or after an outage (MoveOutage).
type MovedDeadline struct {
	At   time.Time `json:"at"`
	From time.Time `json:"from"`
	DeadlineMove
	// CountsFrom is when the move took effect: at once for a later deadline, when the party was informed for an earlier one.
	// It is zero for a move that does not count yet, or never did.
	CountsFrom time.Time `json:"countsFrom,omitzero"`
}

// Sending is a message from the dispute to a party or the desk.
type Sending struct {
	Occasion  Occasion `json:"occasion"`
	Number    int      `json:"number"`
	Recipient Party    `json:"recipient"`
	// Result says what became of the message, At when.
	Result SendResult `json:"result"`
	At     time.Time  `json:"at"`
	// Channel and Answer are how the message was accepted and what the other side replied. For a refused message, Answer is
	// the refusal.
	Channel Channel `json:"channel,omitzero"`
	Answer  string  `json:"answer,omitzero"`
}

// SendResult is what became of a message.
type SendResult string

// The results.
const (
	// SendAccepted means that the recipient's side has the message.
	SendAccepted SendResult = "accepted"
	// SendRefused means that every channel refused the message for good.
	SendRefused SendResult = "refused"
	// SendOvertaken means that an event made the message untrue before it was accepted.
	SendOvertaken SendResult = "overtaken"
	// SendConflict means that an earlier message with the same key stands, which said something else. At, Channel and
	// Answer are of that one.
	SendConflict SendResult = "conflict"
	// SendSkipped means that the message was not sent because the desk has no address.
	SendSkipped SendResult = "skipped"
)

// SendResults lists all results.
var SendResults = []SendResult{SendAccepted, SendRefused, SendOvertaken, SendConflict, SendSkipped}

// MadeDecision is the decision, with who made it.
type MadeDecision struct {
	// At is zero if only the ledger still knows the decision: the run that made it cannot be read.
	At time.Time `json:"at,omitzero"`
	By Party     `json:"by"`
	Decision
}

// Settlement is how the money moved, in minor units of the disputed amount's currency.
type Settlement struct {
	At time.Time `json:"at"`
	// Credited came off what the customer owed, Refunded goes back to the customer. Together they are the merchant's debit.
	Credited int64 `json:"credited"`
	Refunded int64 `json:"refunded"`
	// Outstanding is what the customer owes now, and NewDueDate by when (2026-12-31); "" when nothing is open.
	Outstanding int64  `json:"outstanding"`
	NewDueDate  string `json:"newDueDate,omitzero"`
	// AlreadyCredited is the part that credit notes of the merchant had given up already, and OwedBack what the customer has
	// paid beyond what was owed, apart from Refunded.
	AlreadyCredited int64 `json:"alreadyCredited,omitzero"`
	OwedBack        int64 `json:"owedBack,omitzero"`
}

// RunningPeriod returns the period that runs; nil if none does.
func (c Case) RunningPeriod() *Period {
	if len(c.Periods) == 0 || !c.Periods[len(c.Periods)-1].EndedAt.IsZero() {
		return nil
	}
	return &c.Periods[len(c.Periods)-1]
}

// Told reports whether a party has accepted a message of an occasion, or its copy.
func (c Case) Told(party Party, occasion Occasion) bool {
	for _, sent := range c.Sent {
		if sent.Recipient == party && sent.Occasion.Original() == occasion && sent.Result == SendAccepted {
			return true
		}
	}
	return false
}
