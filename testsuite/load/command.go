package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/contrib/envconfig"
)

// result is what a measurement has shown.
type result interface {
	print(out io.Writer)
}

// measured is what is printed as JSON.
type measured struct {
	Setting setting  `json:"setting"`
	Result  result   `json:"result"`
	Trouble troubles `json:"trouble"`
}

// measurement is what a command does on a stage with lanes for these modes. It ticks so often.
type measurement struct {
	modes []mode
	ticks int
	do    func(context.Context, *stage, func()) (result, error)
}

func newCommand() *cobra.Command {
	plan := plan{}
	command := &cobra.Command{
		Use: "load", Short: "Measure ours against the floor and the usual way",
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := plan.check(); err != nil {
				return err
			}
			return run(cmd, measurement{modes, plan.ticks(), plan.compare})
		},
	}
	command.PersistentFlags().Bool("json", false, "print JSON")
	command.Flags().StringVar(&plan.Path, "path", "agreement", "what becomes of the disputes: agreement, silence, arbitration or mixed")
	command.Flags().IntVar(&plan.Disputes, "disputes", 1000, "how many disputes each mode runs in a round")
	command.Flags().IntVar(&plan.Rounds, "rounds", 3, "how many rounds there are; the result is their median")
	clients(command, &plan.Clients, 100)
	command.AddCommand(stormCommand(), weightCommand(), longLifeCommand())
	return command
}

func clients(command *cobra.Command, count *int, usually int) {
	command.Flags().IntVar(count, "clients", usually, "how many calls are under way at a time")
}

func stormCommand() *cobra.Command {
	plan := stormPlan{}
	command := &cobra.Command{
		Use: "storm", Short: "Let the deadlines of many disputes fall on one instant", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := atLeastOne("--disputes", plan.Disputes, "--clients", plan.Clients); err != nil {
				return err
			}
			return run(cmd, measurement{[]mode{ours}, plan.ticks(), plan.storm})
		},
	}
	command.Flags().IntVar(&plan.Disputes, "disputes", 5000, "how many disputes have the same deadline")
	clients(command, &plan.Clients, 100)
	return command
}

func weightCommand() *cobra.Command {
	plan := weightPlan{Rounds: 3}
	command := &cobra.Command{
		Use: "weight", Short: "Measure new disputes beside many open ones", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := atLeastOne("--few", plan.Few, "--open", plan.Many, "--probe", plan.Probe, "--clients", plan.Clients); err != nil {
				return err
			}
			if plan.Many < plan.Few {
				return fmt.Errorf("--open %d is less than --few %d: it says how many are open in the end", plan.Many, plan.Few)
			}
			return run(cmd, measurement{[]mode{ours}, plan.ticks(), plan.weigh})
		},
	}
	command.Flags().IntVar(&plan.Few, "few", 200, "how many disputes are open at first")
	command.Flags().IntVar(&plan.Many, "open", 20000, "how many are open in the end")
	command.Flags().IntVar(&plan.Probe, "probe", 500, "how many new ones are measured in a round, of which there are three")
	clients(command, &plan.Clients, 10)
	return command
}

func longLifeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "longlife", Short: "Measure a dispute with everything that may happen in one", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd, measurement{[]mode{ours}, len(chapters), longLifeOn})
		},
	}
}

// atLeastOne checks numbers, each after its flag.
func atLeastOne(flags ...any) error {
	var faults []error
	for i := 0; i+1 < len(flags); i += 2 {
		if value, ok := flags[i+1].(int); ok && value < 1 {
			faults = append(faults, fmt.Errorf("%v is %d; at least 1 is needed", flags[i], value))
		}
	}
	return errors.Join(faults...)
}

// run opens the stage, measures on it and prints the result.
func run(cmd *cobra.Command, m measurement) (err error) {
	temporal, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return fmt.Errorf("the configuration of Temporal is not usable: %w", err)
	}
	s := &stage{temporal: temporal, postgres: os.Getenv("LEDGER_URL")}
	if s.postgres != "" && !strings.HasPrefix(s.postgres, "postgres") {
		return errors.New("LEDGER_URL must be a PostgreSQL (postgres://USER:PASSWORD@HOST:5432/DATABASE); without it, SQLite is used")
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(cmd.Context(), cmd.ErrOrStderr(), m.modes...); err != nil {
		return err
	}
	bar := newBar(cmd.ErrOrStderr(), m.ticks)
	shown, err := m.do(cmd.Context(), s, func() { _ = bar.Add(1) })
	_ = bar.Finish()
	// What went wrong is of use above all when nothing else can be shown.
	met := s.trouble(context.WithoutCancel(cmd.Context()))
	if err != nil {
		met.print(cmd.ErrOrStderr())
		return err
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		return printJSON(cmd.OutOrStdout(), measured{s.setting(), shown, met})
	}
	fmt.Fprintln(cmd.OutOrStdout(), s.setting())
	shown.print(cmd.OutOrStdout())
	met.print(cmd.OutOrStdout())
	return nil
}
