package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/contrib/envconfig"
)

// result is what a measurement has found.
type result interface {
	print(out io.Writer)
}

func newCommand() *cobra.Command {
	p := &plan{Path: string(agreement), Disputes: 1000, Clients: 100, Rounds: 3}
	load := p.command("load", "Measure ours against the floor and the usual way", p.compare, modes...)
	load.Flags().StringVar(&p.Path, "path", p.Path, "path of the disputes: agreement, silence, arbitration or mixed")
	load.Flags().IntVar(&p.Rounds, "rounds", p.Rounds, "number of rounds; the result is their median")

	s := &plan{Disputes: 5000, Clients: 100}
	load.AddCommand(s.command("storm", "Let the deadlines of many disputes pass at one instant", s.storm, ours))

	w := &plan{Disputes: 1000, Clients: 10, Few: 200, Many: 20000}
	weight := w.command("weight", "Measure new disputes beside few and beside many open ones", w.weigh, ours)
	weight.Flags().IntVar(&w.Few, "few", w.Few, "number of disputes that are open at first")
	weight.Flags().IntVar(&w.Many, "many", w.Many, "number of disputes that are open in the end")
	load.AddCommand(weight)

	v := &plan{Disputes: 300, Clients: 50, Open: 20_000, Closed: 100_000, Rate: 50, Seconds: 30}
	portal := v.command("portal", "Measure the portal's pages beside many disputes while 10 disputes/s run", v.portal, ours)
	portal.Flags().Lookup("disputes").Usage = "number of disputes whose pages are looked at; they run in Temporal"
	portal.Flags().IntVar(&v.Open, "open", v.Open, "number of open disputes in the ledger, those that run included")
	portal.Flags().IntVar(&v.Closed, "closed", v.Closed, "number of closed disputes in the ledger")
	portal.Flags().IntVar(&v.Rate, "rate", v.Rate, "requests per second")
	portal.Flags().IntVar(&v.Seconds, "seconds", v.Seconds, "how long requests are sent")
	portal.Flags().StringVar(&v.Starter, "starter", v.Starter, "the starter program; built if not given")
	load.AddCommand(portal)
	return load
}

// command runs a measurement in some modes, by the plan and the flags that change it.
func (p *plan) command(use, short string, measure func(context.Context, *testbed) (result, error), modes ...mode) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := p.check(); err != nil {
				return err
			}
			temporal, err := envconfig.LoadDefaultClientOptions()
			if err != nil {
				return fmt.Errorf("the configuration of Temporal is not usable: %w", err)
			}
			bed := &testbed{temporal: temporal, postgres: os.Getenv("LEDGER_URL"), messages: cmd.ErrOrStderr()}
			defer func() { err = errors.Join(err, bed.close()) }()
			if err := bed.open(cmd.Context(), modes...); err != nil {
				return err
			}
			found, err := measure(cmd.Context(), bed)
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(map[string]any{"setting": bed.setting(), "plan": p, "result": found})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n", bed.setting())
			found.print(cmd.OutOrStdout())
			return nil
		},
	}
	command.Flags().IntVar(&p.Disputes, "disputes", p.Disputes, "number of disputes that are measured, per mode and round")
	command.Flags().IntVar(&p.Clients, "clients", p.Clients, "number of concurrent calls")
	command.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return command
}
