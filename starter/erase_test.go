package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// TestCaseOfForgotten: the case is in the archive when Temporal has forgotten the dispute, as it was at its end.
func TestCaseOfForgotten(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	h.open(dispute.WaitAgreement)
	h.sends("respond", "--message", "We are looking into it.")
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)
	before := h.does("case", h.dispute.ID, "--json")
	h.forget()
	require.JSONEq(t, before, h.does("case", h.dispute.ID, "--json"))
	require.Contains(t, h.does("case", h.dispute.ID), "    > We are looking into it.\n")
	require.Contains(t, h.does("case", h.dispute.ID, "--as", "merchant"), "    > We are looking into it.\n")
	h.fails([]string{"open", file(t, asJSON(t, h.dispute))}, "refused (dispute_closed): ")
	require.JSONEq(t, before, h.does("case", h.dispute.ID, "--json"), "the refused run does not hide the archive")
	h.forget()
	h.env = nil
	h.refuses(dispute.CodeUnknownDispute, "case")
}

// TestErase: what is personal is gone from the ledger and from Temporal, and the record says when, by whom and why.
func TestErase(t *testing.T) {
	t.Parallel()
	h := newScenario(t)
	by := []string{"--reason", "request 4711", "--erased-by", "anna", "--yes"}
	h.open(dispute.WaitAgreement)
	h.refuses(dispute.CodeNotAccepted, append([]string{"erase"}, by...)...)
	h.sends("respond", "--message", "We are looking into it.")
	h.sends("withdraw")
	h.closes(dispute.ClosedByWithdrawal)

	folder := h.upload()
	h.fails(append([]string{"erase", h.dispute.ID}, by...), "cannot be erased, so nothing was: FILES_URL: ")
	h.env["FILES_URL"] = "file:" + folder

	usage := h.run("erase", h.dispute.ID, "--reason", "request 4711", "--erased-by", "anna")
	require.Equal(t, exitUsage, usage.code)
	require.Contains(t, usage.err, "confirm it with --yes")
	erased := `^erased: ` + h.dispute.ID + ` in the ledger, (\d) files, and \d runs in Temporal; on record: \S+ \S+, by anna: request 4711\n$`
	require.Equal(t, "1", regexp.MustCompile(erased).FindStringSubmatch(h.does(append([]string{"erase", h.dispute.ID}, by...)...))[1])
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
	h.refuses(dispute.CodeUnknownDispute, "case")
	require.Contains(t, h.run("case", h.dispute.ID).err, "was erased on "+time.Now().UTC().Format(time.DateOnly)+" by anna: request 4711")

	h.env["FILES_URL"] = "file:" + filepath.Join(t.TempDir(), "no portal has run here")
	again := []string{"erase", h.dispute.ID, "--reason", "again", "--erased-by", "ben", "--yes"}
	require.Regexp(t, erased, h.does(again...), "the first erasure stays on record")
	got := h.run("status", h.dispute.ID, "--json")
	var view dispute.View
	require.NoError(t, json.Unmarshal([]byte(got.out), &view))
	require.Equal(t, dispute.ClosedByWithdrawal, view.ClosingReason)
	for _, entry := range view.Timeline {
		require.NotContains(t, entry.Detail, "250", "the mail server's answer")
	}
	h.lists([]string{h.dispute.ID}, "--state", "CLOSED")
	h.starterFails("erase", "nobody", `refused (unknown_dispute): the ledger has no dispute "nobody"`)
}

// upload uploads a file to the dispute, into a folder that is not the default one.
func (h *scenario) upload() (folder string) {
	h.Helper()
	folder = h.TempDir()
	books, err := ledger.OpenExisting(h.Context(), h.env["LEDGER_URL"])
	require.NoError(h, err)
	defer func() { require.NoError(h, books.Close()) }()
	store, err := files.Open(h.Context(), "file:"+folder)
	require.NoError(h, err)
	_, err = files.New(books, store).Upload(h.Context(), files.Upload{
		DisputeID: h.dispute.ID, Purpose: ledger.FileForEvidence, Kind: "other", Name: "a.pdf", Content: strings.NewReader("%PDF-1.7"),
	})
	require.NoError(h, err)
	return folder
}

func (h *scenario) starterFails(command, id, why string) {
	h.Helper()
	got := h.run(command, id, "--reason", "r", "--erased-by", "anna", "--yes")
	require.Equal(h, exitFailed, got.code)
	require.Contains(h, got.err, why)
}

// TestReseal: the archive is encrypted with the first key, read with the key that it has, and without it refused by name.
func TestReseal(t *testing.T) {
	t.Parallel()
	const oldKey, newKey = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "new:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	s, d := withArchive(t)
	s.fails([]string{"ledger", "reseal"}, "PAYLOAD_KEYS is not set")
	for _, step := range []struct{ keys, want string }{
		{oldKey, "1 cases were encrypted again; all are encrypted with the key old\n"},
		{newKey + "," + oldKey, "1 cases were encrypted again; all are encrypted with the key new\n"},
		{newKey, "0 cases were encrypted again; all are encrypted with the key new\n"},
	} {
		s.env["PAYLOAD_KEYS"] = step.keys
		require.Equal(t, step.want, s.does("ledger", "reseal"))
		require.Contains(t, s.does("case", d.ID, "--json"), d.Complainant.Email)
	}
	s.env["PAYLOAD_KEYS"] = oldKey
	s.fails([]string{"case", d.ID}, `it is encrypted with the key "new", which is not among the 1 keys given (PAYLOAD_KEYS)`)
	s.fails([]string{"ledger", "reseal"}, "0 cases were encrypted again, not all: ", `the key "new"`)
}

// withArchive returns a shell with a ledger of its own, in whose archive is the case of a dispute that Temporal does not know.
func withArchive(t *testing.T) (shell, dispute.Dispute) {
	t.Helper()
	s := starter(t)
	s.env["LEDGER_URL"] = "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
	books, err := ledger.Open(t.Context(), s.env["LEDGER_URL"])
	require.NoError(t, err)
	defer func() { require.NoError(t, books.Close()) }()
	d := exampleDispute(time.Now())
	_, err = books.Import(t.Context(), exampleImport(time.Now()))
	require.NoError(t, err)
	_, err = books.Pause(t.Context(), activities.Pause{Dispute: d, At: time.Now(), Today: time.Now().Format(time.DateOnly)})
	require.NoError(t, err)
	content := []byte(asJSON(t, dispute.Case{Dispute: d, State: dispute.StateClosed}))
	require.NoError(t, books.ArchiveCase(t.Context(), activities.ArchivedCase{DisputeID: d.ID, At: time.Now(), Content: content}))
	return s, d
}
