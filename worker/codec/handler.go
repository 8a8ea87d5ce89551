package codec

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"go.temporal.io/sdk/converter"
)

// maxBody limits a request in bytes: an event of Temporal has at most 4 MiB, and base64 adds a third.
const maxBody = 16 << 20

// Handler serves POST /decode and /encode for Temporal's tools, and GET / for people to sign in: the Web UI does not know
// the token, but with "include cross-origin credentials" browsers send the password that was entered at GET /.
func (c Config) Handler(log *slog.Logger) http.Handler {
	codec := http.MaxBytesHandler(converter.NewPayloadCodecHTTPHandler(c.Keys.Codec()), maxBody)
	mux := http.NewServeMux()
	mux.Handle("POST /decode", codec)
	mux.Handle("POST /encode", codec)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "Signed in. The Web UI can decode payloads in this browser now.")
	})
	return c.originOnly(c.authenticated(log, mux))
}

// originOnly answers preflight requests and refuses requests of other web pages, even authenticated ones.
func (c Config) originOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		switch origin := r.Header.Get("Origin"); origin {
		case "": // no web page, or the sign-in page
		case c.Origin:
			w.Header().Set("Access-Control-Allow-Origin", c.Origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		default:
			http.Error(w, "this origin is not allowed (CODEC_ORIGIN)", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "POST")
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Authorization-Extras, Content-Type, X-Namespace")
			w.Header().Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// authenticated requires the token, as bearer token or as password of any user.
func (c Config) authenticated(log *slog.Logger, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(c.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		user, password, basic := r.BasicAuth()
		if basic {
			given = password
		}
		got := sha256.Sum256([]byte(given))
		if !bearer && !basic || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			log.Warn("refused: missing or wrong token", "from", r.RemoteAddr, "path", r.URL.Path)
			w.Header().Set("WWW-Authenticate", `Basic realm="Streitfall: any user, the codec's token as password"`)
			http.Error(w, "the codec's token is required (CODEC_TOKEN)", http.StatusUnauthorized)
			return
		}
		log.Info("answered", "user", user, "from", r.RemoteAddr, "path", r.URL.Path)
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
