package files

import (
	"fmt"

	"github.com/streitfall/streitfall/dispute"
)

// The limits of uploads.
const (
	// MaxSize is the largest file, in bytes: 7 MB, as programs count them that show sizes.
	MaxSize = 7 << 20
	// MaxFilesPerParty and MaxBytesPerParty bound what a party may upload to one dispute.
	MaxFilesPerParty = 50
	MaxBytesPerParty = 200 << 20
	// MaxPixels is the largest image. One that is far larger than a photo harms the program that shows it.
	MaxPixels = 50_000_000
)

// MaxSizeText says MaxSize to people.
var MaxSizeText = fmt.Sprintf("%d MB", MaxSize>>20)

// Reason is why a file is refused. It is a label of metrics and a key of texts.
type Reason string

// The reasons.
const (
	// ReasonEmpty: the file has no content.
	ReasonEmpty Reason = "empty"
	// ReasonTooLarge: the file has more than MaxSize bytes.
	ReasonTooLarge Reason = "too_large"
	// ReasonType: the content is not a PDF, JPEG, PNG or DOCX.
	ReasonType Reason = "type"
	// ReasonExtension: the content is allowed, but is not what the name says.
	ReasonExtension Reason = "extension"
	// ReasonDamaged: the image or document cannot be read.
	ReasonDamaged Reason = "damaged"
	// ReasonPixels: the image has more than MaxPixels pixels.
	ReasonPixels Reason = "pixels"
	// ReasonTooMany: dispute.MaxFiles drafts wait to be sent with one message already.
	ReasonTooMany Reason = "too_many"
	// ReasonQuota: the party has uploaded MaxFilesPerParty files or MaxBytesPerParty bytes to this dispute.
	ReasonQuota Reason = "quota"
	// ReasonAlreadySent: the same file was sent for the same purpose already.
	ReasonAlreadySent Reason = "already_sent"
	// ReasonErased: the dispute was erased.
	ReasonErased Reason = "erased"
	// ReasonIncomplete: the upload broke off.
	ReasonIncomplete Reason = "incomplete"
	// ReasonRemoved: the file was removed meanwhile, in another window or because nobody had sent it.
	ReasonRemoved Reason = "removed"
	// ReasonSending: a message that names the file is on its way, so that it cannot be removed.
	ReasonSending Reason = "sending"
)

// Reasons lists all reasons.
var Reasons = []Reason{
	ReasonEmpty, ReasonTooLarge, ReasonType, ReasonExtension, ReasonDamaged, ReasonPixels, ReasonTooMany, ReasonQuota, ReasonAlreadySent,
	ReasonErased, ReasonIncomplete, ReasonRemoved, ReasonSending,
}

var reasonTexts = map[Reason]string{
	ReasonEmpty:       "the file is empty",
	ReasonTooLarge:    "the file has more than " + MaxSizeText,
	ReasonType:        "the file is not a PDF, JPEG, PNG or DOCX",
	ReasonExtension:   "the content of the file is not what the end of its name says",
	ReasonDamaged:     "the file is damaged and cannot be read",
	ReasonPixels:      fmt.Sprintf("the image has more than %d megapixels", MaxPixels/1_000_000),
	ReasonTooMany:     fmt.Sprintf("%d files wait to be sent already; one message takes no more", dispute.MaxFiles),
	ReasonQuota:       fmt.Sprintf("this party has uploaded as much as a dispute takes: %d files or %d MB", MaxFilesPerParty, MaxBytesPerParty>>20),
	ReasonAlreadySent: "this file was sent already",
	ReasonErased:      "the dispute was erased and takes no files",
	ReasonIncomplete:  "the upload broke off before the end of the file",
	ReasonRemoved:     "the file was removed meanwhile; upload it again",
	ReasonSending:     "the file is being sent and cannot be removed now",
}

// Refusal is the error for a file that is not taken. Nothing of it is kept.
type Refusal struct {
	Reason Reason
	// Cause is the error behind it, if any.
	Cause error
}

func (r *Refusal) Error() string {
	return reasonTexts[r.Reason]
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error {
	return r.Cause
}
