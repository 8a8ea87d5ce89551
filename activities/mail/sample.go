package mail

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/keyring"
	"github.com/streitfall/streitfall/dispute/link"
)

// sampleSender signs the mails of the preview.
var sampleSender = Sender{
	From: "disputes@example.com",
	Imprint: "Beispiel Zahlungen GmbH, Musterstraße 1, 10115 Berlin\n" +
		"Geschäftsführung: Erika Muster. Amtsgericht Charlottenburg, HRB 123456",
}

// samplePortal signs with a key that everybody knows.
func samplePortal(site link.Site) Portal {
	keys, _ := link.ParseKeys("sample:" + base64.StdEncoding.EncodeToString(make([]byte, keyring.Size)))
	return Portal{Site: site, Keys: keys}
}

// sampleNotice returns a notice of a German dispute, as the process would make it.
func sampleNotice(occasion dispute.Occasion, to dispute.Party, locale string) dispute.Notice {
	berlin := time.FixedZone("CET", 3600)
	notice := dispute.Notice{
		Key: dispute.NoticeKey{DisputeID: "d-2026-17", Occasion: occasion, Number: 1, Recipient: to},
		Dispute: dispute.Dispute{
			ID: "d-2026-17", Reason: dispute.ReasonGoodsNotReceived, OrderID: "A-1042", InvoiceID: "R-88-1042",
			DisputedAmount: dispute.Money{Amount: 123450, Currency: "EUR"},
			Complainant:    dispute.Complainant{ID: "c-1", Name: "Jonas Weiß", Email: "jonas@example.org", Locale: locale},
			OpenedAt:       time.Date(2026, 11, 20, 9, 15, 0, 0, berlin), MerchantID: "m-1", Calendar: "DE", Policy: dispute.Policy{ResponseBusinessDays: 21},
			Complaint: sampleComplaint(),
		},
		Merchant: dispute.Merchant{ID: "m-1", Name: "Käthes Öfen GmbH", Email: "post@example.net", Locale: locale},
		Deadline: time.Date(2026, 12, 22, 0, 0, 0, 0, berlin),
	}
	notice.To = map[dispute.Party]dispute.Recipient{
		dispute.PartyMerchant: {Name: notice.Merchant.Name, Email: notice.Merchant.Email, Locale: locale},
		dispute.PartyCustomer: {Name: notice.Dispute.Complainant.Name, Email: notice.Dispute.Complainant.Email, Locale: locale},
		dispute.PartyDesk:     {Email: "desk@example.com"},
	}[to]
	addSampleFacts(&notice)
	return notice
}

// addSampleFacts fills in the facts of the occasion.
func addSampleFacts(notice *dispute.Notice) {
	switch notice.Key.Occasion {
	case dispute.OccasionOpened:
		notice.BusinessDays = 21
	case dispute.OccasionReasonAsked:
		notice.BusinessDays = 10
	case dispute.OccasionReceived, dispute.OccasionKlarnaStepsIn:
		notice.Deadline = time.Time{}
	case dispute.OccasionDeadlineMoved:
		notice.Move, notice.State = "Käthe ist bis Freitag krank.\nAbgesprochen am Telefon.", dispute.StatePreArbitration
		if notice.Key.Recipient == dispute.PartyCustomer {
			notice.State = dispute.StateArbitrationPending
		}
	case dispute.OccasionInformationRequested:
		notice.BusinessDays = 10
		notice.Statement = "Das Paket ist nie angekommen.\n\nDer Bote hat es woanders abgegeben."
	case dispute.OccasionRulingAsked:
		notice.Deadline, notice.Stage = time.Time{}, dispute.StageDecision
		notice.Statement, notice.Evidence = "Das Paket ist nie angekommen.", sampleEvidence()
		notice.StatementFiles = []dispute.File{{
			Kind: "correspondence", Name: "chat.png", Size: 90211, SHA256: strings.Repeat("ef", 32), Location: "https://files.example.net/chat.png",
		}}
	case dispute.OccasionMessage:
		notice.Deadline, notice.Message = time.Time{}, "Das Paket liegt noch beim Nachbarn.\nKönnen Sie es dort abholen?"
	case dispute.OccasionProposalMade, dispute.OccasionProposalDeclined:
		notice.Deadline, notice.Proposal = time.Time{}, sampleProposal(notice.Key)
	case dispute.OccasionClosed:
		notice.Deadline = time.Time{}
		closeSample(notice, dispute.ClosedForMerchant, nil, 0)
	case dispute.OccasionOpenedCopy, dispute.OccasionReminder7, dispute.OccasionReminder2: // no further facts
	}
}

func sampleComplaint() *dispute.Complaint {
	return &dispute.Complaint{Text: "Laut Bote zugestellt, aber hier ist nichts.\nIch habe zweimal geschrieben.", Files: []dispute.File{{
		Kind: "other", Name: "briefkasten.jpg", Size: 310552, SHA256: strings.Repeat("cd", 32), Location: "https://files.example.net/briefkasten.jpg",
	}}}
}

// sampleProposal is a proposal to the recipient, or the recipient's own that was declined.
func sampleProposal(key dispute.NoticeKey) *dispute.Proposal {
	proposal := dispute.Proposal{
		Number: 1481, By: key.Recipient.Other(), Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 3000, Currency: "EUR"},
		Message: "Dafür behält Jonas die Kanne.\nIst das in Ordnung?", State: dispute.ProposalStanding,
	}
	if key.Occasion == dispute.OccasionProposalDeclined {
		proposal.By, proposal.State, proposal.Answer = key.Recipient, dispute.ProposalDeclined, "Das ist mir zu wenig."
	}
	return &proposal
}

func sampleEvidence() []dispute.Evidence {
	return []dispute.Evidence{
		{Text: "Zugestellt laut Sendungsverfolgung.", Files: []dispute.File{{
			Kind: "proof_of_delivery", Name: "zustellung.pdf", Size: 48213,
			SHA256: strings.Repeat("ab", 32), Location: "https://files.example.net/zustellung.pdf",
		}}},
		{Text: "Auf Nachfrage beim Boten: Nachbar."},
	}
}

// closeSample closes a dispute about a whole invoice, of which the customer has paid a part in minor units.
func closeSample(notice *dispute.Notice, reason dispute.ClosingReason, refund *dispute.Money, paid int64) {
	amount := notice.Dispute.DisputedAmount
	notice.State = dispute.StateClosed
	notice.Decision = dispute.Decide(reason, amount, refund)
	balance := dispute.Balance{Amount: amount.Amount, Paid: paid}
	credit, refunded := balance.Debit(notice.Decision.Debit)
	notice.Credited, notice.Refunded, notice.Outstanding, notice.NewDueDate = credit, refunded, balance.Outstanding()-credit, ""
	notice.OwedBack = balance.OwedBack()
	if notice.Outstanding > 0 {
		notice.NewDueDate = "2026-12-31"
	}
}
