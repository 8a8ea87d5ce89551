package main

import (
	"context"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/arbiter"
	"github.com/streitfall/streitfall/dispute"
)

// berlin is the offset of the instants that calendars give, which stand in the history with it.
var berlin = time.FixedZone("", 3600)

// atOnce answers a step with as many bytes as the real one, and does nothing.
func atOnce(ctx context.Context, asked any, now time.Time) (any, error) {
	switch in := asked.(type) {
	case activities.Pause:
		return activities.Paused{At: now, InvoiceID: in.Dispute.InvoiceID, Outstanding: in.Dispute.DisputedAmount.Amount, DaysLeft: 14}, nil
	case activities.Settle:
		return activities.Settled{At: now, Credited: 2500, Outstanding: 7500, NewDueDate: now.AddDate(0, 0, 14).Format(time.DateOnly)}, nil
	case activities.Case:
		ruling, err := arbiter.Rules{}.Judge(ctx, in)
		judgement := activities.Judgement{Ruling: ruling}
		if next := in.Next(ruling); next != nil {
			told := taken(toldAtOnce(*next, now))
			judgement.Told = &told
		}
		return judgement, err
	case activities.Notification:
		return toldAtOnce(in, now), nil
	case activities.Both[activities.Notification]:
		return activities.Both[activities.Told]{Merchant: taken(toldAtOnce(in.Merchant, now)), Customer: taken(toldAtOnce(in.Customer, now))}, nil
	default:
		return nil, fmt.Errorf("the floor has no answer to %T", asked)
	}
}

func taken(notified activities.Notified) activities.Told {
	return activities.Told{Notified: &notified}
}

func toldAtOnce(in activities.Notification, now time.Time) activities.Notified {
	notified := activities.Notified{Channel: dispute.ChannelEmail, At: now, Answer: "250 2.0.0 OK: queued"}
	if in.Period == 0 {
		return notified
	}
	notified.Deadline = &dispute.Deadline{At: now.AddDate(0, 0, 30).Truncate(time.Hour).In(berlin)}
	if in.Reminders {
		notified.Deadline.Reminders = []dispute.Reminder{
			{Occasion: dispute.OccasionReminder7, At: notified.Deadline.At.AddDate(0, 0, -10)},
			{Occasion: dispute.OccasionReminder2, At: notified.Deadline.At.AddDate(0, 0, -3)},
		}
	}
	return notified
}
