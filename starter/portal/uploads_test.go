package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/portal"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/workflows"
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
	require.Contains(t, large.body, "7\u00a0MB")
	require.Equal(t, http.StatusRequestEntityTooLarge, b.upload(upload, "huge.png", make([]byte, 29<<20), fields...).status)
	require.Contains(t, b.get(pages.CasePath(id)).body, fmt.Sprintf(`data-max="%d"`, files.MaxSize), "the browser is told what the server takes")
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

// TestChosenFileIsSent: a file that was chosen and not uploaded goes with the form's own button, at once or with the page that
// asks to confirm. One that is refused is named beside its field, and the text stays.
func TestChosenFileIsSent(t *testing.T) {
	t.Parallel()
	c, s := opened(t), serve(t)
	id, b := c.Dispute.ID, s.merchant(t, c)
	var photo bytes.Buffer
	require.NoError(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9))))
	early := []string{pages.FieldForm, uuid.NewString(), pages.FieldKind, "tracking", pages.FieldText, "It was delivered."}
	act := pages.ActPath(id, pages.ActEvidence)

	refused := b.upload(act, "run.exe", []byte("MZ is no photo"), early...)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.body, "It was delivered.")
	require.Contains(t, refused.body, "Diese Art von Datei nehmen wir nicht an")
	require.Empty(t, caseOf(t, id).Evidence)
	for range 2 {
		require.Equal(t, http.StatusSeeOther, b.upload(act, "proof.png", photo.Bytes(), early...).status)
	}
	sent := caseOf(t, id).Evidence
	require.Len(t, sent, 1, "the form was sent twice")
	require.Equal(t, "proof.png", sent[0].Files[0].Name)

	untilStatement(t, id)
	asks := pages.ActPath(id, pages.ActReason)
	reason := []string{pages.FieldForm, uuid.NewString(), pages.FieldKind, "other", pages.FieldText, "It is another one."}
	customer := s.customer(t, c)
	confirm := customer.upload(asks, "received.png", photo.Bytes(), reason...)
	require.Equal(t, http.StatusOK, confirm.status, confirm.body)
	require.Contains(t, confirm.body, "received.png")
	require.Contains(t, confirm.body, reason[1], "the page that asks to confirm has the same form's id")
	draft := regexp.MustCompile(`name="send" value="(\d+)"`).FindStringSubmatch(confirm.body)
	require.Len(t, draft, 2, confirm.body)
	confirmed := append(reason, pages.FieldSend, draft[1], pages.FieldConfirmed, pages.FieldValueOn)
	require.Equal(t, http.StatusSeeOther, customer.post(asks, confirmed...).status)
	require.Equal(t, "received.png", caseOf(t, id).Statement.Files[0].Name)

	justified := true
	eventually(t, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitJustification }, id)
	_, err := shared.Disputes.Rule(t.Context(), id, dispute.Ruling{Stage: dispute.StageJustification, Justified: &justified, RuledBy: "erika", Rationale: "No proof."})
	require.NoError(t, err)
	eventually(t, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitEvidence }, id)
	early[1] = uuid.NewString()
	again := b.upload(act, "proof.png", photo.Bytes(), early...)
	require.Equal(t, http.StatusConflict, again.status)
	require.Contains(t, again.body, "Diese Datei haben Sie schon gesendet")
	require.Contains(t, again.body, "It was delivered.")
}

// untilStatement brings a dispute to the wait for the customer's reason.
func untilStatement(t *testing.T, id string) {
	t.Helper()
	_, err := shared.Disputes.Respond(t.Context(), id, dispute.Response{Message: "It was delivered.", ReportedBy: dispute.PartyMerchant})
	require.NoError(t, err)
	require.NoError(t, parties.EndPeriod(t.Context(), shared.Disputes, id, dispute.WaitAgreement, dispute.DeadlineMove{Reason: "test", MovedBy: "otto"}))
	eventually(t, func(c dispute.Case) bool { return c.WaitingFor == dispute.WaitStatement }, id)
}

// halfway is a Temporal before which something happens when evidence is on its way, and which then answers with err, or as ever.
type halfway struct {
	portal.Disputes
	happens func()
	err     error
}

func (h halfway) SubmitEvidence(ctx context.Context, id string, message dispute.Evidence, options ...workflows.UpdateOption) (dispute.View, error) {
	h.happens()
	if h.err != nil {
		return dispute.View{}, h.err
	}
	return h.Disputes.SubmitEvidence(ctx, id, message, options...)
}

// TestRemovedWhileSent: a file that a message on its way names is not removed, and what the message names is there afterwards. A
// file of a message that was refused can be removed; one that was removed before is not sent.
func TestRemovedWhileSent(t *testing.T) {
	t.Parallel()
	c := opened(t)
	id := c.Dispute.ID
	removal, act := pages.ActPath(id, pages.ActRemove), pages.ActPath(id, pages.ActEvidence)
	var photo bytes.Buffer
	require.NoError(t, png.Encode(&photo, image.NewGray(image.Rect(0, 0, 7, 7))))
	var b browser
	var draft string
	removes := func() answer { return b.post(removal, pages.FieldDraft, draft) }
	var meanwhile answer
	at := halfway{Disputes: shared.Disputes, happens: func() { meanwhile = removes() }}
	s := serve(t, func(p *portal.Parts) { p.Disputes = &at })
	b = s.merchant(t, c)
	uploads := func() {
		taken := b.upload(pages.ActPath(id, pages.ActUpload), "proof.png", photo.Bytes(), pages.FieldKind, "tracking")
		require.Equal(t, http.StatusOK, taken.status, taken.body)
		found := regexp.MustCompile(`name="send" value="(\d+)"`).FindStringSubmatch(taken.body)
		require.Len(t, found, 2, taken.body)
		draft = found[1]
	}
	sends := func() int {
		status := b.post(act, pages.FieldText, "Here it is.", pages.FieldSend, draft).status
		require.Equal(t, http.StatusConflict, meanwhile.status, meanwhile.body)
		require.Contains(t, meanwhile.body, "Diese Datei wird gerade gesendet")
		return status
	}

	uploads()
	at.err = dispute.Refuse(dispute.CodeLimitReached, "enough")
	require.Equal(t, http.StatusConflict, sends())
	require.Equal(t, http.StatusOK, removes().status, "the message was refused")
	require.Equal(t, http.StatusConflict, b.post(act, pages.FieldText, "Here it is.", pages.FieldSend, draft).status, "the file was removed")
	require.Empty(t, caseOf(t, id).Evidence)

	uploads()
	at.err = context.DeadlineExceeded
	require.Equal(t, http.StatusServiceUnavailable, sends())
	require.Equal(t, http.StatusConflict, removes().status, "the message may still be taken")
	at.err = nil
	require.Equal(t, http.StatusSeeOther, sends())
	require.Len(t, caseOf(t, id).Evidence, 1)
	require.Equal(t, photo.String(), b.get(pages.FilePath(id, draft)).body)
}
