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
	// openCalled and agreeCalled are when these calls began, openDone is when the first one was answered.
	openCalled, openDone, agreeCalled time.Time
	// notified is when the merchant had the notice of the dispute, booked the instant of the settlement in the ledger, and
	// settled when it was committed.
	notified, booked, settled time.Time
	// events and bytes are the size of the history.
	events, bytes int64
}

// batch is a number of disputes that take their paths together. A system runs one batch at a time.
type batch struct {
	system  *system
	clients int
	items   []*item
	// due is when the shortened response windows end.
	due time.Time
	// busy is how long it took, without the waiting for instants still to come.
	busy time.Duration
}

// timeout bounds each phase of a batch.
func timeout(disputes int) time.Duration {
	return 2*time.Minute + time.Duration(disputes)*200*time.Millisecond
}

// newBatch makes the disputes of a batch and imports their invoices.
func (s *system) newBatch(ctx context.Context, name string, paths []path, clients int) (*batch, error) {
	b := &batch{system: s, clients: clients}
	var cases []parties.Case
	for n, p := range paths {
		// Every other merchant is notified in the portal, the rest by e-mail, and none gets copies.
		c := parties.NewCase(fmt.Sprintf("%s-%s-%d", p, name, n), 3*n+n%2, parties.Path{})
		cases = append(cases, c)
		b.items = append(b.items, &item{Case: c, path: p})
	}
	s.progress.restart()
	_, err := s.Ledger.Import(ctx, parties.Import(cases))
	return b, err
}

func (b *batch) count(p path) (count int) {
	for _, i := range b.items {
		if i.path == p {
			count++
		}
	}
	return count
}

// run takes all disputes to their ends, one phase after another.
func (b *batch) run(ctx context.Context) error {
	b.due = time.Now().Add(3 * interval)
	if err := inOrder(
		func() error { return b.timed(ctx, b.openAll) },
		func() error { return b.timed(ctx, b.react) },
	); err != nil || b.count(agreement) == len(b.items) {
		return err
	}
	silent, arbitrated := b.count(silence), b.count(arbitration)
	return inOrder(
		func() error { return b.awaitAt(ctx, b.due.Add(-2*interval), sent(dispute.OccasionReminder7), silent) },
		func() error { return b.awaitAt(ctx, b.due.Add(-interval), sent(dispute.OccasionReminder2), silent) },
		func() error { return b.awaitAt(ctx, b.due, waitingFor(dispute.WaitStatement), arbitrated) },
		func() error { return b.awaitAt(ctx, b.due, ended, len(b.items)-arbitrated) },
		func() error { return b.timed(ctx, b.arbitrate) },
	)
}

func inOrder(phases ...func() error) error {
	for _, phase := range phases {
		if err := phase(); err != nil {
			return err
		}
	}
	return nil
}

// timed adds the time of a phase to busy.
func (b *batch) timed(ctx context.Context, phase func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout(len(b.items)))
	defer cancel()
	began := time.Now()
	err := phase(ctx)
	b.busy += time.Since(began)
	return err
}

// awaitAt waits for an instant, and adds to busy the time from then until so many disputes have reached a milestone.
func (b *batch) awaitAt(ctx context.Context, at time.Time, milestone string, disputes int) error {
	if err := pause(ctx, time.Until(at)); err != nil {
		return err
	}
	return b.timed(ctx, func(ctx context.Context) error { return b.await(ctx, milestone, disputes) })
}

func (b *batch) await(ctx context.Context, milestone string, disputes int) error {
	if err := b.system.progress.await(ctx, milestone, disputes); err != nil {
		return fmt.Errorf("%s: %w", b.system.mode, err)
	}
	return nil
}

// each makes a call for all disputes of a path, or of every path if it is "", with as many at a time as there are clients.
func (b *batch) each(ctx context.Context, p path, call func(context.Context, *item) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(b.clients)
	for _, i := range b.items {
		if i.path != p && p != "" {
			continue
		}
		group.Go(func() error {
			if err := call(ctx, i); err != nil {
				return fmt.Errorf("%s, dispute %s: %w", b.system.mode, i.Dispute.ID, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// openAll opens the disputes and waits until each of them waits for an agreement. It fails if an instant that was chosen
// for all of them passes before.
func (b *batch) openAll(ctx context.Context) error {
	if err := b.each(ctx, "", b.open); err != nil {
		return err
	}
	if err := b.await(ctx, waitingFor(dispute.WaitAgreement), len(b.items)); err != nil {
		return err
	}
	first := b.due
	if b.count(silence) > 0 {
		first = first.Add(-2 * interval)
	}
	if b.count(agreement) < len(b.items) && time.Now().After(first) {
		return errors.New("the machine is too slow: the first deadline or reminder passed before all disputes were open")
	}
	return nil
}

// inspect reads what has become of the disputes, outside of the time that is measured. It fails if one has ended otherwise
// than its path says.
func (b *batch) inspect(ctx context.Context) error {
	temporal, progress := b.system.Temporal, b.system.progress
	return b.each(ctx, "", func(ctx context.Context, i *item) error {
		i.notified, i.booked = progress.at(sent(dispute.OccasionOpened), i.Dispute.ID), progress.at(booked, i.Dispute.ID)
		if i.settled = progress.at(settled, i.Dispute.ID); i.settled.IsZero() {
			return errors.New("it was not settled")
		}
		var view dispute.View
		if err := temporal.GetWorkflow(ctx, workflows.WorkflowID(i.Dispute.ID), "").Get(ctx, &view); err != nil {
			return err
		}
		if view.ClosingReason != outcomes[i.path] {
			return fmt.Errorf("it was closed with %s instead of %s", view.ClosingReason, outcomes[i.path])
		}
		run, err := temporal.DescribeWorkflowExecution(ctx, workflows.WorkflowID(i.Dispute.ID), "")
		i.events, i.bytes = run.GetWorkflowExecutionInfo().GetHistoryLength(), run.GetWorkflowExecutionInfo().GetHistorySizeBytes()
		return err
	})
}
