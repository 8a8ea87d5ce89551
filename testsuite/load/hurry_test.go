package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// TestHurried: the response window ends when whoever opens the dispute wants it to, but not on every path, and the
// other periods never.
func TestHurried(t *testing.T) {
	t.Parallel()
	opened := time.Unix(1_800_000_000, 0)
	weeks := opened.AddDate(0, 0, 30)
	hurry := func(id string, reminders bool) dispute.Deadline {
		asked := activities.Notification{Dispute: dispute.Dispute{ID: id, OpenedAt: opened}, Reminders: reminders}
		return *hurried(asked, activities.Notified{Deadline: &dispute.Deadline{At: weeks}}).Deadline
	}
	due := opened.Add(window)
	require.True(t, hurry("agreement-1", true).At.Equal(weeks))
	require.True(t, hurry("silence-1", false).At.Equal(weeks), "that of the evidence")
	require.True(t, hurry("storm-1", true).At.Equal(due))
	require.Empty(t, hurry("arbitration-1", true).Reminders)
	silent := hurry("silence-1", true)
	require.True(t, silent.At.Equal(due))
	require.Len(t, silent.Reminders, 2)
	require.True(t, silent.Reminders[0].At.Equal(due.Add(-2*beat)))
	require.True(t, silent.Reminders[1].At.Equal(due.Add(-beat)))
	require.Nil(t, hurried(activities.Notification{Dispute: dispute.Dispute{ID: "storm-1"}}, activities.Notified{}).Deadline)
}
