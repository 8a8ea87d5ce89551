package link

import (
	"errors"
	"net/url"
	"strings"
)

// The paths of the portal to which mails and other systems link.
const (
	// EntryPath is followed by the token of a link.
	EntryPath = "/link/"
	// CasePath is followed by the id of a dispute. The page needs a session.
	CasePath = "/disputes/"
)

// Site is the public address of the portal. The zero value is no portal.
type Site struct {
	base string
}

var errSite = errors.New("must be the portal's address such as https://disputes.example.com, without path, query, user or password; " +
	"http:// is for localhost and 127.0.0.1 only, because browsers keep its cookies nowhere else")

// ParseSite reads a public address. The portal is at the root of its host: its cookies are bound to the whole host.
func ParseSite(raw string) (Site, error) {
	if raw == "" {
		return Site{}, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(raw, "?#") ||
		strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Site{}, errSite
	}
	local := strings.EqualFold(u.Hostname(), "localhost") || u.Hostname() == "127.0.0.1"
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return Site{}, errSite
	}
	return Site{base: u.Scheme + "://" + strings.ToLower(u.Host)}, nil
}

// Any reports whether there is a portal.
func (s Site) Any() bool {
	return s.base != ""
}

// String returns the address without a slash at its end.
func (s Site) String() string {
	return s.base
}

// Entry returns the URL of a signed link.
func (s Site) Entry(token string) string {
	return s.base + EntryPath + url.PathEscape(token)
}

// Case returns the URL of a dispute's page.
func (s Site) Case(disputeID string) string {
	return s.base + CasePath + url.PathEscape(disputeID)
}
