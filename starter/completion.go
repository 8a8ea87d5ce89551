package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// completionTimeout bounds the search for ids: a shell waits for them while the user holds the tab key.
const completionTimeout = 2 * time.Second

// complete offers the values of a flag to shells.
func complete(cmd *cobra.Command, flag string, values []string) {
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc(flag, // fails only for a flag that does not exist
		cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
}

// completeID offers the ids of the disputes that have not ended to shells, the next deadline first.
func (a *app) completeID(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTimeout)
	defer cancel()
	temporal, err := a.connect(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	disputes, err := find(ctx, temporal, filter{running: true})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	disputes = slices.DeleteFunc(disputes, func(d listed) bool { return !strings.HasPrefix(d.ID, begun) })
	ids := make([]string, len(disputes))
	for i, d := range disputes {
		ids[i] = cobra.CompletionWithDesc(d.ID, d.next())
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
