package main

import (
	"context"
	"os"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// envSabotage breaks an invariant on purpose, to test that the audit finds it: CHAOS_SABOTAGE=twice makes the worker send
// the result of each dispute to its customer twice, as two messages.
const envSabotage = "CHAOS_SABOTAGE"

func sabotage(s *assembly.Systems) {
	if os.Getenv(envSabotage) == "twice" {
		s.Email = twice{s.Email}
	}
}

type twice struct{ activities.Channel }

func (t twice) Send(ctx context.Context, notice dispute.Notice) (string, error) {
	answer, err := t.Channel.Send(ctx, notice)
	if err == nil && notice.Key.Occasion == dispute.OccasionClosed && notice.Key.Recipient == dispute.PartyCustomer {
		notice.Key.Number += 1000
		_, err = t.Channel.Send(ctx, notice)
	}
	return answer, err
}
