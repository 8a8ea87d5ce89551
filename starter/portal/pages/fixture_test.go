package pages_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

const (
	customer = "Jonas Weiß"
	merchant = "Nordlicht Versand GmbH"
)

// berlin is the zone of the sample's calendar.
var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.UTC
	}
	return zone
}()

// day is an instant of December 2026.
func day(n, hour int) time.Time { return time.Date(2026, time.December, n, hour, 30, 0, 0, berlin) }

// now is when the sample's pages are read.
var now = day(9, 10)

func eur(cents int64) dispute.Money { return dispute.Money{Amount: cents, Currency: "EUR"} }

func file(kind, name string) dispute.File {
	return dispute.File{Kind: kind, Name: name, Size: 1_432_000, SHA256: strings.Repeat("ab", 32), Location: "https://files.example/" + name}
}

func period(wait dispute.Wait, concerns dispute.Party, from, last int) dispute.Period {
	return dispute.Period{
		WaitingFor: wait, Concerns: concerns, BeganAt: day(from, 9), BusinessDays: 10, Calendar: "DE", Zone: "Europe/Berlin",
		Deadline: time.Date(2026, time.December, last+1, 0, 0, 0, 0, berlin),
	}
}

func ended(p dispute.Period, on int) dispute.Period {
	p.EndedAt = day(on, 11)
	return p
}

// opened is a dispute whose invoice is paused.
func opened() dispute.Case {
	return dispute.Case{
		Dispute: dispute.Dispute{
			ID: "kd-2026-0001", OpenedAt: day(1, 8), Reason: dispute.ReasonFaultyGoods, OrderID: "order-2000", InvoiceID: "R-2026-4711",
			DisputedAmount: eur(12990),
			Complainant:    dispute.Complainant{ID: "c-7", Name: customer, Email: "jonas@kunde.example", Locale: "de-DE"},
			MerchantID:     "nordlicht", Calendar: "DE",
			Complaint: &dispute.Complaint{
				Text:  "Die Lampe flackert seit dem ersten Tag.\nIch habe sie zweimal an anderen Steckdosen probiert.",
				Files: []dispute.File{file("other", "lampe.jpg")},
			},
		}.WithDefaults(),
		State: dispute.StateOpened, WaitingFor: dispute.WaitNotification, PausedAt: day(1, 9),
	}
}

// at is the sample dispute at a wait, with what has happened before.
func at(wait dispute.Wait) dispute.Case {
	c := opened()
	switch wait {
	case dispute.WaitPause:
		c.PausedAt = time.Time{}
	case dispute.WaitAgreement:
		inWindow(&c)
	case dispute.WaitStatement:
		arbitrated(&c)
		c.Periods = append(c.Periods, period(dispute.WaitStatement, dispute.PartyCustomer, 8, 22))
	case dispute.WaitJustification:
		stated(&c)
	case dispute.WaitEvidence:
		asked(&c)
		c.State, c.Periods = dispute.StateEvidencePending, append(c.Periods, period(dispute.WaitEvidence, dispute.PartyMerchant, 9, 10))
	case dispute.WaitDecision, dispute.WaitSettlement:
		answered(&c)
	case dispute.WaitClosingMessages, "":
		closed(&c, dispute.ClosedForCustomer)
	case dispute.WaitRetryNotification:
		c.Attention = []dispute.Cause{dispute.CauseUnreachable}
		c.Sent = append(c.Sent, dispute.Sending{
			Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant,
			Result: dispute.SendRefused, At: day(1, 9), Answer: "550 no such user secret-answer",
		})
	}
	c.WaitingFor = wait
	return c
}

func inWindow(c *dispute.Case) {
	c.State = dispute.StatePreArbitration
	c.Periods = []dispute.Period{period(dispute.WaitAgreement, dispute.PartyMerchant, 1, 21)}
	c.Sent = []dispute.Sending{
		{
			Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant, Result: dispute.SendAccepted, At: day(1, 9),
			Channel: dispute.ChannelEmail, Answer: "250 merchant-queue",
		},
		{
			Occasion: dispute.OccasionReceived, Number: 1, Recipient: dispute.PartyCustomer, Result: dispute.SendAccepted, At: day(1, 9),
			Channel: dispute.ChannelEmail, Answer: "250 customer-queue",
		},
	}
}

