package mail

import (
	"cmp"
	"fmt"
	"net/mail"
	"strings"
)

// Sender is who sends the mails, and for whom.
type Sender struct {
	// From is the address of the sender, with or without a name: Streitfall <disputes@example.com>. People answer to it.
	From string
	// Name is the sender's display name, which also signs the mails. It defaults to the name in From, else to Streitfall.
	Name string
	// Provider is the payment provider that runs the disputes and decides them. It defaults to Klarna.
	Provider string
	// Imprint is the sender's company details, in one or more lines, at the foot of each mail. The default is none.
	Imprint string
	// Portal is where the links in the mails lead. The zero value is no portal, and mails without links.
	Portal Portal
}

const (
	defaultName     = "Streitfall"
	defaultProvider = "Klarna"
)

// sender is a checked Sender with its defaults filled in.
type sender struct {
	address  *mail.Address
	provider string
	// imprint is split at its empty lines.
	imprint [][]line
	portal  Portal
}

// check returns an error if From is not an address in ASCII.
func (s Sender) check() (sender, error) {
	address, err := mail.ParseAddress(s.From)
	if err != nil || !isASCII(address.Address) {
		return sender{}, fmt.Errorf("the sender %.100q is no e-mail address in ASCII; write it like %s <disputes@example.com>", s.From, defaultName)
	}
	address.Name = cmp.Or(displayName(s.Name), displayName(address.Name), defaultName)
	return sender{
		address: address, provider: cmp.Or(oneLine(s.Provider), defaultProvider), imprint: parseImprint(s.Imprint), portal: s.Portal,
	}, nil
}

// onBehalfOf is the provider, or "" where the provider itself sends the mails.
func (s sender) onBehalfOf() string {
	if strings.EqualFold(s.address.Name, s.provider) {
		return ""
	}
	return s.provider
}

// parseImprint takes no marks: every line is a plain one.
func parseImprint(imprint string) [][]line {
	lines := strings.Split(lineBreaks.Replace(imprint), "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	return parseBlocks(strings.Join(lines, "\n"))
}
