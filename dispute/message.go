package dispute

import "time"

// The longest texts that people may send, in characters.
const (
	// MaxLine bounds ids and names, which stand in one line.
	MaxLine = 200
	// MaxText bounds statements, messages, notes and rationales.
	MaxText = 5000
)

// Party is one side of a dispute, as sender, recipient or actor.
type Party string

// The parties.
const (
	// PartyCustomer is the complainant.
	PartyCustomer Party = "customer"
	// PartyMerchant sold the order.
	PartyMerchant Party = "merchant"
	// PartyDesk are the people at Klarna who arbitrate.
	PartyDesk Party = "desk"
	// PartyOperator runs this software.
	PartyOperator Party = "operator"
	// PartyKlarna runs the dispute; in the timeline it did whatever happens by itself.
	PartyKlarna Party = "klarna"
)

// Withdrawal reports that the customer has withdrawn the complaint.
type Withdrawal struct {
	// ReportedBy is customer or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Response is the merchant's reaction within the response window.
type Response struct {
	Message string `json:"message"`
	// ReportedBy is merchant or operator.
	ReportedBy Party `json:"reportedBy"`
}

// LossAcceptance is the merchant's word that the customer is right.
type LossAcceptance struct {
	// ReportedBy is merchant or operator.
	ReportedBy Party  `json:"reportedBy"`
	Note       string `json:"note,omitzero"`
}

// Statement is the customer's answer to the question for the reason.
type Statement struct {
	Statement string `json:"statement"`
}

// Evidence is what the merchant puts forward: a text, files by reference, or both.
type Evidence struct {
	Text  string         `json:"text,omitzero"`
	Files []EvidenceFile `json:"files,omitempty"`
}

// MaxEvidenceFiles is how many files one submission may name, MaxLocation how many characters say where
// one of them is.
const (
	MaxEvidenceFiles = 10
	MaxLocation      = 500
)

// EvidenceFile refers to a file; files themselves never travel in the history.
type EvidenceFile struct {
	// Kind is one of EvidenceKinds.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Size in bytes.
	Size int64 `json:"size"`
	// SHA256 of the content, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Location is where the desk finds the file, such as a URL.
	Location string `json:"location"`
}

// EvidenceKinds lists what a file of evidence can be.
var EvidenceKinds = []string{
	"proof_of_delivery", "tracking", "proof_of_refund", "return_confirmation", "order_confirmation", "correspondence", "other",
}

// Stage is what Klarna judges.
type Stage string

// The two rulings of an arbitration.
const (
	// StageJustification judges whether the complaint is justified.
	StageJustification Stage = "justification"
	// StageDecision decides finally.
	StageDecision Stage = "decision"
)

// Ruling is what the desk, or the arbiter's rules, judged.
type Ruling struct {
	Stage Stage `json:"stage"`
	// Justified is the ruling of StageJustification.
	Justified *bool `json:"justified,omitempty"`
	// InFavourOf is the ruling of StageDecision: merchant or customer.
	InFavourOf Party `json:"inFavourOf,omitzero"`
	// RuledBy and Rationale keep who judged, and why.
	RuledBy   string `json:"ruledBy"`
	Rationale string `json:"rationale"`
}

// MaxDeadlineMove is how far ahead of now a deadline can be moved.
const MaxDeadlineMove = 180 * 24 * time.Hour

// DeadlineMove sets the running deadline to another instant, later or earlier.
type DeadlineMove struct {
	To      time.Time `json:"to"`
	Reason  string    `json:"reason"`
	MovedBy string    `json:"movedBy"`
}

// Retry tries a refused message again.
type Retry struct {
	// Email corrects the recipient's address, for this dispute from now on. Optional.
	Email       string `json:"email,omitzero"`
	RequestedBy string `json:"requestedBy"`
}

// Acknowledgement takes a cause of attention off.
type Acknowledgement struct {
	Cause          Cause  `json:"cause"`
	AcknowledgedBy string `json:"acknowledgedBy"`
	Note           string `json:"note,omitzero"`
}
