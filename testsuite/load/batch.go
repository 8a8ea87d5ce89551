package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// item is one dispute of a batch.
type item struct {
	parties.Case
	path path
	// booked is what the customer has paid of the invoice besides what imports report.
	booked int64
	// openCalled and agreeCalled are when these calls began, openDone is when the first one was answered.
	openCalled, openDone, agreeCalled time.Time
	// notified is when the merchant had the notice of the dispute, settled is when the settlement was committed.
	notified, settled time.Time
	// events and bytes are the size of the history.
	events, bytes int64
}

// batch is a number of disputes that take their paths together. A system runs one batch at a time.
type batch struct {
	system  *system
	clients int
	items   []*item
	paths   map[path]int // the number of disputes of each path
	// due is when the shortened response windows end.
	due time.Time
	// busy is how long the batch took, without the waiting for instants still to come.
	busy time.Duration
}

// newBatch makes the disputes of a batch and imports their invoices.
func (s *system) newBatch(ctx context.Context, name string, paths []path, clients int) (*batch, error) {
	b := &batch{system: s, clients: clients, paths: map[path]int{}}
	var cases []parties.Case
	for n, p := range paths {
		// Every other merchant is notified in the portal, the rest by e-mail, and none gets copies.
		c := parties.NewCase(fmt.Sprintf("%s-%s-%d", p, name, n), 3*n+n%2, parties.Path{})
		cases = append(cases, c)
		b.items = append(b.items, &item{Case: c, path: p})
		b.paths[p]++
		b.paths[every]++
	}
	s.restart()
	_, err := s.Ledger.Import(ctx, parties.Import(cases))
	return b, err
}

// phase is what the disputes of a path do together.
type phase struct {
	path path
	// at is when the phase begins; the zero time means at once.
	at time.Time
	// call is made for each dispute, with as many at a time as there are clients.
	call func(context.Context, *item) error
	// awaits is the milestone with which the phase ends.
	awaits string
}

// run opens all disputes and takes them to their ends.
func (b *batch) run(ctx context.Context) error {
	b.due = time.Now().Add(3 * interval)
	if err := b.open(ctx); err != nil {
		return err
	}
	paid := make(chan error, 1)
	go func() { paid <- b.pay(ctx) }()
	err := b.play(ctx,
		phase{path: arbitration, call: b.respond},
		phase{path: agreement, call: b.agree, awaits: ended},
		phase{path: silence, at: b.due.Add(-2 * interval), awaits: sent(dispute.OccasionReminder7)},
		phase{path: silence, at: b.due.Add(-interval), awaits: sent(dispute.OccasionReminder2)},
		phase{path: silence, at: b.due, awaits: ended},
		phase{path: arbitration, at: b.due, awaits: waitingFor(dispute.WaitStatement)},
		phase{path: arbitration, call: b.state, awaits: waitingFor(dispute.WaitEvidence)},
		phase{path: arbitration, call: b.submit, awaits: waitingFor(dispute.WaitDecision)},
		phase{path: arbitration, call: b.decide, awaits: ended},
	)
	return errors.Join(err, <-paid)
}

// open opens the disputes and waits until each of them waits for an agreement. It fails if an instant that was chosen for
// all of them has passed by then.
func (b *batch) open(ctx context.Context) error {
	if err := b.play(ctx, phase{path: every, call: b.openOne, awaits: waitingFor(dispute.WaitAgreement)}); err != nil {
		return err
	}
	first := b.due
	if b.paths[silence] > 0 {
		first = first.Add(-2 * interval)
	}
	if b.paths[agreement] < b.paths[every] && time.Now().After(first) {
		return errors.New("the machine is too slow: the first deadline or reminder passed before all disputes were open")
	}
	return nil
}

// play goes through phases, one after another, and adds their time to busy.
func (b *batch) play(ctx context.Context, phases ...phase) error {
	for _, phase := range phases {
		if b.paths[phase.path] == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(phase.at)):
		}
		began := time.Now()
		err := b.playOne(ctx, phase)
		b.busy += time.Since(began)
		if err != nil {
			return fmt.Errorf("%s: %w", b.system.mode, err)
		}
	}
	return nil
}

func (b *batch) playOne(ctx context.Context, p phase) error {
	disputes := b.paths[p.path]
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute+time.Duration(disputes)*200*time.Millisecond)
	defer cancel()
	if p.call != nil {
		if err := b.each(ctx, p.path, p.call); err != nil {
			return err
		}
	}
	if p.awaits == "" {
		return nil
	}
	return b.system.await(ctx, p.path, p.awaits, disputes)
}

// each makes a call for all disputes of a path, with as many at a time as there are clients.
func (b *batch) each(ctx context.Context, p path, call func(context.Context, *item) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(b.clients)
	for _, i := range b.items {
		if p == every || i.path == p {
			group.Go(func() error {
				if err := call(ctx, i); err != nil {
					return fmt.Errorf("dispute %s: %w", i.Dispute.ID, err)
				}
				return nil
			})
		}
	}
	return group.Wait()
}

// inspect reads what has become of the disputes, outside of the time that is measured. It fails if one has ended otherwise
// than its path says.
func (b *batch) inspect(ctx context.Context) error {
	return b.each(ctx, every, b.inspectOne)
}

func (b *batch) inspectOne(ctx context.Context, i *item) error {
	s, id := b.system, workflows.WorkflowID(i.Dispute.ID)
	i.notified, i.settled = s.at(sent(dispute.OccasionOpened), i.Dispute.ID), s.at(settled, i.Dispute.ID)
	if i.settled.IsZero() {
		return errors.New("it was not settled")
	}
	var view dispute.View
	if err := s.Temporal.GetWorkflow(ctx, id, "").Get(ctx, &view); err != nil {
		return err
	}
	if view.ClosingReason != outcomes[i.path] {
		return fmt.Errorf("it was closed with %s instead of %s", view.ClosingReason, outcomes[i.path])
	}
	if invoice, err := s.Ledger.Invoice(ctx, i.Invoice.ID); err != nil || invoice.Paid != i.Invoice.Paid+i.booked {
		return errors.Join(err, fmt.Errorf("%d of its invoice are paid instead of %d", invoice.Paid, i.Invoice.Paid+i.booked))
	}
	run, err := s.Temporal.DescribeWorkflow(ctx, id, "")
	if err != nil {
		return err
	}
	info := run.RawResponse.GetWorkflowExecutionInfo()
	i.events, i.bytes = info.GetHistoryLength(), info.GetHistorySizeBytes()
	return nil
}
