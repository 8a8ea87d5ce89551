package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
)

// caseAudiences are the audiences of a case.
var caseAudiences = []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyDesk}

func (a *app) caseCommand() *cobra.Command {
	var asJSON bool
	var audience dispute.Party
	cmd := &cobra.Command{
		Use:   "case ID",
		Short: "Print the whole case of a dispute",
		Long: `Prints all of a dispute, running or closed: what was said, sent, asked, ruled and booked, with the texts
in full. It has personal data. --as prints what the merchant, the customer or the desk may see of it.`,
		Example: "  starter case kd-2026-0001\n  starter case kd-2026-0001 --as merchant --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if err := known("as", string(audience), caseAudiences); err != nil {
				return err
			}
			return exactly(disputeID)(cmd, args)
		},
		ValidArgsFunction: a.completeID,
		RunE: does(func(ctx context.Context, args []string) error {
			found, err := a.findCase(ctx, args[0])
			if err != nil {
				return err
			}
			if audience != "" {
				found = found.For(audience)
			}
			if asJSON {
				return a.printJSON(found)
			}
			printCase(a.out, found)
			return nil
		}),
	}
	text(cmd, &audience, "as", "print what one audience may see: "+strings.Join(words(caseAudiences), ", "))
	jsonFlag(cmd, &asJSON)
	return cmd
}

// findCase returns the case of a dispute from its workflow, as long as Temporal retains that.
func (a *app) findCase(ctx context.Context, id string) (dispute.Case, error) {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return dispute.Case{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	found, err := disputes.Case(ctx, id)
	if dispute.CodeOf(err) == dispute.CodeUnknownDispute {
		return dispute.Case{}, dispute.Refuse(dispute.CodeUnknownDispute, "%v; starter status %s prints what the ledger knows of it", err, id)
	}
	return found, unanswered(ctx, err, "nothing was changed")
}
