package portal

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// purposeOf says for which message a party uploads files, and with which act it is sent.
var purposeOf = map[dispute.Party]struct {
	purpose ledger.FilePurpose
	act     pages.Act
}{
	dispute.PartyMerchant: {ledger.FileForEvidence, pages.ActEvidence},
	dispute.PartyCustomer: {ledger.FileForStatement, pages.ActReason},
}

// drafts are the files that the person who sees the case has uploaded and not sent.
func (c Case) drafts() []ledger.File {
	purpose := purposeOf[c.who.Party].purpose
	if purpose == "" {
		return nil
	}
	sent := files.Named(c.seen, purpose) // also where the process ended before it was recorded
	return slices.DeleteFunc(files.Drafts(c.files, purpose), func(draft ledger.File) bool {
		return slices.ContainsFunc(sent, func(named dispute.File) bool { return strings.EqualFold(named.SHA256, draft.SHA256) })
	})
}

// references returns the files that a form sends, as the message names them: those that it lists, which may have been sent by
// the same form before, else all drafts.
func (p *Portal) references(ctx context.Context, c Case, purpose ledger.FilePurpose, form url.Values) ([]dispute.File, error) {
	if purpose == "" {
		return nil, nil
	}
	var ids []int64
	for _, text := range form[pages.FieldSend] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &files.Refusal{Reason: files.ReasonRemoved}
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		for _, draft := range c.drafts() {
			ids = append(ids, draft.ID)
		}
	}
	return p.Files.References(ctx, c.id, purpose, ids, func(file ledger.File) string {
		return p.Config.Site.String() + pages.FilePath(c.id, strconv.FormatInt(file.ID, 10))
	})
}

// fileURL returns where somebody who sees a case gets a file that it names; empty for a file that is not here.
func (c Case) fileURL(named dispute.File) string {
	for _, file := range c.files {
		if strings.EqualFold(file.SHA256, named.SHA256) && files.MayRead(file, c.who.Party, c.seen) {
			return pages.FilePath(c.id, strconv.FormatInt(file.ID, 10))
		}
	}
	return ""
}

// download serves a file to those who may read it.
func (p *Portal) download(q *request, c Case) error {
	if c.source == fromNowhere {
		return errUnchecked
	}
	id := q.PathValue("file")
	i := slices.IndexFunc(c.files, func(file ledger.File) bool { return strconv.FormatInt(file.ID, 10) == id })
	if i < 0 || !files.MayRead(c.files[i], c.who.Party, c.seen) {
		return errNotFound
	}
	return p.Files.Serve(q.w, q.Request, c.files[i])
}

// changesFiles reports whether an act changes the drafts.
func changesFiles(name pages.Act) bool { return name == pages.ActUpload || name == pages.ActRemove }

// changeFiles adds or removes a draft. It answers with the page, and with all that was entered in the form around it.
func (p *Portal) changeFiles(q *request, c Case, name pages.Act) error {
	upload := purposeOf[c.who.Party]
	form, err := q.form()
	switch {
	case upload.purpose == "":
		return errNotFound
	case err != nil:
		return err
	}
	filled := pages.Filled{Act: upload.act, Values: form}
	if problem := c.refuses(filled); problem != "" {
		return p.again(q, c, filled, pages.Problem{Kind: problem})
	}
	if name == pages.ActRemove {
		err = p.removeDraft(q.Context(), c, form.Get(pages.FieldDraft))
		if refusal, refused := errors.AsType[*files.Refusal](err); refused {
			return p.again(q, c, filled, fileProblem(refusal))
		}
	} else if _, problem := p.upload(q, c, upload.purpose); problem.Kind != "" {
		return p.again(q, c, filled, problem)
	}
	if err == nil {
		c.files, err = p.Files.List(q.Context(), c.id)
	}
	if err != nil {
		return err
	}
	return p.renderCase(q, http.StatusOK, c, filled)
}

func (p *Portal) removeDraft(ctx context.Context, c Case, id string) error {
	for _, draft := range c.drafts() {
		if strconv.FormatInt(draft.ID, 10) == id {
			return p.Files.Remove(ctx, draft)
		}
	}
	return nil // removed already
}

