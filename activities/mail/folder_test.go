package mail_test

import (
	"context"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

var _ activities.Channel = (*mail.Folder)(nil)

func TestFolderWritesAMail(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "mails")
	folder, err := mail.NewFolder(dir, mail.Sender{From: from})
	require.NoError(t, err)
	answer, err := folder.Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.NoError(t, err)
	file := files(t, dir)[0]
	require.Equal(t, "written to "+file, answer)
	require.Regexp(t, `^d-2026-17-opened-1-merchant_[0-9a-f]{16}\.eml$`, file)

	got := parse(t, read(t, dir, file))
	require.Equal(t, `"Streitfall" <disputes@example.com>`, got.header.Get("From"))
	require.Equal(t, "auto-generated", got.header.Get("Auto-Submitted"))
	require.Equal(t, "de", got.header.Get("Content-Language"))
	require.Equal(t, "1.0", got.header.Get("Mime-Version"))
	require.Equal(t, "<"+strings.TrimSuffix(file, ".eml")+"@example.com>", got.header.Get("Message-Id"))
	date, err := got.header.Date()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, time.Minute)
	require.Equal(t, "Bitte bis 21. Dezember 2026 reagieren: Streitfall d-2026-17 über 1.234,50 €", got.subject)
	require.Equal(t, []*netmail.Address{{Name: "Käthes Öfen GmbH", Address: "post@example.net"}}, got.to)
	require.True(t, strings.HasPrefix(got.body, "Guten Tag Käthes Öfen GmbH,\r\n\r\n"))
	require.True(t, strings.HasPrefix(got.html, "<!DOCTYPE html>\r\n<html lang=\"de\">"))
}

func TestFolderKeepsOneFilePerKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := mail.NewFolder(dir, mail.Sender{From: from})
	require.NoError(t, err)
	send := func(key dispute.NoticeKey) {
		notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
		notice.Key = key
		_, err := folder.Send(t.Context(), notice)
		require.NoError(t, err)
	}
	key := dispute.NoticeKey{DisputeID: "d.1", Occasion: dispute.OccasionOpened, Number: 1, Recipient: dispute.PartyMerchant}
	for range 3 {
		send(key)
	}
	require.Len(t, files(t, dir), 1)
	key.DisputeID = "d:1" // looks the same in a file name
	send(key)
	require.Len(t, files(t, dir), 2)
	key.DisputeID = "../../" + strings.Repeat("x", 300)
	send(key)
	require.Len(t, files(t, dir), 3)
}

func TestFolderStopsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := mail.NewFolder(dir, mail.Sender{From: "Käthe <disputes@example.com>"})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = folder.Send(ctx, sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, files(t, dir))
}

func TestFolderNotWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := mail.NewFolder(file, mail.Sender{From: from})
	require.ErrorContains(t, err, "make the mail folder")

	folder, err := mail.NewFolder(filepath.Join(dir, "gone"), mail.Sender{From: from})
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "gone")))
	_, err = folder.Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorContains(t, err, "write the mail")
	require.Empty(t, dispute.CodeOf(err))
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func read(t *testing.T, dir, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, file))
	require.NoError(t, err)
	return data
}
