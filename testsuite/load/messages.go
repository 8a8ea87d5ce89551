package main

import (
	"context"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

func (s *slice) agree(ctx context.Context, i *item) error {
	i.agree = time.Now()
	return s.lane.disputes.Agree(ctx, i.Dispute.ID, dispute.Agreement{
		Terms: dispute.MerchantRefunds, Refund: &dispute.Money{Amount: 2500, Currency: "EUR"}, ReportedBy: dispute.PartyMerchant,
	})
}

func (s *slice) respond(ctx context.Context, i *item) error {
	_, err := s.lane.disputes.Respond(ctx, i.Dispute.ID, dispute.Response{Message: "Wir prüfen das.", ReportedBy: dispute.PartyMerchant})
	return err
}

func (s *slice) state(ctx context.Context, i *item) error {
	_, err := s.lane.disputes.StateReason(ctx, i.Dispute.ID, dispute.Statement{Statement: "Es kam nichts an."})
	return err
}

func (s *slice) submit(ctx context.Context, i *item) error {
	_, err := s.lane.disputes.SubmitEvidence(ctx, i.Dispute.ID, dispute.Evidence{Text: "Zugestellt laut Sendungsverfolgung."})
	return err
}

func (s *slice) rule(ctx context.Context, i *item) error {
	_, err := s.lane.disputes.Rule(ctx, i.Dispute.ID, dispute.Ruling{
		Stage: dispute.StageDecision, InFavourOf: dispute.PartyMerchant, RuledBy: "anna", Rationale: "nach Aktenlage",
	})
	return err
}
