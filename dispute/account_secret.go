package dispute

import "fmt"

// Secret is what signs the messages to a webhook, as Standard Webhooks writes it: whsec_ and base64. It is
// never printed by accident: whatever formats, logs or encodes it gets a placeholder.
type Secret string

const withheld = "[secret]"

// Format writes a placeholder, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, withheld)
}

// MarshalText gives a placeholder.
func (Secret) MarshalText() ([]byte, error) {
	return []byte(withheld), nil
}