// talking is in the window after both have spoken and the customer has proposed.
func talking() dispute.Case {
	c := at(dispute.WaitAgreement)
	c.MerchantReacted = true
	refund, small := eur(5000), eur(2000)
	c.Conversation = []dispute.Remark{
		{
			Number: 1001, By: dispute.PartyMerchant, Text: "Guten Tag Herr Weiß,\n\nbitte schicken Sie uns ein Foto des Typenschilds.",
			At: day(3, 14), Delivered: true,
		},
		{Number: 2002, By: dispute.PartyCustomer, Text: "Das Foto ist bei der Reklamation dabei.", At: day(4, 18), Delivered: true},
	}
	c.Proposals = []dispute.Proposal{
		{
			Number: 1417, By: dispute.PartyMerchant, Terms: dispute.MerchantRefunds, Refund: &small, Message: "Als Entgegenkommen.",
			State: dispute.ProposalDeclined, At: day(5, 9), EndedAt: day(6, 9), Answer: "Das ist mir zu wenig.", Delivered: true,
		},
		{
			Number: 2108, By: dispute.PartyCustomer, Terms: dispute.MerchantRefunds, Refund: &refund,
			Message: "Mit 50 Euro wäre ich zufrieden.", State: dispute.ProposalStanding, At: day(7, 20), Delivered: true,
		},
	}
	return c
}

func arbitrated(c *dispute.Case) {
	*c = talking()
	c.State = dispute.StateArbitrationPending
	c.Periods[0] = ended(c.Periods[0], 8)
	c.Proposals[1].State = dispute.ProposalDeclined
	c.Evidence = []dispute.GivenEvidence{{At: day(5, 10), Evidence: dispute.Evidence{
		Text:  "early-evidence-of-the-merchant",
		Files: []dispute.File{file("correspondence", "mails.pdf")},
	}}}
}

func stated(c *dispute.Case) {
	arbitrated(c)
	c.Periods = append(c.Periods, ended(period(dispute.WaitStatement, dispute.PartyCustomer, 8, 22), 8))
	c.Statement = &dispute.GivenStatement{At: day(8, 15), Text: "statement-of-the-customer", Files: []dispute.File{file("other", "video.pdf")}}
	c.Questions = []dispute.Question{{At: day(8, 16), Stage: dispute.StageJustification}}
}

func asked(c *dispute.Case) {
	stated(c)
	yes := true
	c.Rulings = []dispute.GivenRuling{{At: day(8, 17), By: dispute.PartyDesk, Ruling: dispute.Ruling{
		Stage:     dispute.StageJustification,
		Justified: &yes, RuledBy: "desk-name", Rationale: "desk-rationale",
	}}}
}

func answered(c *dispute.Case) {
	asked(c)
	c.Periods = append(c.Periods, ended(period(dispute.WaitEvidence, dispute.PartyMerchant, 8, 22), 9))
	c.Evidence = append(c.Evidence, dispute.GivenEvidence{
		At: day(9, 8), Requested: true,
		Evidence: dispute.Evidence{Text: "requested-evidence-of-the-merchant", Files: []dispute.File{file("proof_of_delivery",
			"zustellung.pdf")}},
	})
	c.Questions = append(c.Questions, dispute.Question{At: day(9, 9), Stage: dispute.StageDecision})
}

