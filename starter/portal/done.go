package portal

import (
	"net/http"

	"github.com/streitfall/streitfall/starter/portal/pages"
)

// doneCookie names the act that has just taken effect, for the page that follows. Another site cannot set it.
const doneCookie = "__Host-done"

// did keeps an act that has taken effect for the page that follows.
func (q *request) did(act pages.Act) {
	http.SetCookie(q.w, &http.Cookie{
		Name: doneCookie, Value: string(act), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 60,
	})
}

// done returns the act that has just taken effect, once.
func (q *request) done() pages.Act {
	cookie, err := q.Cookie(doneCookie)
	if err != nil || q.Method != http.MethodGet {
		return ""
	}
	http.SetCookie(q.w, &http.Cookie{Name: doneCookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	act := pages.Act(cookie.Value)
	_, done := acts[act]
	_, changed := changes[act]
	if !done && !changed && act != confirmedAddress && act != pages.Agreed {
		return ""
	}
	return act
}
