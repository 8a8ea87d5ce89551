package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/worker/assembly"
)

func (a *app) ledgerAdopt() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "Make the ledger belong to the Temporal namespace of this configuration",
		Long: `A ledger belongs to one Temporal namespace, known by its id: workers and reconcile refuse any other,
because it lacks the workflows of the ledger's disputes. adopt makes it belong to the namespace of this
configuration, after Temporal was moved, or restored under a new id.

Stop the workers of the namespace before first. One that still runs is not stopped: its /readyz fails,
and it could settle disputes that reconcile then closes here. Open disputes stay as they are; those
whose workflows the new namespace lacks are found by 'ledger reconcile'.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if !yes && !a.terminal {
				return errors.New("this gives the ledger to another namespace and there is no terminal to ask on; confirm it with --yes")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: does(func(ctx context.Context, _ []string) error {
			return a.adopt(ctx, yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "adopt without a question; required without a terminal")
	return cmd
}

func (a *app) adopt(ctx context.Context, yes bool) error {
	temporal, err := a.connect(ctx)
	if err != nil {
		return err
	}
	namespace, err := assembly.NamespaceOf(ctx, temporal, a.namespace)
	if err != nil {
		return err
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return err
	}
	owner, open, err := books.Owner(ctx)
	switch {
	case err != nil:
		return err
	case owner.ID == namespace.ID:
		a.printf("the ledger belongs to the namespace %s already\n", namespace)
		return nil
	case owner.ID == "":
		err = a.confirm(yes, fmt.Sprintf("The ledger belongs to no namespace and has %d open disputes. It will belong to %s.", open, namespace))
	default:
		err = a.confirm(yes, fmt.Sprintf("The ledger belongs to the namespace %s and has %d open disputes, whose workflows are there. It will belong to %s.",
			owner, open, namespace))
	}
	if err != nil {
		return err
	}
	if err := books.Adopt(ctx, namespace); err != nil {
		return err
	}
	a.printf("the ledger belongs to the namespace %s now; run 'starter ledger reconcile' to find disputes without a workflow\n", namespace)
	return nil
}
