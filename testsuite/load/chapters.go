package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// chapters are what happens in a long life, in this order.
var chapters = []struct {
	name string
	live func(*life, context.Context) error
}{
	{"a merchant who cannot be reached", (*life).beUnreachable},
	{"reminders", (*life).beReminded},
	{"the window", (*life).useTheWindow},
	{"the statement", (*life).state},
	{"the justification", (*life).justify},
	{"the evidence", (*life).prove},
	{"the decision", (*life).decide},
}

func (l *life) beUnreachable(ctx context.Context) error {
	l.stage.mailbox.Refuse(l.Merchant.Email, true)
	if _, err := l.lane.disputes.Open(ctx, l.Dispute); err != nil {
		return err
	}
	err := l.say(dispute.UpdateRetryNotification, 20, func(n int) error {
		if err := l.until(ctx, waiting(dispute.WaitRetryNotification)); err != nil {
			return err
		}
		l.stage.mailbox.Refuse(l.Merchant.Email, n < 19)
		_, err := l.lane.disputes.RetryNotification(ctx, l.Dispute.ID, dispute.Retry{RequestedBy: "op"})
		return err
	})
	if err != nil {
		return err
	}
	return l.until(ctx, waiting(dispute.WaitAgreement))
}

func (l *life) beReminded(ctx context.Context) error {
	return inOrder(
		func() error { return l.lane.await(ctx, told(dispute.OccasionReminder7), 1) },
		func() error { return l.lane.await(ctx, told(dispute.OccasionReminder2), 1) },
		func() error { return l.move(ctx, 17, time.Hour) },
	)
}

// useTheWindow says everything that can be said in the window, until it ends because its deadline is moved close.
func (l *life) useTheWindow(ctx context.Context) error {
	return inOrder(
		func() error {
			return l.say(dispute.UpdateRespond, 20, func(int) error {
				_, err := l.lane.disputes.Respond(ctx, l.Dispute.ID, dispute.Response{Message: longText, ReportedBy: dispute.PartyMerchant})
				return err
			})
		},
		func() error { return l.submit(ctx, 10, dispute.MaxEvidenceFiles) },
		func() error {
			return l.say(dispute.UpdateAcknowledge, 50, func(int) error { return l.beMisunderstood(ctx) })
		},
		func() error { return l.move(ctx, 1, time.Second) },
	)
}

// beMisunderstood sends an agreement that is impossible, and acknowledges that.
func (l *life) beMisunderstood(ctx context.Context) error {
	tooMuch := l.Dispute.DisputedAmount
	tooMuch.Amount++
	err := l.lane.disputes.Agree(ctx, l.Dispute.ID, dispute.Agreement{Terms: dispute.MerchantRefunds, Refund: &tooMuch, ReportedBy: dispute.PartyMerchant})
	if err != nil {
		return err
	}
	l.said[dispute.SignalAgreement+" (impossible)"]++
	misunderstood := func(view dispute.View) bool { return slices.Contains(view.Attention, dispute.CauseMessageIgnored) }
	if err := l.until(ctx, misunderstood); err != nil {
		return err
	}
	_, err = l.lane.disputes.Acknowledge(ctx, l.Dispute.ID, dispute.Acknowledgement{Cause: dispute.CauseMessageIgnored, AcknowledgedBy: "op", Note: "seen"})
	return err
}

func (l *life) move(ctx context.Context, times int, ahead time.Duration) error {
	return l.say(dispute.UpdateMoveDeadline, times, func(n int) error {
		_, err := l.lane.disputes.MoveDeadline(ctx, l.Dispute.ID, dispute.DeadlineMove{
			To: time.Now().Add(ahead + time.Duration(n)*time.Minute), Reason: "both have asked for it", MovedBy: "op",
		})
		return err
	})
}

func (l *life) submit(ctx context.Context, times, files int) error {
	evidence := dispute.Evidence{Text: longText}
	for n := range files {
		evidence.Files = append(evidence.Files, dispute.EvidenceFile{
			Kind: "correspondence", Name: fmt.Sprint("brief-", n, ".pdf"), Size: 1 << 20,
			SHA256:   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			Location: "https://files.example/" + fmt.Sprintf("%0470d", n),
		})
	}
	return l.say(dispute.UpdateSubmitEvidence, times, func(int) error {
		_, err := l.lane.disputes.SubmitEvidence(ctx, l.Dispute.ID, evidence)
		return err
	})
}

func (l *life) state(ctx context.Context) error {
	return inOrder(
		func() error { return l.until(ctx, waiting(dispute.WaitStatement)) },
		func() error { return l.move(ctx, 1, time.Hour) },
		func() error {
			return l.say(dispute.UpdateStateReason, 1, func(int) error {
				_, err := l.lane.disputes.StateReason(ctx, l.Dispute.ID, dispute.Statement{Statement: longText})
				return err
			})
		},
	)
}

func (l *life) justify(ctx context.Context) error {
	justified := true
	return l.rule(ctx, dispute.WaitJustification, dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified})
}

func (l *life) prove(ctx context.Context) error {
	return inOrder(
		func() error { return l.until(ctx, waiting(dispute.WaitEvidence)) },
		func() error { return l.move(ctx, 1, time.Hour) },
		func() error { return l.submit(ctx, 1, dispute.MaxEvidenceFiles) },
	)
}

func (l *life) decide(ctx context.Context) error {
	return l.rule(ctx, dispute.WaitDecision, dispute.Ruling{Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant})
}

// rule rules as soon as the desk has been asked.
func (l *life) rule(ctx context.Context, wait dispute.Wait, ruling dispute.Ruling) error {
	ruling.RuledBy, ruling.Rationale = "anna", longText
	if err := l.until(ctx, waiting(wait)); err != nil {
		return err
	}
	return l.say(dispute.UpdateRule, 1, func(int) error {
		_, err := l.lane.disputes.Rule(ctx, l.Dispute.ID, ruling)
		return err
	})
}

// lifeReport is what a long life has shown.
type lifeReport struct {
	Events int64 `json:"historyEvents"`
	Bytes  int64 `json:"historyBytes"`
	// Replay is in milliseconds.
	Replay   float64        `json:"replay"`
	Messages map[string]int `json:"messages"`
}

func (r lifeReport) print(out io.Writer) {
	fmt.Fprintf(out, "A dispute with as much as the process allows\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(r.Messages)) {
		fmt.Fprintf(table, "%s\t%d\n", name, r.Messages[name])
	}
	fmt.Fprintf(table, "history events\t%d\nhistory bytes\t%d\nreplay, ms (median of %d)\t%.0f\n", r.Events, r.Bytes, replays, r.Replay)
	_ = table.Flush()
}
