package files_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
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
				_, err := served(t, f, http.MethodGet, file)
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

// TestSweepContents: what has no record is removed when it is old and its dispute is known or was erased, unless a case names it.
func TestSweepContents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		l := books(t)
		f := files.New(l, p)
		uploaded(t, f, evidence("a.pdf", pdf("a"))) // its id is 1
		recorded := p.names(t)[0]
		p.age(t, recorded)
		erase(t, l, "d-9")
		known, lost := caseOf("D.2"), ledger.File{SHA256: strings.Repeat("1", 64)}
		names := caseOf("d-1", lost)
		some := strings.Repeat("2", 64)
		young := "d-d-1/" + some + "-900"
		p.put(t, young, "young")

		want, removed, kept := []string{recorded, young}, 0, 0
		for name, what := range map[string]string{
			"d-d-1/" + some + "-901":               "removed",
			"d-d-1/" + some + "-1":                 "removed", // the id of another record
			"x-8gn34/" + some + "-902":             "removed", // D.2
			"d-d-9/" + some + "-903":               "removed",
			"d-d-1/" + some + "-904.ABCDEFGH.part": "removed",
			"d-d-1/" + lost.SHA256 + "-905":        "kept",
			"d-d-3/" + some + "-906":               "kept",
			"d-d-4/" + some + "-907":               "kept",
			"README":                               "not ours", "d-d-1/notes.txt": "not ours", "d-d-1/.part": "not ours", "y-1/" + some + "-1": "not ours",
			"x-8GN34/" + some + "-1": "not ours", "d-d_1/" + some + "-1": "not ours", "d-d-1/" + some + "-01": "not ours",
		} {
			p.put(t, name, "x")
			p.age(t, name)
			switch what {
			case "removed":
				removed++
				continue
			case "kept":
				kept++
			}
			want = append(want, name)
		}
		swept, err := f.Sweep(t.Context(), cases(map[string]*dispute.Case{"d-1": &names, "D.2": &known, "d-4": nil}))
		require.NoError(t, err)
		require.Equal(t, files.Swept{Contents: removed, Kept: kept}, swept)
		require.ElementsMatch(t, want, p.names(t))
	})
}

// TestSweepBesideMessages: sweeps run while parties send drafts that are old: a file that a message names is never removed.
func TestSweepBesideMessages(t *testing.T) {
	t.Parallel()
	l, p := books(t), folderPlace(t)
	f := files.New(l, p)
	var ended atomic.Bool
	var sweeps, parties sync.WaitGroup
	var sweepErr error
	sweeps.Go(func() {
		for !ended.Load() && sweepErr == nil {
			_, sweepErr = f.Sweep(t.Context(), cases(nil))
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
	ended.Store(true)
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
