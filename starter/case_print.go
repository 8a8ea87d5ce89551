package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/starter/terminal"
)

// printCase prints a case in sections. A section without content is left out.
func printCase(out io.Writer, c dispute.Case) {
	printCaseFacts(out, c)
	p := casePrinter{out: out}
	if said := c.Dispute.Complaint; said != nil {
		p.section("Complaint")
		p.item(c.Dispute.OpenedAt, "customer")
		p.text(said.Text)
		p.files(said.Files)
	}
	p.conversation(c)
	p.reports(c)
	p.submissions(c)
	p.rulings(c)
	p.periods(c)
	p.sent(c)
}

// printCaseFacts prints where the dispute stands and what it is about.
func printCaseFacts(out io.Writer, c dispute.Case) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	field := func(name, format string, args ...any) {
		if value := plain.Line(fmt.Sprintf(format, args...)); value != "" {
			fmt.Fprintln(table, name+"\t"+value)
		}
	}
	d := c.Dispute
	field("dispute", "%s", d.ID)
	field("state", "%s", c.State)
	field("waiting for", "%s", c.WaitingFor)
	if period := c.RunningPeriod(); period != nil {
		field("until", "%s", until(period.Deadline))
		field("then", "%s", dispute.AtDeadline(c.WaitingFor, c.MerchantReacted, d.DisputedAmount))
	}
	field("attention", "%s", strings.Join(words(c.Attention), ", "))
	if c.Decision != nil {
		field("outcome", "%s (%s), by the %s", c.Decision.Outcome, c.Decision.Reason, c.Decision.By)
	}
	if s := c.Settlement; s != nil {
		money := func(minor int64) dispute.Money {
			return dispute.Money{Amount: minor, Currency: d.DisputedAmount.Currency}
		}
		field("money", "%s off the invoice, %s refunded to the customer, %s outstanding", money(s.Credited), money(s.Refunded), money(s.Outstanding))
		field("due", "%s", s.NewDueDate)
	}
	field("amount", "%s", d.DisputedAmount)
	field("reason", "%s", d.Reason)
	field("customer", "%s", d.Complainant.Name)
	field("merchant", "%s", d.MerchantID)
	field("order", "%s", d.OrderID)
	field("invoice", "%s", d.InvoiceID)
	field("corrected", "%s", strings.TrimSpace(c.Corrected.Merchant+" "+c.Corrected.Customer))
	_ = table.Flush()
}

// casePrinter prints the sections of a case.
type casePrinter struct {
	out io.Writer
}

func (p casePrinter) section(title string) {
	fmt.Fprintf(p.out, "\n%s\n", title)
}

// item prints the first line of an entry: when, and who or what.
func (p casePrinter) item(at time.Time, format string, args ...any) {
	when := strings.Repeat(" ", len("2006-01-02 15:04:05Z"))
	if !at.IsZero() {
		when = at.UTC().Format("2006-01-02 15:04:05Z")
	}
	p.wrapped("  "+when+"  ", fmt.Sprintf(format, args...))
}

// text prints what a party wrote, in full and below its entry, each of its lines quoted.
func (p casePrinter) text(words string) {
	if words == "" {
		return
	}
	for line := range strings.Lines(words) {
		p.quoted(line)
	}
}

func (p casePrinter) quoted(line string) {
	const mark = "    > "
	for _, part := range terminal.Wrap(plain.Line(line), terminal.Columns-len(mark)) {
		fmt.Fprintln(p.out, strings.TrimRight(mark+part, " "))
	}
}

func (p casePrinter) files(files []dispute.File) {
	for _, file := range files {
		p.quoted(fmt.Sprintf("file: %s (%s, %d bytes, sha256 %s)", file.Name, file.Kind, file.Size, file.SHA256))
		p.quoted(file.Location)
	}
}

