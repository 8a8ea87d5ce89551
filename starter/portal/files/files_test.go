package files_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// answer is an answer over HTTP.
type answer struct {
	status int
	header http.Header
	length int64
	body   string
}

// served asks for a file over HTTP.
func served(t *testing.T, f *files.Files, method string, file ledger.File) (answer, error) {
	t.Helper()
	var serveErr error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		if serveErr = f.Serve(w, r, file); serveErr != nil {
			http.Error(w, "not available", http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL, http.NoBody)
	require.NoError(t, err)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return answer{response.StatusCode, response.Header, response.ContentLength, string(body)}, serveErr
}

// TestDownload: a file comes back as it was, as a download of a type that no browser runs.
func TestDownload(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		f := files.New(books(t), p)
		file := uploaded(t, f, evidence(`Müllers "Beleg" 100% 📦.pdf`, pdf("a")))
		require.Len(t, p.names(t), 1)
		require.Contains(t, p.names(t)[0], "/"+file.SHA256)

		got, err := served(t, f, http.MethodGet, file)
		require.NoError(t, err)
		require.Equal(t, pdf("a"), got.body)
		require.Equal(t, "application/pdf", got.header.Get("Content-Type"))
		require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
		require.Equal(t, []string{"default-src 'none'; sandbox"}, got.header.Values("Content-Security-Policy"))
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		require.EqualValues(t, len(got.body), got.length)
		header := got.header.Get("Content-Disposition")
		require.True(t, strings.HasPrefix(header, `attachment; filename="M_llers _Beleg_ 100_ _.pdf"; filename*=UTF-8''`), header)
		_, parameters, err := mime.ParseMediaType(strings.Replace(header, `filename="M_llers _Beleg_ 100_ _.pdf"; `, "", 1))
		require.NoError(t, err)
		require.Equal(t, file.Name, parameters["filename"])

		got, err = served(t, f, http.MethodHead, file)
		require.NoError(t, err)
		require.Empty(t, got.body)
		require.Equal(t, file.Size, got.length)
	})
}

// TestChanged: of a content that is not what was uploaded nothing is served.
func TestChanged(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		f := files.New(books(t), p)
		file := uploaded(t, f, evidence("a.pdf", pdf("a")))
		path := filepath.Join(p.folder, filepath.FromSlash(p.names(t)[0]))
		for name, content := range map[string]string{"same size": pdf("b"), "longer": pdf("a") + "x", "shorter": "%PDF-", "empty": ""} {
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			got, err := served(t, f, http.MethodGet, file)
			require.ErrorIs(t, err, files.ErrChanged, name)
			require.Equal(t, http.StatusInternalServerError, got.status)
			require.Equal(t, "not available\n", got.body)
		}
		require.NoError(t, os.Remove(path))
		_, err := served(t, f, http.MethodGet, file)
		require.ErrorIs(t, err, files.ErrChanged)
		require.ErrorContains(t, err, "missing")

		uploaded(t, f, evidence("a.pdf", pdf("a"))) // heals it
		got, err := served(t, f, http.MethodGet, file)
		require.NoError(t, err)
		require.Equal(t, pdf("a"), got.body)
	})
}

// TestDisputesAreApart: no id of a dispute reaches the files of another, in any spelling.
func TestDisputesAreApart(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		f := files.New(books(t), p)
		ids := []string{
			"d-1", "D-1", "../d-1", "d-1/../d-2", "d-1/", ".", "..", "x-68", "d-d-1", "a b", "a:b", "con", "NUL", "ä", "ß", "SS", "📦",
			strings.Repeat("K", 128), strings.Repeat("k", 128),
		}
		folders := map[string]bool{}
		for _, id := range ids {
			upload := evidence("a.pdf", pdf("a"))
			upload.DisputeID = id
			uploaded(t, f, upload)
		}
		for _, name := range p.names(t) {
			folder, rest, _ := strings.Cut(strings.ToLower(name), "/")
			require.Regexp(t, `^[a-z0-9-]{1,220}$`, folder)
			require.NotContains(t, rest, "/")
			folders[folder] = true
		}
		require.Len(t, folders, len(ids))
	})
}

// TestInterrupted: an upload that breaks off leaves nothing.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	l, p := books(t), folderPlace(t)
	f := files.New(l, p)
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx     context.Context
		content io.Reader
		want    files.Reason
	}{
		"end of the form":   {t.Context(), io.MultiReader(strings.NewReader(pdf("a")), failing{io.ErrUnexpectedEOF}), files.ReasonIncomplete},
		"browser gone":      {ended, io.MultiReader(strings.NewReader(pdf("a")), failing{errBroken}), files.ReasonIncomplete},
		"limit of the form": {t.Context(), failing{&http.MaxBytesError{Limit: 1}}, files.ReasonTooLarge},
	} {
		upload := evidence("a.pdf", "")
		upload.Content = c.content
		_, err := f.Upload(c.ctx, upload)
		require.Error(t, err, name)
		requireRefused(t, err, c.want)
	}
	_, err := files.New(l, brokenStore{p}).Upload(t.Context(), evidence("a.pdf", pdf("a")))
	require.ErrorIs(t, err, errBroken)
	recorded, err := l.Files(t.Context(), "d-1")
	require.NoError(t, err)
	require.Empty(t, recorded)
	require.Empty(t, p.names(t))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// brokenStore takes nothing.
type brokenStore struct{ files.Store }

func (brokenStore) Put(context.Context, string, io.Reader, int64) error { return errBroken }

