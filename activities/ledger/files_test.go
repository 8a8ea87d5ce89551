package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

var limits = ledger.FileLimits{Drafts: 3, Files: 5, Bytes: 1000}

// uploaded is a file of d-1 with some content.
func uploaded(purpose ledger.FilePurpose, content string) ledger.File {
	hash := sha256.Sum256([]byte(content))
	return ledger.File{
		DisputeID: "d-1", Purpose: purpose, Kind: "other", Name: content + ".pdf", Type: "application/pdf", Size: 100,
		SHA256: hex.EncodeToString(hash[:]), UploadedAt: monday,
	}
}

func added(t *testing.T, l *ledger.Ledger, file ledger.File) ledger.File {
	t.Helper()
	file, err := l.AddFile(t.Context(), file, limits)
	require.NoError(t, err)
	return file
}

func stored(t *testing.T, l *ledger.Ledger, file ledger.File) ledger.File {
	t.Helper()
	file, recorded, err := l.FileStored(t.Context(), added(t, l, file).ID, monday)
	require.NoError(t, err)
	require.True(t, recorded)
	return file
}

// sentFile records a file that the merchant of d-1 has sent.
func sentFile(t *testing.T, l *ledger.Ledger) ledger.File {
	t.Helper()
	file := stored(t, l, uploaded(ledger.FileForEvidence, "sent"))
	require.NoError(t, l.SendFiles(t.Context(), "d-1", ledger.FileForEvidence, []string{file.SHA256}, monday))
	return file
}

func filesOf(t *testing.T, l *ledger.Ledger, disputeID string) []ledger.File {
	t.Helper()
	files, err := l.Files(t.Context(), disputeID)
	require.NoError(t, err)
	return files
}

func requireLimit(t *testing.T, err error, limit ledger.FileLimit) {
	t.Helper()
	exceeded, is := errors.AsType[*ledger.FileLimitError](err)
	require.True(t, is, "%v", err)
	require.Equal(t, limit, exceeded.Limit)
}

// TestFile: a file is recorded, stored, sent once, and not changed afterwards.
func TestFile(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		want := uploaded(ledger.FileForEvidence, "a")
		file := added(t, l, want)
		want.ID = file.ID
		require.Equal(t, want, file)

		again := uploaded(ledger.FileForEvidence, "a")
		again.Name, again.Kind, again.UploadedAt = "b.pdf", "tracking", monday.Add(time.Minute)
		renewed := added(t, l, again)
		again.ID = file.ID
		require.Equal(t, again, renewed, "the same content is the same draft")

		require.NoError(t, l.SendFiles(t.Context(), "d-1", ledger.FileForEvidence, []string{file.SHA256}, monday))
		require.Zero(t, filesOf(t, l, "d-1")[0].SentAt, "without content it cannot be sent")
		sent := sentFile(t, l)
		require.NoError(t, l.SendFiles(t.Context(), "d-1", ledger.FileForEvidence, []string{sent.SHA256}, monday.Add(time.Hour)))
		sent = filesOf(t, l, "d-1")[1]
		require.Equal(t, monday, sent.SentAt)
		changed := uploaded(ledger.FileForEvidence, "sent")
		changed.Name = "other.pdf"
		require.Equal(t, sent, added(t, l, changed))

		removed, err := l.RemoveDraft(t.Context(), sent.ID, monday.AddDate(1, 0, 0), monday)
		require.NoError(t, err)
		require.False(t, removed)
		requireSound(t, l)
	})
}

// TestDrafts: drafts are listed by age, renewed, and removed only if they are old enough.
func TestDrafts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		sentFile(t, l)
		whole, broken := stored(t, l, uploaded(ledger.FileForEvidence, "whole")), added(t, l, uploaded(ledger.FileForEvidence, "broken"))
		listed := func(before, unstoredBefore time.Time) (ids []int64) {
			drafts, err := l.Drafts(t.Context(), before, unstoredBefore, 0, 10)
			require.NoError(t, err)
			for _, draft := range drafts {
				ids = append(ids, draft.ID)
			}
			return ids
		}
		after := monday.Add(time.Second)
		require.Empty(t, listed(monday, monday))
		require.Equal(t, []int64{broken.ID}, listed(monday, after))
		require.Equal(t, []int64{whole.ID, broken.ID}, listed(after, after))

		dropped, err := l.DropFile(t.Context(), whole.ID)
		require.NoError(t, err)
		require.False(t, dropped, "its content is stored")
		dropped, err = l.DropFile(t.Context(), broken.ID)
		require.NoError(t, err)
		require.True(t, dropped)

		require.NoError(t, l.RenewDrafts(t.Context(), "d-2", []int64{whole.ID}, after))
		require.Equal(t, []int64{whole.ID}, listed(after, after), "an id of another dispute renews nothing")
		require.NoError(t, l.RenewDrafts(t.Context(), "d-1", []int64{whole.ID}, after))
		removed, err := l.RemoveDraft(t.Context(), whole.ID, after, monday)
		require.NoError(t, err)
		require.False(t, removed, "it was renewed")
		removed, err = l.RemoveDraft(t.Context(), whole.ID, after.Add(time.Second), monday)
		require.NoError(t, err)
		require.True(t, removed)

		found, err := l.FilesByID(t.Context(), []int64{404, broken.ID, whole.ID, 1})
		require.NoError(t, err)
		require.Equal(t, filesOf(t, l, "d-1"), found)
	})
}

