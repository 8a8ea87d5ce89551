package assembly_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/worker/assembly"
)

// TestWorkersLinkTheirMails: the mails of a worker with PORTAL_URL have links, and those of one without have none.
func TestWorkersLinkTheirMails(t *testing.T) {
	t.Parallel()
	for site, linked := range map[string]bool{"": false, "https://disputes.example.com": true} {
		dir := t.TempDir()
		variables := map[string]string{"MAIL_DIR": dir}
		if linked {
			variables["PORTAL_URL"], variables["PORTAL_KEYS"] = site, payloadKeys
		}
		config, err := assembly.ConfigFromEnv(environment(variables))
		require.NoError(t, err)
		channel, err := assembly.NewMail(config, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		_, err = channel.Send(t.Context(), dispute.Notice{
			Key:     dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionReceived, Number: 1, Recipient: dispute.PartyCustomer},
			Dispute: dispute.Dispute{ID: "d-1"}, To: dispute.Recipient{Email: "jonas@example.org"},
			Facts: dispute.Facts{CausedAt: time.Now()},
		})
		require.NoError(t, err)
		written, err := filepath.Glob(filepath.Join(dir, "*.eml"))
		require.NoError(t, err)
		require.Len(t, written, 1)
		content, err := os.ReadFile(written[0])
		require.NoError(t, err)
		text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(content)))
		require.NoError(t, err)
		require.Equal(t, linked, bytes.Contains(text, []byte("https://disputes.example.com/link/k1.")))
	}
}
