package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/workflows"
)

func (a *app) erase() *cobra.Command {
	var in ledger.Erasure
	var yes bool
	cmd := &cobra.Command{
		Use:   "erase ID",
		Short: "Erase what is personal of a dispute that has ended",
		Long: `Erases what is personal of a dispute that has ended, for good: its case in the archive, the texts in the
portal's inbox, the answers of mail servers and webhooks, the files that were uploaded (FILES_URL), and its
runs in Temporal with their histories, which Temporal deletes within minutes.
What the money did, which messages were sent when, and the ids stay; so do name and reason of the erasure.

A dispute that runs is refused, also while its closing messages are under way, and so is one that was stopped
before both parties were told the result: apply "starter ledger reconcile --apply" first. Mails, webhooks, log
files of others and backups are not in our reach. Repeated, it erases what has been added since.`,
		Example: "  starter erase kd-2026-0001 --reason \"art. 17 GDPR, request 4711\" --erased-by anna",
		Args: func(cmd *cobra.Command, args []string) error {
			if !yes && !a.terminal {
				return errors.New("this cannot be undone and there is no terminal to ask on; confirm it with --yes")
			}
			return exactly(disputeID)(cmd, args)
		},
		RunE: does(func(ctx context.Context, args []string) error {
			in.DisputeID, in.At = args[0], time.Now()
			return a.eraseDispute(ctx, in, yes)
		}),
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why, for the record: one line, nothing personal")
	cmd.Flags().StringVar(&in.ErasedBy, "erased-by", "", "who erases it")
	cmd.Flags().BoolVar(&yes, "yes", false, "erase without a question; required without a terminal")
	return required(cmd, "reason", "erased-by")
}

// eraseDispute erases a dispute in the ledger and then in Temporal. An error leaves the rest for a repetition.
func (a *app) eraseDispute(ctx context.Context, in ledger.Erasure, yes bool) error {
	temporal, err := a.connect(ctx)
	if err != nil {
		return err
	}
	books, err := a.openLedger(ctx, ledger.OpenExisting)
	if err != nil {
		return err
	}
	uploads, err := a.uploadsOf(ctx, books, in.DisputeID)
	if err != nil {
		return err
	}
	if err := a.confirm(yes, fmt.Sprintf("What is personal of dispute %s is erased for good.", in.DisputeID)); err != nil {
		return err
	}
	if err := a.mustHaveEnded(ctx, temporal, in.DisputeID); err != nil { // an answer can take long
		return err
	}
	recorded, err := books.Erase(ctx, in)
	if err != nil {
		return err
	}
	var erased int64
	if uploads != nil {
		if erased, err = uploads.Erase(ctx, in.DisputeID); err != nil {
			return fmt.Errorf("the ledger has erased it, but not all of its files are removed; repeat the command: %w", err)
		}
	}
	runs, err := a.deleteRuns(ctx, temporal, in.DisputeID)
	if err != nil {
		return fmt.Errorf("the ledger has erased it, but Temporal not all of its runs; repeat the command: %w", err)
	}
	a.printf("erased: %s in the ledger, %d files, and %d runs in Temporal; on record: %s, by %s: %s\n", in.DisputeID, erased, runs,
		recorded.At.Format("2006-01-02 15:04:05Z"), recorded.ErasedBy, recorded.Reason)
	return nil
}

// uploadsOf opens the store that has the files of a dispute; nil without any. It fails if there are files and the store is not
// there, or nothing says where it is.
func (a *app) uploadsOf(ctx context.Context, books *ledger.Ledger, id string) (*files.Files, error) {
	recorded, err := books.Files(ctx, id)
	if err != nil {
		return nil, err
	}
	filesURL := cmp.Or(a.getenv("FILES_URL"), files.DefaultURL(a.getenv("LEDGER_URL")))
	if filesURL == "" && len(recorded) > 0 {
		return nil, fmt.Errorf("dispute %s has %d uploaded files, and FILES_URL, which says where they are, is not set; nothing was erased", id, len(recorded))
	}
	store, err := files.OpenExisting(ctx, filesURL)
	switch {
	case err == nil:
		return files.New(books, store), nil
	case len(recorded) == 0: // no portal has run beside this ledger
		return nil, nil //nolint:nilnil // there is nothing to erase
	}
	return nil, fmt.Errorf("the files of dispute %s cannot be erased, so nothing was: %w", id, err)
}

// mustHaveEnded refuses a dispute of which a run is open.
func (a *app) mustHaveEnded(ctx context.Context, temporal client.Client, id string) error {
	run, err := workflows.NewClient(temporal).LastRun(ctx, id)
	if err == nil && run.State == activities.RunRunning {
		err = dispute.Refuse(dispute.CodeNotAccepted, "dispute %s runs; a dispute can be erased when its workflow has ended", id)
	}
	return err
}

// deleteRuns has Temporal delete the runs of a dispute with their histories, and returns how many there were. Visibility may
// lag behind the last run, which is therefore asked for by itself.
func (a *app) deleteRuns(ctx context.Context, temporal client.Client, id string) (int, error) {
	found, err := runs(ctx, temporal, fmt.Sprintf("WorkflowId = '%s'", quoted.Replace(workflows.WorkflowID(id))))
	if err != nil {
		return 0, err
	}
	ids := map[string]bool{}
	for _, run := range found {
		ids[run.GetExecution().GetRunId()] = true
	}
	last, err := temporal.DescribeWorkflow(ctx, workflows.WorkflowID(id), "")
	if err == nil {
		ids[last.WorkflowExecution.RunID] = true
	} else if !isNotFound(err) {
		return 0, err
	}
	for run := range ids {
		if err := a.deleteRun(ctx, temporal, workflows.WorkflowID(id), run); err != nil && !isNotFound(err) {
			return 0, err
		}
	}
	return len(ids), nil
}

func (a *app) deleteRun(ctx context.Context, temporal client.Client, workflowID, runID string) error {
	run, err := temporal.DescribeWorkflow(ctx, workflowID, runID)
	if err != nil {
		return err
	}
	if run.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING { // Temporal would terminate it
		return errors.New("a run has begun meanwhile")
	}
	_, err = temporal.WorkflowService().DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: a.namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: runID},
	})
	return err
}

func isNotFound(err error) bool {
	_, is := errors.AsType[*serviceerror.NotFound](err)
	return is
}

// isErased reports whether the ledger has a dispute as erased. Temporal deletes the runs of one only some minutes later, and
// until then nobody is shown them. A ledger that is not set or does not answer is no reason to show nothing.
func (a *app) isErased(ctx context.Context, id string) bool {
	books := a.ledgerIfThere(ctx)
	if books == nil {
		return false
	}
	_, erased, err := books.Erasure(ctx, id)
	return err == nil && erased
}
