package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/portal/files"
)

// uploadedFile is a file of a dispute. Its first members are the reference with which a message names it.
type uploadedFile struct {
	dispute.File
	ID         int64              `json:"id"`
	Purpose    ledger.FilePurpose `json:"purpose"`
	Type       string             `json:"type"`
	UploadedAt time.Time          `json:"uploadedAt"`
	// SentAt is when a message has named it; without it, the file is a draft.
	SentAt time.Time `json:"sentAt,omitzero"`
}

type fileList struct {
	Files []uploadedFile `json:"files"`
}

func (a *API) describeFile(f ledger.File) uploadedFile {
	return uploadedFile{
		File: dispute.File{Kind: f.Kind, Name: f.Name, Size: f.Size, SHA256: f.SHA256, Location: a.FileURL(f.DisputeID, f.ID)},
		ID:   f.ID, Purpose: f.Purpose, Type: f.Type, UploadedAt: f.UploadedAt, SentAt: f.SentAt,
	}
}

// readable are the files of a dispute that the caller may read.
func (a *API) readable(q *call) ([]ledger.File, error) {
	as, err := q.as()
	if err != nil {
		return nil, err
	}
	found, err := a.read(q, as)
	if err != nil {
		return nil, err
	}
	all, err := a.Files.List(q.Context(), q.disputeID)
	return slices.DeleteFunc(all, func(f ledger.File) bool { return !files.MayRead(f, found.audience, found.Case) }), awayIf(err)
}

func (a *API) listFiles(q *call) (fileList, error) {
	found, err := a.readable(q)
	list := fileList{Files: []uploadedFile{}}
	for _, f := range found {
		list.Files = append(list.Files, a.describeFile(f))
	}
	return list, err
}

// download serves the content of a file.
func (a *API) download(q *call) (any, error) {
	found, err := a.readable(q)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(found, func(f ledger.File) bool { return strconv.FormatInt(f.ID, 10) == q.PathValue("file") })
	if i < 0 {
		return nil, &failure{code: codeNotFound, detail: "the dispute has no such file that the token may read"}
	}
	return nil, awayIf(a.Files.Serve(q.w, q.Request, found[i]))
}

// uploadPurposes are the purposes of files whose message comes after the opening.
var uploadPurposes = []ledger.FilePurpose{ledger.FileForEvidence, ledger.FileForStatement}

var fileParameters = []parameter{
	{name: "purpose", description: "evidence of the merchant, or the statement of the customer. Required.", values: words(uploadPurposes)},
	{name: "kind", description: "What the file is. Required.", values: dispute.FileKinds},
	{name: "name", description: "The name of the file. Required."},
}

// upload stores a file as a draft. The same content again is the same file.
func (a *API) upload(q *call) (uploadedFile, error) {
	in := q.query()
	purpose, kind, name := oneOf(in, "purpose", uploadPurposes), oneOf(in, "kind", dispute.FileKinds), in.text("name")
	for parameter, value := range map[string]string{"purpose": string(purpose), "kind": kind, "name": name} {
		if value == "" {
			in.fault(parameter, "is required")
		}
	}
	if err := invalidRequest(in.faults); err != nil {
		return uploadedFile{}, err
	}
	if err := a.mayAct(q, purpose.Party()); err != nil {
		return uploadedFile{}, err
	}
	whole, err := a.whole(q.Context(), q)
	if err != nil {
		return uploadedFile{}, err
	}
	if whole.WaitingFor == "" {
		return uploadedFile{}, dispute.Refuse(dispute.CodeDisputeClosed, "dispute %s is closed and takes no more files", q.disputeID)
	}
	stored, err := a.Files.Upload(q.Context(), files.Upload{
		DisputeID: q.disputeID, Purpose: purpose, Kind: kind, Name: name, Content: http.MaxBytesReader(q.w, q.Body, files.MaxSize+1),
	})
	if err != nil {
		return uploadedFile{}, fileFailure(err)
	}
	return a.describeFile(stored), nil
}

// fileFailure gives the refusal of a file the code of its kind.
func fileFailure(err error) error {
	refusal, refused := errors.AsType[*files.Refusal](err)
	if !refused {
		return err
	}
	code := map[files.Reason]string{
		files.ReasonTooLarge: codeTooLarge, files.ReasonErased: codeErased,
		files.ReasonAlreadySent: string(dispute.CodeNotAccepted), files.ReasonRemoved: string(dispute.CodeNotAccepted),
		files.ReasonTooMany: string(dispute.CodeLimitReached), files.ReasonQuota: string(dispute.CodeLimitReached),
	}[refusal.Reason]
	return &failure{code: cmp.Or(code, codeFileRefused), detail: refusal.Error()}
}
