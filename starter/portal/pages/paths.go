package pages

import (
	"net/url"
	"strings"
)

// The paths of the portal, as patterns of http.ServeMux.
const (
	// PathSignIn has the form that asks for a mail with a link; PathSignOut takes a POST.
	PathSignIn  = "/sign-in"
	PathSignOut = "/sign-out"
	// PathLink is where the links in mails lead. GET shows a button, and POST signs in.
	PathLink = "/link/{token}"
	// PathDesk signs the desk in with its identity provider.
	PathDesk = "/sign-in/desk"

	PathList      = "/disputes"
	PathCSV       = "/disputes.csv"
	PathQueue     = "/queue"
	PathAttention = "/attention"
	PathSettings  = "/settings"

	PathCase = "/disputes/{id}"
	// PathAct takes the form of an Act. GET shows the page of an act that is confirmed on a page of its own.
	PathAct = "/disputes/{id}/{act}"
	// PathFile serves a file.
	PathFile = "/disputes/{id}/files/{file}"
)

// CasePath returns the path of a dispute's page.
func CasePath(id string) string { return filled(PathCase, "{id}", id) }

// ActPath returns the path of an act. Those of the settings concern no dispute and have an empty id.
func ActPath(id string, act Act) string {
	if id == "" {
		return PathSettings + "/" + string(act)
	}
	return filled(PathAct, "{id}", id, "{act}", string(act))
}

// FilePath returns the path of a file of a dispute.
func FilePath(id, file string) string { return filled(PathFile, "{id}", id, "{file}", file) }

// LinkPath returns the path of a link's page.
func LinkPath(token string) string { return filled(PathLink, "{token}", token) }

func filled(path string, oldNew ...string) string {
	for i := 1; i < len(oldNew); i += 2 {
		oldNew[i] = url.PathEscape(oldNew[i])
	}
	return strings.NewReplacer(oldNew...).Replace(path)
}
