package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/starter/terminal"
	"github.com/streitfall/streitfall/worker/doctor"
)

func (a *app) doctor() *cobra.Command {
	var options doctor.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with this installation, and what helps",
		Long: `Examines what the workers need, as the environment configures them: Temporal, the ledger, the mail
server, the keys and the codec. Run it where a worker runs, with its variables. It changes nothing,
and sends nothing without --send-to or --merchant. It exits with 1 if something is wrong.`,
		Example: "  starter doctor\n  starter doctor --merchant nordlicht --send-to you@example.com",
		Args:    cobra.NoArgs,
		RunE: does(func(ctx context.Context, _ []string) error {
			options.Getenv, options.Now = a.getenv, time.Now
			return a.print(asJSON, func(report func(doctor.Finding)) { doctor.Examine(ctx, options, report) })
		}),
	}
	cmd.Flags().BoolVar(&options.Events, "events", false, "send test messages to EVENTS_URL")
	cmd.Flags().StringVar(&options.MerchantID, "merchant", "", "send test messages to the webhook of this merchant")
	cmd.Flags().StringVar(&options.SendTo, "send-to", "", "send a test mail to this address")
	cmd.Flags().StringVar(&options.CodecURL, "codec", "", "the URL of the codec server (default: CODEC_ADDR on this machine)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// merchantTestWebhook is the part of doctor that concerns one merchant.
func (a *app) merchantTestWebhook() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "test-webhook ID",
		Short: "Send test messages to a merchant's webhook",
		Long: `Sends two test messages to a merchant's webhook: one that is signed as all messages are, which the
endpoint must take, and one with a wrong signature, which it must refuse. Run it where a worker runs,
with its WEBHOOK_PRIVATE_NETWORKS and LEDGER_URL.`,
		Args: exactly(merchantID),
		RunE: does(func(ctx context.Context, args []string) error {
			return a.print(asJSON, func(report func(doctor.Finding)) {
				doctor.ExamineWebhook(ctx, doctor.Options{Getenv: a.getenv, Now: time.Now, MerchantID: args[0]}, report)
			})
		}),
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// print prints every finding as soon as it is known, and fails if something is wrong.
func (a *app) print(asJSON bool, examine func(report func(doctor.Finding))) error {
	findings := []doctor.Finding{}
	var skipped []doctor.Finding
	flush := func() {
		a.printSkipped(skipped)
		skipped = nil
	}
	examine(func(f doctor.Finding) {
		findings = append(findings, f)
		if len(skipped) > 0 && skipped[0].Detail != f.Detail {
			flush()
		}
		switch {
		case asJSON:
		case f.Result == doctor.Skipped:
			skipped = append(skipped, f)
		default:
			a.printFinding(f)
		}
	})
	flush()
	if asJSON {
		if err := a.printJSON(findings); err != nil {
			return err
		}
	}
	return verdict(findings)
}

func verdict(findings []doctor.Finding) error {
	var wrong []string
	for _, f := range findings {
		if f.Result == doctor.Wrong {
			wrong = append(wrong, string(f.Check))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("something is wrong with: %s", strings.Join(slices.Compact(wrong), ", "))
}

// printSkipped prints checks that were skipped for one reason: from the first to the last of them.
func (a *app) printSkipped(all []doctor.Finding) {
	if len(all) == 0 {
		return
	}
	names := string(all[0].Check)
	if len(all) > 1 {
		names += " … " + string(all[len(all)-1].Check)
	}
	a.printf("%-8s %s: %s\n", doctor.Skipped, names, all[0].Detail)
}

// printFinding prints a finding: result, check, detail, and below it what helps.
func (a *app) printFinding(f doctor.Finding) {
	label := fmt.Sprintf("%-8s %-18s ", mark(f.Result), f.Check)
	for _, text := range []string{f.Detail, f.Help} {
		for line := range strings.Lines(text) {
			for _, part := range terminal.Wrap(plain.Line(strings.TrimRight(line, "\n")), terminal.Columns-len(label)) {
				a.printf("%s%s\n", label, part)
				label = strings.Repeat(" ", len(label))
			}
		}
	}
}

// mark makes what is wrong easy to see among many lines.
func mark(result doctor.Result) string {
	if result == doctor.Wrong {
		return "WRONG"
	}
	return string(result)
}
