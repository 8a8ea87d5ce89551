package main

import (
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// path is what becomes of a dispute. Its id begins with it.
type path string

const (
	// agreement: the two agree within the window, which is a real one of weeks.
	agreement path = "agreement"
	// silence: two reminders and the deadline pass.
	silence path = "silence"
	// arbitration: the merchant responds, and the desk decides in the end.
	arbitration path = "arbitration"
	// storm: the deadline passes, for all disputes at the same instant.
	storm path = "storm"
	// longLife: everything happens.
	longLife path = "longlife"
)

// window is how long after OpenedAt the response window of a hurried path ends, so that whoever opens a dispute
// chooses the instant.
const window = time.Hour

// beat is how long before the next one each of reminder, reminder and deadline falls due. Tests of few disputes
// shorten it.
var beat = 10 * time.Second

// pathOf reads the path of a dispute in its id.
func pathOf(id string) path {
	name, _, _ := strings.Cut(id, "-")
	return path(name)
}

// hurried moves the end of a response window close, where a path needs that: weeks pass within seconds. Nothing
// else of the step changes.
func hurried(asked activities.Notification, notified activities.Notified) activities.Notified {
	p := pathOf(asked.Dispute.ID)
	if p == agreement || notified.Deadline == nil || !asked.Reminders {
		return notified
	}
	at := asked.Dispute.OpenedAt.Add(window).In(notified.Deadline.At.Location())
	notified.Deadline = &dispute.Deadline{At: at}
	if p == silence || p == longLife {
		notified.Deadline.Reminders = []dispute.Reminder{
			{Occasion: dispute.OccasionReminder7, At: at.Add(-2 * beat)},
			{Occasion: dispute.OccasionReminder2, At: at.Add(-beat)},
		}
	}
	return notified
}
