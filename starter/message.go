package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/workflows"
)

// messages returns the commands that send a dispute a message.
func (a *app) messages() []*cobra.Command {
	return []*cobra.Command{
		a.respond(), a.write(), a.propose(), a.accept(), a.decline(), a.agree(), a.withdraw(), a.acceptLoss(), a.stateReason(), a.submitEvidence(),
		a.rule(), a.moveDeadline(), a.retryNotification(), a.acknowledge(), a.reportBounce(),
	}
}

func (a *app) respond() *cobra.Command {
	var m dispute.Response
	cmd := update(a, "respond ID", "The merchant answers the customer, and cannot lose by silence any more", &m, (*workflows.Client).Respond)
	cmd.Example = "  starter respond kd-2026-0001 --message \"We are looking into it.\""
	cmd.Flags().StringVar(&m.Message, "message", "", "what the merchant says, for the customer (1 to 5,000 characters)")
	party(cmd, &m.ReportedBy, dispute.PartyMerchant, "merchant or operator")
	return required(cmd, "message")
}

func (a *app) acceptLoss() *cobra.Command {
	var m dispute.LossAcceptance
	cmd := update(a, "accept-loss ID", "The merchant accepts the loss: the amount is charged back", &m, (*workflows.Client).AcceptLoss)
	cmd.Example = "  starter accept-loss kd-2026-0001 --note \"Our mistake.\""
	party(cmd, &m.ReportedBy, dispute.PartyMerchant, "merchant or operator")
	cmd.Flags().StringVar(&m.Note, "note", "", "a note for the case file")
	return a.confirming(cmd, func(_ dispute.View, disputed string) string { return chargedBack(disputed) })
}

func (a *app) stateReason() *cobra.Command {
	var m dispute.Statement
	cmd := update(a, "state-reason ID", "The customer states the reason that Klarna has asked for", &m, (*workflows.Client).StateReason)
	cmd.Example = "  starter state-reason kd-2026-0001 --statement \"It never came.\""
	cmd.Flags().StringVar(&m.Statement, "statement", "", "what the customer says (1 to 5,000 characters)")
	fileFlag(cmd, &m.Files)
	return required(cmd, "statement")
}

func (a *app) submitEvidence() *cobra.Command {
	var m dispute.Evidence
	cmd := update(a, "submit-evidence ID", "The merchant submits a text, references to files, or both", &m, (*workflows.Client).SubmitEvidence)
	cmd.Example = "  starter submit-evidence kd-2026-0001 --text \"It was delivered.\" --file '{\"kind\": \"proof_of_delivery\",\n" +
		"    \"name\": \"pod.pdf\", \"size\": 48213, \"sha256\": \"…\", \"location\": \"https://…\"}'"
	cmd.Flags().StringVar(&m.Text, "text", "", "what the merchant says (up to 5,000 characters)")
	fileFlag(cmd, &m.Files)
	return cmd
}

// fileFlag adds --file.
func fileFlag(cmd *cobra.Command, files *[]dispute.File) {
	cmd.Flags().Func("file", "a file by reference, as JSON, up to ten times; kinds:\n"+choices(dispute.FileKinds), func(value string) error {
		var file dispute.File
		decoder := json.NewDecoder(strings.NewReader(value))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&file); err != nil {
			return fmt.Errorf("this is not the JSON of a file: %w", err)
		}
		*files = append(*files, file)
		return nil
	})
}

func (a *app) rule() *cobra.Command {
	var m dispute.Ruling
	var justified bool
	cmd := update(a, "rule ID", "The desk rules on the question that it was asked", &m, (*workflows.Client).Rule)
	cmd.Example = "  starter rule kd-2026-0001 --stage justification --justified=false --ruled-by anna --rationale \"…\"\n" +
		"  starter rule kd-2026-0001 --stage decision --in-favour-of merchant --ruled-by anna --rationale \"…\""
	text(cmd, &m.Stage, "stage", "justification or decision")
	cmd.Flags().BoolVar(&justified, "justified", false, "stage justification: --justified or --justified=false")
	text(cmd, &m.InFavourOf, "in-favour-of", "stage decision: merchant or customer")
	cmd.Flags().StringVar(&m.RuledBy, "ruled-by", "", "who rules")
	cmd.Flags().StringVar(&m.Rationale, "rationale", "", "why (1 to 5,000 characters)")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		if cmd.Flags().Changed("justified") {
			m.Justified = &justified
		}
	}
	complete(cmd, "stage", []string{string(dispute.StageJustification), string(dispute.StageDecision)})
	complete(cmd, "in-favour-of", []string{string(dispute.PartyMerchant), string(dispute.PartyCustomer)})
	return required(a.confirming(cmd, func(_ dispute.View, disputed string) string { return ruled(m, disputed) }), "stage", "ruled-by", "rationale")
}

func (a *app) moveDeadline() *cobra.Command {
	var m dispute.DeadlineMove
	cmd := update(a, "move-deadline ID", "An operator moves the running deadline", &m, (*workflows.Client).MoveDeadline)
	cmd.Long += "\nThe new deadline is after now and within 180 days; the party concerned is notified. A date is the last\n" +
		"day, until its end in the time zone of the dispute's calendar."
	cmd.Example = "  starter move-deadline kd-2026-0001 --to 2026-12-21 --reason \"…\" --moved-by anna"
	var to newDeadline
	cmd.Flags().Func("to", "the new deadline: a date, which is the last day, or an instant (RFC 3339)", to.parse)
	cmd.PreRunE = func(cmd *cobra.Command, args []string) (err error) {
		if m.To, err = a.resolve(cmd.Context(), args[0], to); err != nil {
			return &failure{cause: err}
		}
		return nil
	}
	cmd.Flags().StringVar(&m.Reason, "reason", "", "why, for the party concerned (1 to 5,000 characters)")
	cmd.Flags().StringVar(&m.MovedBy, "moved-by", "", "who moves it")
	return required(cmd, "to", "reason", "moved-by")
}

