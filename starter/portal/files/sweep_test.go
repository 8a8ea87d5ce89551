package files_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// long ago is before anything that a sweep leaves alone for its age.
func longAgo() time.Time { return time.Now().AddDate(-1, 0, 0) }

// aged makes a draft old.
func aged(t *testing.T, l *ledger.Ledger, draft ledger.File) ledger.File {
	t.Helper()
	require.NoError(t, l.RenewDrafts(t.Context(), draft.DisputeID, []int64{draft.ID}, longAgo()))
	return draft
}

// age makes a content old.
func (p place) age(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.Chtimes(filepath.Join(p.folder, filepath.FromSlash(name)), longAgo(), longAgo()))
}

func caseOf(id string, evidence ...ledger.File) dispute.Case {
	c := dispute.Case{Dispute: dispute.Dispute{ID: id}}
	for _, file := range evidence {
		c.Evidence = append(c.Evidence, dispute.GivenEvidence{Evidence: dispute.Evidence{Files: []dispute.File{{SHA256: file.SHA256}}}})
	}
	return c
}

// cases reads cases by the ids of their disputes. Those of nil cannot be read, and others do not exist.
func cases(known map[string]*dispute.Case) files.ReadCase {
	return func(_ context.Context, id string) (dispute.Case, error) {
		c, found := known[id]
		switch {
		case !found:
			return dispute.Case{}, dispute.Refuse(dispute.CodeUnknownDispute, "no dispute %s", id)
		case c == nil:
			return dispute.Case{}, errors.New("Temporal does not answer")
		}
		return *c, nil
	}
}

// TestSweepDrafts: a draft that nobody has sent is removed when it is old; one that its case names was sent.
func TestSweepDrafts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		l := books(t)
		f := files.New(l, p)
		of := func(id, text string) ledger.File {
			upload := evidence(text+".pdf", pdf(text))
			upload.DisputeID = id
			return uploaded(t, f, upload)
		}
		aged(t, l, of("d-1", "old"))
		of("d-1", "new")
		named := aged(t, l, of("d-1", "named"))
		send(t, f, ledger.FileForEvidence, of("d-1", "sent").ID)
		aged(t, l, of("d-2", "of a case that cannot be read"))
		aged(t, l, of("d-3", "of an unknown dispute"))
		broken, err := l.AddFile(t.Context(), ledger.File{
			DisputeID: "d-2", Purpose: ledger.FileForStatement, Kind: "other", Name: "broken.pdf", Type: "application/pdf", Size: 1,
			SHA256: named.SHA256, UploadedAt: time.Now().Add(-2 * time.Hour),
		}, ledger.FileLimits{Drafts: 1, Files: 1, Bytes: 1})
		require.NoError(t, err)

		c := caseOf("d-1", named)
		read := cases(map[string]*dispute.Case{"d-1": &c, "d-2": nil})
		swept, err := f.Sweep(t.Context(), read)
		require.NoError(t, err)
		require.Equal(t, files.Swept{Drafts: 3, Sent: 1, Kept: 1}, swept)
		var left []string
		for _, id := range []string{"d-1", "d-2", "d-3"} {
			recorded, err := l.Files(t.Context(), id)
			require.NoError(t, err)
			for _, file := range recorded {
				require.NotEqual(t, broken.ID, file.ID)
				require.Equal(t, file.Name == "named.pdf" || file.Name == "sent.pdf", !file.SentAt.IsZero(), file.Name)
				_, _, err := served(t, f, "GET", file)
				require.NoError(t, err)
				left = append(left, file.Name)
			}
		}
		require.ElementsMatch(t, []string{"new.pdf", "named.pdf", "sent.pdf", "of a case that cannot be read.pdf"}, left)
		require.Len(t, p.names(t), len(left))
		swept, err = f.Sweep(t.Context(), read)
		require.NoError(t, err)
		require.Equal(t, files.Swept{Kept: 1}, swept)
	})
}

