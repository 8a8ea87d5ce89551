package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// upload sends a form with a file.
func (b browser) upload(path, name string, content []byte, fields ...string) answer {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(b, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile(pages.FieldFile, name)
	require.NoError(b, err)
	_, err = part.Write(content)
	require.NoError(b, err)
	require.NoError(b, form.Close())
	return b.send(http.MethodPost, path, &body, "Content-Type", form.FormDataContentType(), "Origin", b.site.URL)
}

// TestFiles: a merchant uploads a good file and one that is refused, sends the good one with its text, and who may read it gets
// it; the form sent again sends nothing more.
func TestFiles(t *testing.T) {
	t.Parallel()
	c, other, s := opened(t), opened(t), serve(t)
	id, b := c.Dispute.ID, s.merchant(t, c)
	var photo bytes.Buffer
	require.NoError(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 8))))
	fields := []string{pages.FieldFor, string(pages.ActEvidence), pages.FieldKind, "tracking", pages.FieldText, "Half a text"}
	upload := pages.ActPath(id, pages.ActUpload)

	refused := b.upload(upload, "run.exe", []byte("MZ is no photo"), fields...)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "Half a text")
	damaged := b.upload(upload, "torn.png", []byte("\x89PNG\r\n\x1a\n"), fields...)
	require.Equal(t, http.StatusUnprocessableEntity, damaged.status)
	require.Contains(t, damaged.body, "Die Datei ist beschädigt")
	large := b.upload(upload, "big.png", append(photo.Bytes(), make([]byte, 8<<20)...), fields...)
	require.Equal(t, http.StatusUnprocessableEntity, large.status)
	require.Contains(t, large.body, "Half a text")
	require.Contains(t, large.body, "7 MB")
	require.Equal(t, http.StatusRequestEntityTooLarge, b.upload(upload, "huge.png", make([]byte, 29<<20), fields...).status)
	taken := b.upload(upload, "proof.png", photo.Bytes(), fields...)
	require.Equal(t, http.StatusOK, taken.status, taken.body)
	require.Contains(t, taken.body, "Half a text")
	require.Contains(t, taken.body, "proof.png")
	require.Equal(t, http.StatusNotFound, s.signedIn(t, link.Claim{Role: link.RoleDesk, Login: "erika"}, "").upload(upload, "a.png", photo.Bytes(), fields...).status)

	draft := regexp.MustCompile(`name="send" value="(\d+)"`).FindStringSubmatch(taken.body)
	require.Len(t, draft, 2, taken.body)
	sent := []string{pages.FieldForm, uuid.NewString(), pages.FieldText, "", pages.FieldSend, draft[1], pages.FieldConfirmed, pages.FieldValueOn}
	desk, customer := s.signedIn(t, link.Claim{Role: link.RoleDesk, Login: "erika"}, ""), s.customer(t, c)
	file := pages.FilePath(id, draft[1])
	require.Equal(t, http.StatusNotFound, desk.get(file).status, "a draft is its party's alone")
	for range 2 {
		got := b.post(pages.ActPath(id, pages.ActEvidence), sent...)
		require.Equal(t, http.StatusSeeOther, got.status, got.body)
	}
	require.Len(t, caseOf(t, id).Evidence, 1)
	require.Equal(t, "https://portal.example"+file, caseOf(t, id).Evidence[0].Files[0].Location)
	for _, reader := range []browser{b, desk} {
		got := reader.get(file)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, photo.String(), got.body)
		require.Contains(t, got.header.Get("Content-Disposition"), "attachment")
		require.Contains(t, got.header.Get("Content-Security-Policy"), "sandbox")
	}
	for _, stranger := range []browser{customer, s.merchant(t, other)} {
		require.Equal(t, http.StatusNotFound, stranger.get(file).status)
	}
	require.Contains(t, desk.get(pages.CasePath(id)).body, file)

	again := b.upload(upload, "proof.png", photo.Bytes(), fields...)
	require.Equal(t, http.StatusConflict, again.status, "it was sent already: %s", again.body)
}