func (a *app) retryNotification() *cobra.Command {
	var m dispute.Retry
	cmd := update(a, "retry-notification ID", "An operator sends a refused message again", &m, (*workflows.Client).RetryNotification)
	cmd.Example = "  starter retry-notification kd-2026-0001 --email service@shop.example --requested-by anna"
	cmd.Flags().StringVar(&m.Email, "email", "", "the recipient's corrected address, for this dispute from now on")
	cmd.Flags().StringVar(&m.RequestedBy, "requested-by", "", "who requests it")
	return required(cmd, "requested-by")
}

func (a *app) reportBounce() *cobra.Command {
	var m dispute.Bounce
	cmd := update(a, "report-bounce ID", "An operator reports a mail that was accepted and has come back", &m, (*workflows.Client).ReportBounce)
	cmd.Long += "\nWhere the running period rests on the mail, it begins again when the message has arrived at a corrected\n" +
		"address (retry-notification). Original-Envelope-Id in the report names the message: d-1-opened-2-merchant_…\n" +
		"is the one about opened, with number 2, to the merchant."
	cmd.Example = "  starter report-bounce kd-2026-0001 --occasion opened --number 1 --recipient merchant \\\n    --reason \"550 5.1.1 no such user\" --reported-by anna"
	text(cmd, &m.Occasion, "occasion", "what the message was about: opened, reason-asked, deadline-moved, …")
	cmd.Flags().IntVar(&m.Number, "number", 0, "the number of the message")
	text(cmd, &m.Recipient, "recipient", "merchant or customer")
	cmd.Flags().StringVar(&m.Reason, "reason", "", "what the report says")
	cmd.Flags().StringVar(&m.ReportedBy, "reported-by", "", "who reports it")
	complete(cmd, "occasion", words(dispute.Occasions))
	complete(cmd, "recipient", []string{string(dispute.PartyMerchant), string(dispute.PartyCustomer)})
	return required(cmd, "occasion", "number", "recipient", "reason", "reported-by")
}

func (a *app) acknowledge() *cobra.Command {
	var m dispute.Acknowledgement
	cmd := update(a, "acknowledge ID", "An operator acknowledges a cause of attention", &m, (*workflows.Client).Acknowledge)
	cmd.Example = "  starter acknowledge kd-2026-0001 --cause message-ignored --acknowledged-by anna"
	text(cmd, &m.Cause, "cause", "message-ignored or message-failed; the others end with their cause")
	cmd.Flags().StringVar(&m.AcknowledgedBy, "acknowledged-by", "", "who has looked at it")
	cmd.Flags().StringVar(&m.Note, "note", "", "a note for the case file")
	complete(cmd, "cause", words(dispute.Causes))
	return required(cmd, "cause", "acknowledged-by")
}

// update returns the command that sends an update and prints where the dispute stands afterwards.
func update[M dispute.Message](a *app, use, short string, message *M,
	send func(*workflows.Client, context.Context, string, M, ...workflows.UpdateOption) (dispute.View, error),
) *cobra.Command {
	var id string
	var asJSON bool
	var timeout time.Duration
	cmd := &cobra.Command{Use: use, Short: short, Args: exactly(disputeID), ValidArgsFunction: a.completeID, RunE: does(func(ctx context.Context, args []string) error {
		if id == "" {
			id = uuid.NewString()
		}
		disputes, err := a.disputes(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		view, err := send(disputes, ctx, args[0], *message, workflows.WithUpdateID(id))
		if err != nil {
			return unanswered(ctx, err, fmt.Sprintf("repeating the command with --update-id %s is safe", id))
		}
		// The answer describes the dispute before it acted on the update.
		if after, err := disputes.Status(ctx, args[0]); err == nil {
			view = after
		}
		return a.answer(asJSON, "done", view)
	})}
	cmd.Long = fmt.Sprintf("%s.\n\n%s", short, accepted(cmd.Name()))
	cmd.Flags().StringVar(&id, "update-id", "", "makes the command safe to repeat: the same id takes effect once")
	cmd.Flags().DurationVar(&timeout, "timeout", answerTimeout, "how long to wait for the answer")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// accepted returns the sentence that says when a dispute accepts an update.
func accepted(update string) string {
	waits := slices.DeleteFunc(slices.Clone(dispute.Waits), func(wait dispute.Wait) bool {
		return dispute.Accept(update, wait, 0) != nil
	})
	sentence := "Accepted while the dispute waits for " + strings.Join(words(waits), ", ") + "."
	return strings.Join(terminal.Wrap(sentence, 96), "\n")
}

// text adds a flag of a string type of ours.
func text[T ~string](cmd *cobra.Command, target *T, name, usage string) {
	cmd.Flags().Func(name, usage, func(value string) error {
		*target = T(value)
		return nil
	})
}

// party adds --reported-by.
func party(cmd *cobra.Command, target *dispute.Party, byDefault dispute.Party, allowed string) {
	*target = byDefault
	text(cmd, target, "reported-by", fmt.Sprintf("%s (default %s)", allowed, byDefault))
}

// required marks flags as required.
func required(cmd *cobra.Command, flags ...string) *cobra.Command {
	for _, flag := range flags {
		cobra.CheckErr(cmd.MarkFlagRequired(flag)) // fails only for a flag that does not exist
	}
	return cmd
}