// TestSweepContents: what has no record is removed when it is old, unless a case names it or it is not ours.
func TestSweepContents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		l := books(t)
		f := files.New(l, p)
		kept := uploaded(t, f, evidence("a.pdf", pdf("a")))
		content := p.names(t)[0]
		p.age(t, content)
		lost := kept
		lost.SHA256 = fmt.Sprintf("%064d", 1)
		named := "d-1/" + lost.SHA256 + "-900" // in the folder of the dispute d-1
		named = filepath.ToSlash(filepath.Join(filepath.Dir(filepath.FromSlash(content)), filepath.Base(named)))
		young := filepath.ToSlash(filepath.Join(filepath.Dir(filepath.FromSlash(content)), fmt.Sprintf("%064d-901", 2)))
		p.put(t, young, "young")
		old := map[string]bool{ // and whether it is removed
			named: false, young + "1": true, young + "2.ABCDEFGH.part": true,
			"x-c4n0/" + fmt.Sprintf("%064d-1", 3): true, "README": false, "d-1/notes.txt": false, "d-1/.part": false,
			"x-C4N0/" + fmt.Sprintf("%064d-1", 3): false, "y-1/" + fmt.Sprintf("%064d-1", 3): false, "d-d_1/" + fmt.Sprintf("%064d-1", 3): false,
		}
		want := []string{content, young}
		contents := 0
		for name, removed := range old {
			p.put(t, name, "x")
			p.age(t, name)
			if removed {
				contents++
			} else {
				want = append(want, name)
			}
		}
		c := caseOf("d-1", lost)
		swept, err := f.Sweep(t.Context(), cases(map[string]*dispute.Case{"d-1": &c}))
		require.NoError(t, err)
		require.Equal(t, files.Swept{Contents: contents, Kept: 1}, swept)
		require.ElementsMatch(t, want, p.names(t))
	})
}

// TestSweepBesideMessages: sweeps run while parties send drafts that are old: a file that a message names is never removed.
func TestSweepBesideMessages(t *testing.T) {
	t.Parallel()
	l, p := books(t), folderPlace(t)
	f := files.New(l, p)
	ended, end := context.WithCancel(t.Context())
	var sweeps, parties sync.WaitGroup
	var sweepErr error
	removed := 0
	sweeps.Go(func() {
		for ended.Err() == nil && sweepErr == nil {
			var swept files.Swept
			swept, sweepErr = f.Sweep(t.Context(), cases(nil))
			removed += swept.Drafts
		}
	})
	errs := make([]error, 4)
	for i := range errs {
		parties.Go(func() {
			for n := 0; n < 25 && errs[i] == nil; n++ {
				errs[i] = sendOld(t.Context(), f, l, fmt.Sprintf("d-%d-%d", i, n))
			}
		})
	}
	parties.Wait()
	end()
	sweeps.Wait()
	require.NoError(t, errors.Join(append(errs, sweepErr)...))
	for _, name := range p.names(t) {
		p.age(t, name)
	}
	swept, err := f.Sweep(t.Context(), cases(nil))
	require.NoError(t, err)
	require.Zero(t, swept.Contents, "no content is without its record")
}

// sendOld uploads a draft, makes it old and names it in a message. Where that succeeds, the file can be read.
func sendOld(ctx context.Context, f *files.Files, l *ledger.Ledger, id string) error {
	upload := evidence("a.pdf", pdf(id))
	upload.DisputeID = id
	draft, err := f.Upload(ctx, upload)
	if err != nil {
		return err
	}
	if err := l.RenewDrafts(ctx, id, []int64{draft.ID}, longAgo()); err != nil {
		return err
	}
	references, err := f.References(ctx, id, ledger.FileForEvidence, []int64{draft.ID}, location)
	if refusal, is := errors.AsType[*files.Refusal](err); is && refusal.Reason == files.ReasonRemoved {
		return nil // a sweep was first, and the party is told
	}
	if err != nil {
		return err
	}
	if err := f.MarkSent(ctx, id, ledger.FileForEvidence, references); err != nil {
		return err
	}
	listed, err := f.List(ctx, id)
	if err == nil && (len(listed) != 1 || listed[0].SentAt.IsZero()) {
		err = fmt.Errorf("%s has %v", id, listed)
	}
	return err
}

// TestRun: a sweep comes at once, and the end of the process ends it.
func TestRun(t *testing.T) {
	t.Parallel()
	l, p := books(t), folderPlace(t)
	f := files.New(l, p)
	aged(t, l, uploaded(t, f, evidence("a.pdf", pdf("a"))))
	ctx, end := context.WithCancel(t.Context())
	f.Run(ctx, func(context.Context, string) (dispute.Case, error) {
		end()
		return dispute.Case{}, context.Canceled
	}, slog.New(slog.DiscardHandler))
	require.Len(t, p.names(t), 1)
}