// TestLimits: ten files wait for one message, also when they are uploaded at the same time, on each database.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *ledger.Ledger{"SQLite": books, "PostgreSQL": postgresBooks} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := folderPlace(t)
			f := files.New(open(t), p)
			errs := make([]error, 16)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { _, errs[i] = f.Upload(t.Context(), evidence("a.pdf", pdf(fmt.Sprint(i)))) })
			}
			all.Wait()
			taken := 0
			for _, err := range errs {
				if err == nil {
					taken++
					continue
				}
				requireRefused(t, err, files.ReasonTooMany)
			}
			require.Equal(t, dispute.MaxFiles, taken)
			require.Len(t, p.names(t), dispute.MaxFiles)
		})
	}
}

// TestQuota: a party that has sent as much as a dispute takes is told so; the other party is not concerned.
func TestQuota(t *testing.T) {
	t.Parallel()
	f := files.New(books(t), folderPlace(t))
	for range files.MaxFilesPerParty / dispute.MaxFiles {
		var ids []int64
		for range dispute.MaxFiles {
			ids = append(ids, uploaded(t, f, evidence("a.pdf", pdf(fmt.Sprint(len(ids), time.Now())))).ID)
		}
		send(t, f, ledger.FileForEvidence, ids...)
	}
	_, err := f.Upload(t.Context(), evidence("a.pdf", pdf("one more")))
	requireRefused(t, err, files.ReasonQuota)
	other := evidence("a.pdf", pdf("of the customer"))
	other.Purpose = ledger.FileForStatement
	uploaded(t, f, other)
}

// send names files in a message and records that it was accepted.
func send(t *testing.T, f *files.Files, purpose ledger.FilePurpose, ids ...int64) []dispute.File {
	t.Helper()
	references, err := f.References(t.Context(), "d-1", purpose, ids, location)
	require.NoError(t, err)
	require.NoError(t, f.MarkSent(t.Context(), "d-1", purpose, references))
	return references
}

func location(file ledger.File) string {
	return fmt.Sprintf("https://portal.example/files/%d", file.ID)
}

// TestMessage: a message names drafts, in its order and as a message must; then they are sent for good.
func TestMessage(t *testing.T) {
	t.Parallel()
	f := files.New(books(t), folderPlace(t))
	a, b := uploaded(t, f, evidence("a.pdf", pdf("a"))), uploaded(t, f, evidence("b.pdf", pdf("b")))
	_, err := f.References(t.Context(), "d-2", ledger.FileForEvidence, []int64{a.ID}, location)
	requireRefused(t, err, files.ReasonRemoved)
	_, err = f.References(t.Context(), "d-1", ledger.FileForStatement, []int64{a.ID}, location)
	requireRefused(t, err, files.ReasonRemoved)
	_, err = f.References(t.Context(), "d-1", ledger.FileForEvidence, make([]int64, dispute.MaxFiles+1), location)
	requireRefused(t, err, files.ReasonTooMany)

	references := send(t, f, ledger.FileForEvidence, b.ID)
	require.Equal(t, []dispute.File{{Kind: "tracking", Name: "b.pdf", Size: b.Size, SHA256: b.SHA256, Location: location(b)}}, references)
	message, err := json.Marshal(dispute.Evidence{Files: references})
	require.NoError(t, err)
	_, err = dispute.DecodeMessage[dispute.Evidence](message)
	require.NoError(t, err)
	require.Equal(t, references, send(t, f, ledger.FileForEvidence, b.ID), "a repetition is the same message")
	listed, err := f.List(t.Context(), "d-1")
	require.NoError(t, err)
	require.Len(t, listed, 2)
	require.Equal(t, []int64{a.ID}, []int64{files.Drafts(listed, ledger.FileForEvidence)[0].ID})

	_, err = f.Upload(t.Context(), evidence("b.pdf", pdf("b")))
	requireRefused(t, err, files.ReasonAlreadySent)
	release, err := f.Hold(t.Context(), "d-1", ledger.FileForEvidence, append(references, dispute.File{SHA256: strings.ToUpper(a.SHA256)}))
	require.NoError(t, err)
	requireRefused(t, f.Remove(t.Context(), a), files.ReasonSending)
	require.NoError(t, release(t.Context()))
	for _, file := range listed {
		require.NoError(t, f.Remove(t.Context(), file))
	}
	_, err = f.Hold(t.Context(), "d-1", ledger.FileForEvidence, append(references, dispute.File{SHA256: a.SHA256}))
	requireRefused(t, err, files.ReasonRemoved)
	listed, err = f.List(t.Context(), "d-1")
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.False(t, listed[0].SentAt.IsZero())
	_, err = served(t, f, http.MethodGet, listed[0])
	require.NoError(t, err)
}

// TestErase: an erased dispute has no files, takes none, and those of others stay.
func TestErase(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		l := books(t)
		f := files.New(l, p)
		other := evidence("a.pdf", pdf("a"))
		other.DisputeID = "d-11"
		uploaded(t, f, other)
		send(t, f, ledger.FileForEvidence, uploaded(t, f, evidence("a.pdf", pdf("a"))).ID)
		uploaded(t, f, evidence("b.pdf", pdf("b")))
		erase(t, l, "d-1")
		_, err := f.Upload(t.Context(), evidence("c.pdf", pdf("c")))
		requireRefused(t, err, files.ReasonErased)
		for _, want := range []int64{2, 0} {
			erased, err := f.Erase(t.Context(), "d-1")
			require.NoError(t, err)
			require.Equal(t, want, erased)
			require.Len(t, p.names(t), 1)
		}
	})
}