// closed closes the dispute for a reason, with half of it paid before.
func closed(c *dispute.Case, reason dispute.ClosingReason) {
	answered(c)
	refund := eur(5000)
	decision := dispute.Decide(reason, c.Dispute.DisputedAmount, &refund)
	c.State, c.WaitingFor = dispute.StateClosed, ""
	c.Decision = &dispute.MadeDecision{At: day(9, 9), By: dispute.PartyKlarna, Decision: decision}
	c.Settlement = &dispute.Settlement{
		At: day(9, 9), Credited: min(decision.Debit, 6495), Refunded: max(decision.Debit-6495, 0),
		Outstanding: 6495 - min(decision.Debit, 6495),
	}
	if c.Settlement.Outstanding > 0 {
		c.Settlement.NewDueDate = "2026-12-23"
	}
}

func viewer(party dispute.Party, l language.Language) pages.Viewer {
	names := map[dispute.Party]string{
		dispute.PartyMerchant: merchant, dispute.PartyCustomer: customer, dispute.PartyDesk: "a.berg",
		dispute.PartyOperator: "ops",
	}
	paths := map[dispute.Party]string{
		dispute.PartyMerchant: pages.PathList, dispute.PartyDesk: pages.PathQueue,
		dispute.PartyOperator: pages.PathAttention,
	}
	path := paths[party]
	if path == "" {
		path = "/"
	}
	return pages.Viewer{Language: l, Party: party, Name: names[party], Now: now, Path: path}
}

// context numbers the forms, so that every form has an id of its own.
func context() pages.CaseContext {
	n := 0
	return pages.CaseContext{
		Merchant: merchant,
		NewID:    func() string { n++; return fmt.Sprintf("form-%d", n) },
		FileURL:  func(f dispute.File) string { return pages.FilePath("kd-2026-0001", f.Name) },
	}
}

var constructors = map[dispute.Party]func(dispute.Case, pages.Viewer, pages.CaseContext) pages.Page{
	dispute.PartyMerchant: pages.MerchantCase, dispute.PartyCustomer: pages.CustomerCase, dispute.PartyDesk: pages.DeskCase,
	dispute.PartyOperator: pages.OperatorCase,
}

var audiences = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk, dispute.PartyOperator}

func render(t *testing.T, v pages.Viewer, p pages.Page) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, pages.Render(&out, v, p))
	return out.String()
}

func renderCase(t *testing.T, c dispute.Case, party dispute.Party, l language.Language, x pages.CaseContext) string {
	t.Helper()
	v := viewer(party, l)
	return render(t, v, constructors[party](c, v, x))
}

// summaries are rows of lists.
func summaries(waits ...dispute.Wait) (all []ledger.CaseSummary) {
	for i, wait := range waits {
		c := ledger.CaseSummary{
			DisputeID: fmt.Sprintf("kd-2026-%04d", i+1), MerchantID: "nordlicht", OrderID: fmt.Sprintf("order-%d", 2000+i),
			InvoiceID:      fmt.Sprintf("R-2026-%d", 4711+i),
			DisputedAmount: eur(12990 + 5000*int64(i)), Reason: dispute.Reasons[i%len(dispute.Reasons)], Calendar: "DE",
			UpdatedAt: now.AddDate(0, 0, -30*i),
			Standing:  dispute.Standing{State: dispute.StatePreArbitration, WaitingFor: wait},
		}
		c.Turn = wait.Turn(dispute.PartyMerchant)
		if wait.HasDeadline() {
			c.Deadline = time.Date(2026, time.December, 10+3*i, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
		}
		if wait == "" {
			c.State, c.Outcome = dispute.StateClosed, dispute.Outcomes[i%len(dispute.Outcomes)]
		}
		all = append(all, c)
	}
	return all
}

// counts are the numbers of a merchant's tabs, in their order.
func counts(numbers ...int) map[ledger.CaseGroup]int {
	all := map[ledger.CaseGroup]int{}
	for i, n := range numbers {
		all[pages.Tabs[i].Groups()[0]] = n
	}
	return all
}

func filled(act pages.Act, problems []pages.Problem, fields ...string) pages.Filled {
	form := pages.Filled{Act: act, Values: url.Values{}, Problems: problems}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Values.Set(fields[i], fields[i+1])
	}
	return form
}