// wrapped prints a text behind a label, its further lines in line with the first.
func (p casePrinter) wrapped(label, text string) {
	for _, line := range terminal.Wrap(plain.Line(text), terminal.Columns-len(label)) {
		fmt.Fprintln(p.out, label+line)
		label = strings.Repeat(" ", len(label))
	}
}

func (p casePrinter) conversation(c dispute.Case) {
	if len(c.Conversation) > 0 {
		p.section("Conversation")
	}
	for _, remark := range c.Conversation {
		p.item(remark.At, "%s", remark.By)
		p.text(remark.Text)
	}
	if len(c.Proposals) > 0 {
		p.section("Proposals")
	}
	for _, proposal := range c.Proposals {
		p.item(proposal.At, "%d, %s: %s", proposal.Number, proposal.State, proposal)
		p.text(proposal.Message)
		p.text(proposal.Answer)
	}
}

// reports prints what ended the dispute early.
func (p casePrinter) reports(c dispute.Case) {
	if agreed := c.Agreement; agreed != nil {
		p.section("Agreement")
		p.item(agreed.At, "%s: %s", agreed.ReportedBy, agreed.Offer())
		p.text(agreed.Note)
	}
	if withdrawn := c.Withdrawal; withdrawn != nil {
		p.section("Withdrawal")
		p.item(withdrawn.At, "%s", withdrawn.ReportedBy)
		p.text(withdrawn.Note)
	}
	if accepted := c.LossAcceptance; accepted != nil {
		p.section("Loss accepted")
		p.item(accepted.At, "%s", accepted.ReportedBy)
		p.text(accepted.Note)
	}
}

// submissions prints what the parties have submitted to the arbitration.
func (p casePrinter) submissions(c dispute.Case) {
	if c.Statement != nil {
		p.section("Statement")
		p.item(c.Statement.At, "customer")
		p.text(c.Statement.Text)
		p.files(c.Statement.Files)
	}
	if len(c.Evidence) > 0 {
		p.section("Evidence")
	}
	for _, submitted := range c.Evidence {
		p.item(submitted.At, "%s", map[bool]string{true: "merchant, on request", false: "merchant, early"}[submitted.Requested])
		p.text(submitted.Text)
		p.files(submitted.Files)
	}
}

func (p casePrinter) rulings(c dispute.Case) {
	if len(c.Questions)+len(c.Rulings) > 0 {
		p.section("Arbitration")
	}
	for _, question := range c.Questions {
		p.item(question.At, "the desk was asked: %s", question.Stage)
	}
	for _, given := range c.Rulings {
		by := string(given.By)
		if given.RuledBy != "" {
			by += ", " + given.RuledBy
		}
		p.item(given.At, "%s: %s, by the %s", given.Stage, given.Verdict(), by)
		p.text(given.Rationale)
	}
}

func (p casePrinter) periods(c dispute.Case) {
	if len(c.Periods) > 0 {
		p.section("Deadlines")
	}
	for _, period := range c.Periods {
		p.item(period.BeganAt, "%s by the %s: %s; %d business days (%s, %s)",
			period.WaitingFor, period.Concerns, until(period.Deadline), period.BusinessDays, period.Calendar, period.Zone)
		for _, move := range period.Moves {
			p.item(move.At, "moved to %s%s", until(move.To), map[bool]string{true: ", does not count", false: ""}[move.CountsFrom.IsZero()])
			p.text(move.Reason)
		}
	}
}

func (p casePrinter) sent(c dispute.Case) {
	if len(c.Sent) > 0 {
		p.section("Messages")
	}
	for _, sent := range c.Sent {
		what := fmt.Sprintf("%s to the %s: %s", sent.Occasion, sent.Recipient, sent.Result)
		if sent.Channel != "" {
			what += " by " + string(sent.Channel)
		}
		if sent.Answer != "" {
			what += ": " + excerpt(sent.Answer)
		}
		p.item(sent.At, "%s", what)
	}
	if c.SentOmitted > 0 {
		fmt.Fprintf(p.out, "  … and %d more\n", c.SentOmitted)
	}
}
