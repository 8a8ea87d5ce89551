package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
)

// item is one dispute that is measured.
type item struct {
	parties.Case
	path path
	// open and agree are when the calls began, opened when the first was answered.
	open, opened, agree time.Time
	outcome
}

// slice is a number of disputes that go through their paths together. Only one slice is under way at a time.
type slice struct {
	lane    *lane
	clients int
	items   []*item
	// due is when the response windows end that do not last weeks.
	due time.Time
	// busy is how long it took, less the waiting for instants that were still to come.
	busy time.Duration
	tick func()
}

// patience bounds each part of what so many disputes go through: two minutes, and a second for each five of them.
func patience(disputes int) time.Duration {
	return 2*time.Minute + time.Duration(disputes)*200*time.Millisecond
}

// newSlice makes the disputes of a slice, and books their invoices.
func (l *lane) newSlice(ctx context.Context, name string, paths []path, clients int, tick func()) (*slice, error) {
	s := &slice{lane: l, clients: clients, tick: tick}
	var cases []parties.Case
	for n, p := range paths {
		// Every other merchant is told in the portal, the rest by e-mail; nobody wants copies.
		c := parties.NewCase(fmt.Sprintf("%s-%s-%d", p, name, n), 3*n+n%2, parties.Path{})
		cases = append(cases, c)
		s.items = append(s.items, &item{Case: c, path: p})
	}
	_, err := l.ledger.Import(ctx, parties.Import(cases))
	return s, err
}

// count is how many disputes of the slice take a path.
func (s *slice) count(p path) (count int) {
	for _, i := range s.items {
		if i.path == p {
			count++
		}
	}
	return count
}

// play takes all disputes through their paths, each part as soon as the one before is done.
func (s *slice) play(ctx context.Context) error {
	s.due = time.Now().Add(3 * beat)
	hushed, arbitrated := s.count(silence), s.count(arbitration)
	return inOrder(
		func() error { return s.timed(ctx, s.openAll) },
		func() error { return s.timed(ctx, s.react) },
		func() error { return s.atInstant(ctx, s.due.Add(-2*beat), told(dispute.OccasionReminder7), hushed) },
		func() error { return s.atInstant(ctx, s.due.Add(-beat), told(dispute.OccasionReminder2), hushed) },
		func() error { return s.atInstant(ctx, s.due, ended, hushed) },
		func() error { return s.atInstant(ctx, s.due, waitsFor(dispute.WaitStatement), arbitrated) },
		func() error { return s.timed(ctx, s.arbitrate) },
	)
}

func inOrder(parts ...func() error) error {
	for _, part := range parts {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// timed adds to busy how long a part takes.
func (s *slice) timed(ctx context.Context, part func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience(len(s.items)))
	defer cancel()
	began := time.Now()
	err := part(ctx)
	s.busy += time.Since(began)
	return err
}

// atInstant waits for an instant, and takes the time from then on until so many disputes have come so far.
func (s *slice) atInstant(ctx context.Context, at time.Time, what string, disputes int) error {
	if disputes == 0 {
		return nil
	}
	if err := pause(ctx, time.Until(at)); err != nil {
		return err
	}
	return s.timed(ctx, func(ctx context.Context) error { return s.lane.await(ctx, what, disputes) })
}

// each does something for all disputes of a path, as many at a time as there are clients.
func (s *slice) each(ctx context.Context, p path, do func(context.Context, *item) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.clients)
	for _, i := range s.items {
		if i.path != p && p != "" {
			continue
		}
		group.Go(func() error {
			if err := do(ctx, i); err != nil {
				return fmt.Errorf("%s, dispute %s: %w", s.lane.mode, i.Dispute.ID, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// errSlow ends a measurement in which instants passed before all disputes were there.
var errSlow = errors.New("the machine is too slow for the instants that were chosen: the first one has passed before all disputes were open")

// openAll opens the disputes, until each of them waits for an agreement.
func (s *slice) openAll(ctx context.Context) error {
	if len(s.items) > s.count(agreement) {
		first := s.due
		if s.count(silence) > 0 {
			first = s.due.Add(-2 * beat)
		}
		bounded, cancel := context.WithDeadlineCause(ctx, first, errSlow)
		defer cancel()
		ctx = bounded
	}
	err := s.each(ctx, "", s.open)
	if err == nil {
		err = s.lane.await(ctx, waitsFor(dispute.WaitAgreement), len(s.items))
	}
	if err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return nil
}

func (s *slice) open(ctx context.Context, i *item) error {
	i.open = time.Now()
	if i.Dispute.OpenedAt = i.open; i.path != agreement {
		i.Dispute.OpenedAt = s.due.Add(-window)
	}
	defer s.tick()
	for {
		_, err := s.lane.disputes.Open(ctx, i.Dispute)
		i.opened = time.Now()
		if err == nil || dispute.CodeOf(err) != "" {
			return err
		}
		// Trouble with Temporal: the same call can be made again, and every service would.
		if pause(ctx, 100*time.Millisecond) != nil {
			return err
		}
		s.lane.repeats.add(i.Dispute.ID, err)
	}
}

// react lets the two agree, or the merchant respond.
func (s *slice) react(ctx context.Context) error {
	if err := s.each(ctx, arbitration, s.respond); err != nil {
		return err
	}
	if err := s.each(ctx, agreement, s.agree); err != nil {
		return err
	}
	return s.lane.await(ctx, ended, s.count(agreement))
}

func (s *slice) arbitrate(ctx context.Context) error {
	disputes := s.count(arbitration)
	return inOrder(
		func() error { return s.each(ctx, arbitration, s.state) },
		func() error { return s.lane.await(ctx, waitsFor(dispute.WaitEvidence), disputes) },
		func() error { return s.each(ctx, arbitration, s.submit) },
		func() error { return s.lane.await(ctx, waitsFor(dispute.WaitDecision), disputes) },
		func() error { return s.each(ctx, arbitration, s.rule) },
		func() error { return s.lane.await(ctx, ended, disputes) },
	)
}
