package activities

import "github.com/streitfall/streitfall/dispute"

// Earlier is the refusal, of CodeMessageDiffers, to send or record a message under the key of one that said something
// else.
type Earlier struct {
	// Receipt is that of the earlier message, which stands.
	Receipt dispute.Receipt
}

// Error is that of the refusal.
func (e *Earlier) Error() string {
	return e.Unwrap().Error()
}

// Unwrap gives the refusal.
func (e *Earlier) Unwrap() error {
	return dispute.Refuse(dispute.CodeMessageDiffers, "an earlier message under the key %s said something else, and stands", e.Receipt.Key)
}