// addChosen adds to the files that a form sends the one that was chosen in it and not uploaded, and returns the case with it.
// What was sent already is named again only where the form may be one that is sent twice; where it has to be confirmed first,
// it is said to be there.
func (p *Portal) addChosen(q *request, c Case, a act, filled pages.Filled) (Case, pages.Problem, error) {
	if a.sends == "" || !q.hasUpload() {
		return c, pages.Problem{}, nil
	}
	file, problem := p.upload(q, c, a.sends)
	if problem.Kind == pages.ProblemFileSent && !pages.NeedsConfirmation(c.seen, c.who.Party, filled) {
		problem = pages.Problem{}
	}
	if problem.Kind != "" {
		return c, problem, nil
	}
	ids := filled.Values[pages.FieldSend]
	if len(ids) == 0 {
		for _, draft := range c.drafts() {
			ids = append(ids, strconv.FormatInt(draft.ID, 10))
		}
	}
	if id := strconv.FormatInt(file.ID, 10); !slices.Contains(ids, id) {
		ids = append(ids, id)
	}
	filled.Values[pages.FieldSend] = ids
	var err error
	c.files, err = p.Files.List(q.Context(), c.id)
	return c, problem, err
}

// upload stores a file as a draft; the problem is empty if it was taken. A file that was sent already is returned with its
// problem.
func (p *Portal) upload(q *request, c Case, purpose ledger.FilePurpose) (ledger.File, pages.Problem) {
	f := fields{Filled: pages.Filled{Values: q.PostForm}}
	kind := f.choice(pages.FieldKind, dispute.FileKinds...)
	if len(f.problems) > 0 {
		return ledger.File{}, f.problems[0]
	}
	content, header := q.upload()
	if header == nil {
		return ledger.File{}, pages.Problem{Field: pages.FieldFile, Kind: pages.ProblemFileMissing}
	}
	defer content.Close() //nolint:errcheck // it was only read
	upload := files.Upload{DisputeID: c.id, Purpose: purpose, Kind: kind, Name: header.Filename, Content: content}
	file, err := p.Files.Upload(q.Context(), upload)
	refusal, refused := errors.AsType[*files.Refusal](err)
	switch {
	case err == nil:
		return file, pages.Problem{}
	case refused:
		p.metrics.uploadRefused(string(refusal.Reason))
		return file, fileProblem(refusal)
	default:
		p.Log.ErrorContext(q.Context(), "a file was not stored", "dispute", c.id, "error", err)
		return ledger.File{}, pages.Problem{Field: pages.FieldFile, Kind: pages.ProblemAway}
	}
}

func fileProblem(refusal *files.Refusal) pages.Problem {
	return pages.Problem{Field: pages.FieldFile, Kind: uploadProblems[refusal.Reason], Limit: uploadLimits[refusal.Reason]}
}

// hasUpload reports whether a file was chosen in a form. Of a field without one, browsers send a value without a name.
func (q *request) hasUpload() bool {
	return q.MultipartForm != nil && len(q.MultipartForm.File[pages.FieldFile]) > 0
}

// upload returns the file of a form; nil if none was chosen.
func (q *request) upload() (multipart.File, *multipart.FileHeader) {
	if !q.hasUpload() {
		return nil, nil
	}
	header := q.MultipartForm.File[pages.FieldFile][0]
	content, err := header.Open()
	if err != nil || header.Filename == "" {
		return nil, nil
	}
	return content, header
}

var uploadProblems = map[files.Reason]pages.ProblemKind{
	files.ReasonEmpty: pages.ProblemFileEmpty, files.ReasonTooLarge: pages.ProblemFileLarge, files.ReasonType: pages.ProblemFileType,
	files.ReasonExtension: pages.ProblemFileExtension, files.ReasonDamaged: pages.ProblemFileDamaged, files.ReasonPixels: pages.ProblemFileDimensions,
	files.ReasonTooMany: pages.ProblemFiles, files.ReasonQuota: pages.ProblemQuota, files.ReasonAlreadySent: pages.ProblemFileSent,
	files.ReasonErased: pages.ProblemClosed, files.ReasonIncomplete: pages.ProblemAway, files.ReasonRemoved: pages.ProblemChanged,
	files.ReasonSending: pages.ProblemFileSending,
}

var uploadLimits = map[files.Reason]string{
	files.ReasonTooLarge: files.MaxSizeText, files.ReasonTooMany: strconv.Itoa(dispute.MaxFiles),
	files.ReasonQuota: strconv.Itoa(files.MaxBytesPerParty>>20) + " MB", files.ReasonPixels: strconv.Itoa(files.MaxPixels / 1_000_000),
}

// ReadCase reads the whole case of a dispute, for the sweep of drafts.
func (p *Portal) ReadCase(ctx context.Context, id string) (dispute.Case, error) {
	found, err := p.Disputes.Case(ctx, id)
	if dispute.CodeOf(err) == dispute.CodeUnknownDispute {
		return p.archived(ctx, id)
	}
	return found, err
}
