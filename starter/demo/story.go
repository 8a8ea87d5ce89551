package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/workflows"
)

// toldSlowly is the end of the dispute that the demo tells in full: it has every stage of the process.
const toldSlowly = dispute.ClosedForCustomer

// story tells one dispute while its parties act.
type story struct {
	*demo
	parties.Case
	// told is how many entries of the timeline have been told.
	told int
}

// begin says who disputes what, and where the case can be read.
func (s *story) begin() {
	s.says("Ten disputes run now, one for each way in which a dispute can end. One is told here, step by step; " +
		"the other nine follow at the end, a line each.")
	if s.environment != nil {
		s.prints(fmt.Sprintf("\nThe case, to open beside it (tab User Metadata):\n  %s/namespaces/%s/workflows/%s",
			s.environment.Server.UIURL(), client.DefaultNamespace, workflows.WorkflowID(s.Dispute.ID)))
	}
	s.prints("")
	s.acts(dispute.PartyCustomer, fmt.Sprintf("%s has bought skis from %s and has paid the invoice of %s. It lists two pairs; "+
		"one was ordered. The customer disputes %s.", s.Dispute.Complainant.Name, s.Merchant.Name, s.Invoice.Amount, s.Dispute.DisputedAmount))
}

// catchUp tells what has happened since it was last called. The parties wait for it before each step.
func (s *story) catchUp(ctx context.Context) error {
	view, err := status(ctx, s.disputes, s.Dispute.ID)
	if err != nil {
		return err
	}
	invoice, err := s.ledger.Invoice(ctx, s.Invoice.ID)
	if err != nil {
		return err
	}
	until := ""
	if view.Deadline != nil {
		until = dispute.Until(*view.Deadline)
	}
	for ; s.told < len(view.Timeline); s.told++ {
		entry := view.Timeline[s.told]
		text := sentence(entry, until, invoice)
		if text == "" {
			continue
		}
		s.acts(entry.Actor, text)
		if mail := mailOf(entry); mail != "" && s.environment != nil {
			s.prints(strings.Repeat(" ", indent) + filepath.Join(s.environment.MailDir(), mail))
		}
		if err := rest(ctx, s.Pace); err != nil {
			return err
		}
	}
	return nil
}

// rest waits, and returns ctx.Err() when ctx ends before that.
func rest(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}

// callTimeout bounds one call: the worker may be dead while it runs.
const callTimeout = 5 * time.Second

// status asks for the status of a dispute until a worker answers.
func status(ctx context.Context, disputes *workflows.Client, id string) (dispute.View, error) {
	for {
		bounded, cancel := context.WithTimeout(ctx, callTimeout)
		view, err := disputes.Status(bounded, id)
		cancel()
		if err == nil || dispute.CodeOf(err) != "" {
			return view, err
		}
		if ended := rest(ctx, poll); ended != nil {
			return view, fmt.Errorf("%w: %w", ended, err)
		}
	}
}
