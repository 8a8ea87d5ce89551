package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// path is the way of a dispute to its end. The dispute's id begins with it.
type path string

const (
	// every stands for all paths.
	every path = ""
	// agreement: the parties agree within the response window, which lasts weeks as in production.
	agreement path = "agreement"
	// silence: two reminders and the deadline pass.
	silence path = "silence"
	// arbitration: the merchant responds, the window ends, and the desk decides in the end.
	arbitration path = "arbitration"
	// expiry: the deadline passes without reminders.
	expiry path = "expiry"
)

// pathOf returns the path of a dispute.
func pathOf(disputeID string) path {
	name, _, _ := strings.Cut(disputeID, "-")
	return path(name)
}

// outcomes are the closing reasons of the paths.
var outcomes = map[path]dispute.ClosingReason{
	agreement: dispute.ClosedByAgreement, silence: dispute.ClosedMerchantSilent,
	arbitration: dispute.ClosedForMerchant, expiry: dispute.ClosedMerchantSilent,
}

// mixes are the values of --path: the paths of ten disputes. The shares of the mixed one are an estimate.
var mixes = map[string][]path{
	"agreement":   {agreement},
	"silence":     {silence},
	"arbitration": {arbitration},
	"mixed":       {agreement, silence, agreement, agreement, arbitration, agreement, silence, agreement, silence, agreement},
}

// plan is what a measurement runs. A number that it has no use for is 0.
type plan struct {
	Path string `json:"path,omitzero"`
	// Disputes is the number of disputes that are measured, per mode and round.
	Disputes int `json:"disputes"`
	Clients  int `json:"clients"`
	Rounds   int `json:"rounds,omitzero"`
	// Few and Many are the numbers of open disputes beside which others are measured.
	Few  int `json:"few,omitzero"`
	Many int `json:"many,omitzero"`
	// Open and Closed are the numbers of disputes in the ledger, and Rate the requests to the portal per second.
	Open    int `json:"open,omitzero"`
	Closed  int `json:"closed,omitzero"`
	Rate    int `json:"rate,omitzero"`
	Seconds int `json:"seconds,omitzero"`
	// Starter is the program that serves the portal; empty if it has to be built.
	Starter string `json:"-"`
}

func (p *plan) check() error {
	if _, known := mixes[p.Path]; p.Path != "" && !known {
		return fmt.Errorf("--path is %q; allowed are %s", p.Path, strings.Join(slices.Sorted(maps.Keys(mixes)), ", "))
	}
	if min(p.Disputes, p.Clients) < 1 || p.Path != "" && p.Rounds < 1 || p.Few < 0 || p.Many < p.Few {
		return errors.New("disputes, clients and rounds must be at least 1, and --many at least --few")
	}
	if p.Open+p.Rate != 0 && (min(p.Rate, p.Seconds) < 1 || p.Open < p.Disputes || p.Closed < 0) {
		return errors.New("rate and seconds must be at least 1, and --open at least --disputes")
	}
	return nil
}

// repeated repeats a mix of paths for a number of disputes.
func repeated(mix []path, disputes int) []path {
	out := make([]path, disputes)
	for n := range out {
		out[n] = mix[n%len(mix)]
	}
	return out
}

// batchSize is the largest number of disputes of one mode before the next mode runs: a shared machine is not equally
// fast for long.
const batchSize = 125

// batches splits a number of disputes into sizes of batches, which are as equal as possible.
func batches(disputes int) (sizes []int) {
	count := (disputes + batchSize - 1) / batchSize
	for n := range count {
		sizes = append(sizes, disputes*(n+1)/count-disputes*n/count)
	}
	return sizes
}

// window is the time from a dispute's OpenedAt to the end of its shortened response window, so that the caller that
// opens the dispute chooses the instant of that end.
const window = time.Hour

// interval is the time from the first reminder to the second one, and from there to the deadline. Tests shorten it.
var interval = 10 * time.Second

// shorten moves the end of a response window from weeks to seconds ahead, unless the path is an agreement.
func shorten(asked activities.Notification, deadline *dispute.Deadline) {
	p := pathOf(asked.Dispute.ID)
	if p == agreement || deadline == nil || !asked.Reminders {
		return
	}
	end := asked.Dispute.OpenedAt.Add(window).In(deadline.At.Location())
	*deadline = dispute.Deadline{At: end}
	if p == silence {
		deadline.Reminders = []dispute.Reminder{
			{Occasion: dispute.OccasionReminder7, At: end.Add(-2 * interval)},
			{Occasion: dispute.OccasionReminder2, At: end.Add(-interval)},
		}
	}
}
