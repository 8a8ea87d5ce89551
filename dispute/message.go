package dispute

import "time"

// The limits of messages and disputes. Lengths are in characters.
const (
	// MaxLine is the longest id or name.
	MaxLine = 200
	// MaxText is the longest statement, message, note or rationale.
	MaxText = 5000
	// MaxFiles is how many files one message, or the complaint, may name.
	MaxFiles = 10
	// MaxLocation is the longest location of a file.
	MaxLocation = 500
	// MaxDeadlineMove is how far in the future a moved deadline may be.
	MaxDeadlineMove = 180 * 24 * time.Hour
)

// Party is a sender or recipient of messages, or an actor in the timeline.
type Party string

// The parties.
const (
	// PartyCustomer complains.
	PartyCustomer Party = "customer"
	// PartyMerchant sold the order.
	PartyMerchant Party = "merchant"
	// PartyDesk is the provider's people who arbitrate.
	PartyDesk Party = "desk"
	// PartyOperator runs this software.
	PartyOperator Party = "operator"
	// PartyKlarna is the provider, acting through this software: the actor of everything that it does by itself.
	PartyKlarna Party = "klarna"
)

// Other returns the other one of merchant and customer.
func (p Party) Other() Party {
	if p == PartyMerchant {
		return PartyCustomer
	}
	return PartyMerchant
}

// Parties lists all parties.
var Parties = []Party{PartyCustomer, PartyMerchant, PartyDesk, PartyOperator, PartyKlarna}

// Withdrawal reports that the customer has withdrawn the complaint.
type Withdrawal struct {
	// ReportedBy is customer or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Response is what a party writes to the other one within the response window. The merchant's is an answer to the complaint.
type Response struct {
	Message string `json:"message"`
	// ReportedBy is merchant, customer, or operator for the merchant.
	ReportedBy Party `json:"reportedBy"`
}

// Sender returns the party that has written the response, whose limit it counts towards.
func (r Response) Sender() Party {
	if r.ReportedBy == PartyCustomer {
		return PartyCustomer
	}
	return PartyMerchant
}

// LossAcceptance reports that the merchant gives in.
type LossAcceptance struct {
	// ReportedBy is merchant or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Statement is the customer's answer when the provider asks for the reason of the complaint.
type Statement struct {
	Statement string `json:"statement"`
	Files     []File `json:"files,omitempty"`
}

// Evidence is what the merchant submits: a text, references to files, or both.
type Evidence struct {
	Text  string `json:"text,omitzero"`
	Files []File `json:"files,omitempty"`
}

// Stage is a question that Klarna rules on.
type Stage string

// The two stages of an arbitration.
const (
	// StageJustification asks whether the complaint is justified.
	StageJustification Stage = "justification"
	// StageDecision asks for the final decision.
	StageDecision Stage = "decision"
)

// Stages lists the stages.
var Stages = []Stage{StageJustification, StageDecision}

// Ruling is the answer of the desk, or of the arbiter's rules, at one stage.
type Ruling struct {
	Stage Stage `json:"stage"`
	// Justified is the ruling at StageJustification, else nil.
	Justified *bool `json:"justified,omitempty"`
	// InFavourOf is the ruling at StageDecision: merchant or customer.
	InFavourOf Party `json:"inFavourOf,omitzero"`
	// RuledBy names the person or rule, and Rationale gives the reasons.
	RuledBy   string `json:"ruledBy"`
	Rationale string `json:"rationale"`
}

// Verdict describes what was ruled: "justified", "in favour of the merchant".
func (r Ruling) Verdict() string {
	switch {
	case r.Justified == nil:
		return "in favour of the " + string(r.InFavourOf)
	case *r.Justified:
		return "justified"
	default:
		return "not justified"
	}
}

// DeadlineMove moves the running deadline to another instant, later or earlier.
type DeadlineMove struct {
	To      time.Time `json:"to"`
	Reason  string    `json:"reason"`
	MovedBy string    `json:"movedBy"`
}

// Retry asks for a refused message to be sent again.
type Retry struct {
	// Recipient is merchant or customer. It is required only when the messages to both were refused.
	Recipient Party `json:"recipient,omitzero"`
	// Email corrects the recipient's address for the rest of this dispute. Optional.
	Email       string `json:"email,omitzero"`
	RequestedBy string `json:"requestedBy"`
}

// Bounce reports that a mail has come back which its server had accepted: its recipient does not have it.
type Bounce struct {
	// Occasion and Number are those of the message's key, and Recipient is merchant or customer.
	Occasion  Occasion `json:"occasion"`
	Number    int      `json:"number"`
	Recipient Party    `json:"recipient"`
	// Reason is what the report of the mail server says.
	Reason     string `json:"reason"`
	ReportedBy string `json:"reportedBy"`
}

// Acknowledgement removes a cause for attention.
type Acknowledgement struct {
	Cause          Cause  `json:"cause"`
	AcknowledgedBy string `json:"acknowledgedBy"`
	Note           string `json:"note,omitzero"`
}