// TestHeldFiles: a draft is not removed while the message that names it is on its way, and is afterwards.
func TestHeldFiles(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		sent, draft := sentFile(t, l), stored(t, l, uploaded(ledger.FileForEvidence, "draft"))
		later := monday.AddDate(0, 0, 1)
		removes := func(heldSince time.Time) bool {
			removed, err := l.RemoveDraft(t.Context(), draft.ID, later, heldSince)
			require.NoError(t, err)
			return removed
		}
		both := []string{sent.SHA256, draft.SHA256}
		for name, c := range map[string]struct {
			disputeID string
			purpose   ledger.FilePurpose
			there     int
		}{
			"of this dispute": {"d-1", ledger.FileForEvidence, 2}, "of another": {"d-2", ledger.FileForEvidence, 0}, "for another": {"d-1", ledger.FileForStatement, 0},
		} {
			there, err := l.HoldFiles(t.Context(), c.disputeID, c.purpose, both, monday)
			require.NoError(t, err)
			require.Equal(t, c.there, there, name)
		}
		require.False(t, removes(monday))
		require.NoError(t, l.ReleaseFiles(t.Context(), "d-1", ledger.FileForEvidence, both, monday.Add(time.Second)))
		require.False(t, removes(monday), "another message was refused")
		require.NoError(t, l.ReleaseFiles(t.Context(), "d-1", ledger.FileForEvidence, both, monday))
		require.True(t, removes(monday))
		there, err := l.HoldFiles(t.Context(), "d-1", ledger.FileForEvidence, both, monday)
		require.NoError(t, err)
		require.Equal(t, 1, there, "it was removed")

		draft = stored(t, l, uploaded(ledger.FileForEvidence, "again"))
		_, err = l.HoldFiles(t.Context(), "d-1", ledger.FileForEvidence, []string{draft.SHA256}, monday)
		require.NoError(t, err)
		require.True(t, removes(monday.Add(time.Second)), "its message has no answer for long")
		requireSound(t, l)
	})
}

// TestFileLimits: each limit is that of one party.
func TestFileLimits(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		for i := range 3 {
			added(t, l, uploaded(ledger.FileForStatement, fmt.Sprint(i)))
		}
		_, err := l.AddFile(t.Context(), uploaded(ledger.FileForStatement, "4"), limits)
		requireLimit(t, err, ledger.FileLimitDrafts)
		added(t, l, uploaded(ledger.FileForStatement, "2")) // the same one again
		added(t, l, uploaded(ledger.FileForComplaint, "4"))
		large := uploaded(ledger.FileForComplaint, "5")
		large.Size = 601
		_, err = l.AddFile(t.Context(), large, limits)
		requireLimit(t, err, ledger.FileLimitBytes)
		large.Size = 600
		added(t, l, large)
		_, err = l.AddFile(t.Context(), uploaded(ledger.FileForComplaint, "6"), limits)
		requireLimit(t, err, ledger.FileLimitFiles)
		added(t, l, uploaded(ledger.FileForEvidence, "7"))
	})
}

// TestFileLimitsUnderConcurrency: of uploads at the same time exactly as many are recorded as the limits allow.
func TestFileLimitsUnderConcurrency(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		_, errs := concurrently(t, ledgerURL, func(l *ledger.Ledger, n int) (ledger.File, error) {
			return l.AddFile(t.Context(), uploaded(ledger.FilePurposes[n%3], fmt.Sprint(n)), limits)
		})
		for _, err := range errs {
			if _, exceeded := errors.AsType[*ledger.FileLimitError](err); !exceeded {
				require.NoError(t, err)
			}
		}
		counts := map[dispute.Party]int{}
		for _, file := range filesOf(t, openAt(t, ledgerURL), "d-1") {
			counts[file.Purpose.Party()]++
		}
		require.Equal(t, map[dispute.Party]int{dispute.PartyMerchant: 3, dispute.PartyCustomer: 5}, counts)
	})
}

// TestEraseFiles: an erased dispute takes no files, and its records are gone.
func TestEraseFiles(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 0, 3000)
		sentFile(t, l)
		added(t, l, uploaded(ledger.FileForStatement, "b"))
		execute(t, l, timed("insert into erasures values ('d-1', @, 'anna', 'request')"))
		_, err := l.AddFile(t.Context(), uploaded(ledger.FileForStatement, "c"), limits)
		require.Equal(t, dispute.CodeNotAccepted, dispute.CodeOf(err), err)
		erased, err := l.EraseFiles(t.Context(), "d-1")
		require.NoError(t, err)
		require.EqualValues(t, 2, erased)
		require.Empty(t, filesOf(t, l, "d-1"))
		requireSound(t, l)
	})
}
