package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
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
		Long: `Prints all of a dispute, running, closed or long forgotten by Temporal (LEDGER_URL): what was said,
sent, asked, ruled and booked, with the texts in full. It has personal data. --as prints what the
merchant, the customer or the desk may see of it.`,
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

// findCase returns the case of a dispute from its workflow or from the archive: when Temporal no longer retains the workflow,
// has only a run that was refused, or does not answer.
func (a *app) findCase(ctx context.Context, id string) (dispute.Case, error) {
	found, err := a.askCase(ctx, id)
	code := dispute.CodeOf(err)
	if err == nil && found.WaitingFor == "" && a.isErased(ctx, id) {
		return a.archivedCase(ctx, id) // which says who has erased it, and why
	}
	switch {
	case err == nil && !wasRefused(found), code != "" && code != dispute.CodeUnknownDispute:
		return found, err
	case a.getenv("LEDGER_URL") == "" && code != "":
		return found, dispute.Refuse(code, "%v; set LEDGER_URL to ask the archive too", err)
	case a.getenv("LEDGER_URL") == "":
		return found, err
	}
	archived, archiveErr := a.archivedCase(ctx, id)
	hasNone := dispute.CodeOf(archiveErr) == dispute.CodeUnknownDispute
	switch {
	case archiveErr == nil && err != nil && code == "":
		fmt.Fprintf(a.err, "this is the case in the archive, as it ended: %v\n", err)
		return archived, nil
	case err == nil && hasNone:
		return found, nil
	case archiveErr == nil, err == nil, code != "" && hasNone:
		return archived, archiveErr
	case code != "":
		return archived, fmt.Errorf("%s, and the archive cannot be asked: %w", err.Error(), archiveErr)
	default:
		return archived, fmt.Errorf("%w; %s", err, archiveErr.Error())
	}
}

// wasRefused reports whether a case is that of a run which was refused when the dispute was opened.
func wasRefused(c dispute.Case) bool { return c.WaitingFor == "" && c.Decision == nil }

// askCase asks Temporal for the case of a dispute.
func (a *app) askCase(ctx context.Context, id string) (dispute.Case, error) {
	disputes, err := a.disputes(ctx)
	if err != nil {
		return dispute.Case{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	found, err := disputes.Case(ctx, id)
	return found, unanswered(ctx, err, "nothing was changed")
}

// archivedCase reads the case of a dispute from the archive.
func (a *app) archivedCase(ctx context.Context, id string) (found dispute.Case, err error) {
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return found, err
	}
	archived, err := books.ArchivedCase(ctx, id)
	if err != nil {
		return found, err
	}
	keys, err := a.keys()
	if err != nil {
		return found, err
	}
	content, err := keys.Open(archived.KeyID, archived.Content, id)
	if err != nil {
		return found, fmt.Errorf("the archived case of dispute %s cannot be read: %w", id, err)
	}
	return found, json.Unmarshal(content, &found)
}
