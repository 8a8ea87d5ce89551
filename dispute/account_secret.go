package dispute

import "fmt"

// Secret is the key that signs the messages to a webhook, in the format of Standard Webhooks: whsec_ and base64.
// It formats, logs and encodes as a placeholder, so that it is never printed by accident.
type Secret string

const placeholder = "[secret]"

// Format implements fmt.Formatter: it writes a placeholder for every verb.
func (Secret) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, placeholder)
}

// MarshalText implements encoding.TextMarshaler: it returns a placeholder.
func (Secret) MarshalText() ([]byte, error) {
	return []byte(placeholder), nil
}
