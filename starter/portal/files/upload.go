package files

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// Upload is a file on its way.
type Upload struct {
	DisputeID string
	Purpose   ledger.FilePurpose
	// Kind is one of dispute.FileKinds.
	Kind string
	// Name is the name that the browser sends; it may have anything in it.
	Name    string
	Content io.Reader
}

var limits = ledger.FileLimits{Drafts: dispute.MaxFiles, Files: MaxFilesPerParty, Bytes: MaxBytesPerParty}

// storeTimeout bounds how long a content may take to the store or from it. It is shorter than the minute after which the portal's
// server cuts answers off, and far shorter than the age at which a sweep takes an upload for broken off.
const storeTimeout = 45 * time.Second

// Upload checks a file, records it as a draft and stores its content. It fails with a Refusal, or with faults of the members
// (dispute.CodeInvalidMessage); of a file that is refused, or whose upload broke off, nothing is kept. The same content for the
// same purpose is the same draft, which takes the later name and kind; one that was sent already is returned with its Refusal.
func (f *Files) Upload(ctx context.Context, upload Upload) (ledger.File, error) {
	if err := upload.validate(); err != nil {
		return ledger.File{}, err
	}
	content, err := receive(ctx, upload.Content)
	if err != nil {
		return ledger.File{}, err
	}
	defer content.close() //nolint:errcheck // it was read
	mediaType, name, err := f.inspect(ctx, upload.Name, content)
	if err != nil {
		return ledger.File{}, err
	}
	draft, err := f.books.AddFile(ctx, ledger.File{
		DisputeID: upload.DisputeID, Purpose: upload.Purpose, Kind: upload.Kind, Name: name, Type: mediaType,
		Size: content.size, SHA256: content.sha256, UploadedAt: time.Now(),
	}, limits)
	switch {
	case err != nil:
		return ledger.File{}, refused(err)
	case !draft.SentAt.IsZero():
		return draft, &Refusal{Reason: ReasonAlreadySent}
	}
	return f.keep(ctx, draft, content)
}

func (u Upload) validate() error {
	var faults dispute.Faults
	strict.OneOf(&faults, "purpose", u.Purpose, ledger.FilePurposes)
	strict.OneOf(&faults, "kind", u.Kind, dispute.FileKinds)
	return dispute.RefuseFaults(dispute.CodeInvalidMessage, faults, "this file is not described as it must be")
}

// inspect checks a content while it is in memory, of which there are few at a time.
func (f *Files) inspect(ctx context.Context, name string, content *spool) (mediaType, cleaned string, err error) {
	select {
	case f.checking <- struct{}{}:
		defer func() { <-f.checking }()
	case <-ctx.Done():
		return "", "", context.Cause(ctx)
	}
	whole, err := content.bytes()
	if err != nil {
		return "", "", err
	}
	mediaType, cleaned, refusal := inspect(name, whole)
	if refusal != nil {
		return "", "", refusal
	}
	return mediaType, cleaned, nil
}

// keep stores the content of a draft. It goes on when the browser goes away, because the content is here.
func (f *Files) keep(ctx context.Context, draft ledger.File, content *spool) (ledger.File, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := f.store.Put(ctx, contentName(draft), content.file, content.size); err != nil {
		return ledger.File{}, errors.Join(err, f.drop(ctx, draft))
	}
	stored, recorded, err := f.books.FileStored(ctx, draft.ID, time.Now())
	if err != nil {
		return ledger.File{}, err // if it was not recorded, a sweep removes it
	}
	if !recorded { // erased, or removed by its party, meanwhile
		return ledger.File{}, errors.Join(&Refusal{Reason: ReasonRemoved}, f.store.Delete(ctx, contentName(draft)))
	}
	return stored, nil
}

// drop removes a draft whose content could not be stored, unless another upload has stored it.
func (f *Files) drop(ctx context.Context, draft ledger.File) error {
	dropped, err := f.books.DropFile(ctx, draft.ID)
	if err != nil || !dropped {
		return err
	}
	return f.store.Delete(ctx, contentName(draft))
}

// refused returns the Refusal that an error of the ledger stands for, or the error.
func refused(err error) error {
	if limit, is := errors.AsType[*ledger.FileLimitError](err); is {
		if limit.Limit == ledger.FileLimitDrafts {
			return &Refusal{Reason: ReasonTooMany, Cause: err}
		}
		return &Refusal{Reason: ReasonQuota, Cause: err}
	}
	if dispute.CodeOf(err) == dispute.CodeNotAccepted {
		return &Refusal{Reason: ReasonErased, Cause: err}
	}
	return err
}
