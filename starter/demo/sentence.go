package demo

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// sentences say what an actor has done, by the event of a timeline entry. {channel}, {recipient} and {detail} come from the
// entry, {until} from the deadline that runs now.
var sentences = map[string]string{
	"invoice-paused":             "pauses the invoice: nobody has to pay it while the dispute lasts, and no due date runs.",
	"sent-opened":                "tells the merchant {channel}. Merchant and customer have until {until} to agree.",
	"sent-opened-copy":           "tells the merchant {channel}, too, because the merchant's settings ask for it.",
	"sent-received":              "confirms the complaint to the customer {channel}.",
	"sent-reminder-7":            "reminds the merchant {channel} that seven business days are left.",
	"sent-reminder-2":            "reminds the merchant {channel} that two business days are left.",
	dispute.UpdateRespond:        "writes: “{detail}”",
	"sent-message":               "passes it on to the {recipient} {channel}.",
	"sent-proposal-made":         "tells the {recipient} {channel} what is proposed, and what accepting it means.",
	"sent-proposal-declined":     "tells the {recipient} {channel} that the proposal was declined.",
	dispute.UpdateMoveDeadline:   "moves the deadline to two seconds from now: the demo does not wait for weeks.",
	"sent-deadline-moved":        "tells the {recipient} the new deadline {channel}.",
	"response-window-over":       "steps in: the time is over, and the two have not agreed.",
	"sent-klarna-steps-in":       "tells the merchant {channel} that it arbitrates now.",
	"sent-reason-asked":          "asks the customer {channel} for the reason, to be stated until {until}.",
	dispute.UpdateStateReason:    "states the reason: “{detail}”",
	"sent-ruling-asked":          "sends the case to the desk, its arbitrators, {channel}.",
	"sent-information-requested": "asks the merchant {channel} for more information, to be sent until {until}.",
	dispute.UpdateSubmitEvidence: "sends a file: “{detail}”",
	"sent-closed":                "tells the {recipient} {channel} how it ended.",
}

// unsaid are the events whose content another event already says: the message to the desk, the ruling.
var unsaid = map[string]bool{
	"referred-to-desk": true, string(dispute.ClosedForCustomer): true, string(dispute.ClosedForMerchant): true,
}

// channels say how a message travelled.
var channels = map[string]string{
	string(dispute.ChannelPortal): "in the dispute app", string(dispute.ChannelEmail): "by e-mail",
}

// sentence says an entry of a timeline, without its actor. It is empty for what needs no saying.
func sentence(entry dispute.Entry, until string, settled ledger.Invoice) string {
	text, known := sentences[entry.Event]
	detail := entry.Detail
	switch {
	case unsaid[entry.Event]:
		return ""
	case entry.Event == "invoice-settled":
		return settlement(settled)
	case entry.Event == dispute.UpdateRule:
		return ruling(detail)
	case entry.Event == dispute.UpdatePropose || entry.Event == dispute.UpdateAnswerProposal:
		return bargain(detail)
	case entry.Event == dispute.UpdateSubmitEvidence:
		_, detail, _ = strings.Cut(detail, ": ") // behind the number of files
	case !known && detail == "":
		return entry.Event + "."
	case !known:
		return entry.Event + ": " + detail
	}
	recipient, rest, _ := strings.Cut(detail, " by ")
	channel, _, _ := strings.Cut(rest, " ")
	if strings.HasPrefix(entry.Event, "sent-") && channels[channel] == "" {
		return "" // nobody wanted the message
	}
	return strings.NewReplacer("{recipient}", recipient, "{channel}", channels[channel], "{until}", until, "{detail}", detail).Replace(text)
}

// rulingPattern reads the detail of a ruling: "justification: justified, by anna: the receipt is proof enough".
var rulingPattern = regexp.MustCompile(`^(\w+): (.+), by \S+: (.+)$`)

func ruling(detail string) string {
	parts := rulingPattern.FindStringSubmatch(detail)
	switch {
	case parts == nil:
		return "rules: " + detail
	case parts[1] == string(dispute.StageJustification):
		return fmt.Sprintf("finds the complaint %s: “%s”", parts[2], parts[3])
	default:
		return fmt.Sprintf("decides %s, finally: “%s”", parts[2], parts[3])
	}
}

// bargainPatterns read the details of a proposal, "1342: the merchant refunds 30.00 EUR: our last word", and of an answer,
// "declines 1342: too little"; the words are optional.
var (
	proposalPattern = regexp.MustCompile(`^\d+: ([^:,]+)(?:, in place of \d+)?(?:: (.+))?$`)
	answerPattern   = regexp.MustCompile(`^(\w+) \d+(?:: (.+))?$`)
)

func bargain(detail string) string {
	words := func(said, text string) string {
		if text == "" {
			return said + "."
		}
		return fmt.Sprintf("%s: “%s”", said, text)
	}
	if parts := proposalPattern.FindStringSubmatch(detail); parts != nil {
		return words("proposes that "+parts[1], parts[2])
	}
	if parts := answerPattern.FindStringSubmatch(detail); parts != nil {
		return words(parts[1]+" the proposal", parts[2])
	}
	return detail
}

// settlement says what has become of the money of an invoice.
func settlement(invoice ledger.Invoice) string {
	money := func(amount int64) dispute.Money {
		return dispute.Money{Amount: amount, Currency: invoice.Amount.Currency}
	}
	var effects []string
	if invoice.Refunded > 0 {
		effects = append(effects, fmt.Sprintf("the customer gets %s back", money(invoice.Refunded)))
	}
	if invoice.Credited > 0 {
		effects = append(effects, fmt.Sprintf("the customer owes %s less", money(invoice.Credited)))
	}
	if effects == nil {
		return fmt.Sprintf("reactivates the invoice: the customer has to pay %s.", money(invoice.Outstanding))
	}
	charged := money(invoice.Credited + invoice.Refunded)
	return fmt.Sprintf("charges back %s: %s, and the merchant is debited.", charged, strings.Join(effects, ", "))
}

// mailPattern finds the file that the worker has written a mail to.
var mailPattern = regexp.MustCompile(`written to (\S+\.eml)$`)

// mailOf returns the name of the file with the mail that an entry is about, if it is about one.
func mailOf(entry dispute.Entry) string {
	if parts := mailPattern.FindStringSubmatch(entry.Detail); parts != nil {
		return parts[1]
	}
	return ""
}
