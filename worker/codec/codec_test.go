package codec_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/worker/codec"
)

const (
	keys   = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	token  = "correct-horse-battery"
	origin = "https://temporal.example.com"
)

func environment(changes map[string]string) func(string) string {
	return func(name string) string {
		if value, ok := changes[name]; ok {
			return value
		}
		return map[string]string{"PAYLOAD_KEYS": keys, "CODEC_TOKEN": token, "CODEC_ORIGIN": origin}[name]
	}
}

// server is a running codec server and its log.
type server struct {
	*testing.T
	url    string
	config codec.Config
	log    bytes.Buffer
}

func start(t *testing.T) *server {
	t.Helper()
	c, err := codec.ConfigFromEnv(environment(nil))
	require.NoError(t, err)
	s := &server{T: t, config: c}
	listening := httptest.NewServer(c.Handler(slog.New(slog.NewTextHandler(&s.log, nil))))
	t.Cleanup(listening.Close)
	s.url = listening.URL
	return s
}

// answer is a response.
type answer struct {
	status int
	header http.Header
	body   string
}

// asks sends a request; headers are name, value, name, value.
func (s *server) asks(method, path, body string, headers ...string) answer {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	require.NoError(s, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	got, err := (&http.Client{}).Do(request)
	require.NoError(s, err)
	content, err := io.ReadAll(got.Body)
	require.NoError(s, err)
	require.NoError(s, got.Body.Close())
	return answer{got.StatusCode, got.Header, string(content)}
}

// sealed returns a request to decode one payload.
func (s *server) sealed(value string) string {
	s.Helper()
	payload, err := s.config.Keys.Client(client.Options{}).DataConverter.ToPayload(value)
	require.NoError(s, err)
	body, err := json.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{payload}})
	require.NoError(s, err)
	require.NotContains(s, string(body), value)
	return string(body)
}

// TestRemoteCodec: Temporal's client of codec servers and the workers read each other's payloads.
func TestRemoteCodec(t *testing.T) {
	t.Parallel()
	s := start(t)
	remote := converter.NewRemoteDataConverter(converter.GetDefaultDataConverter(), converter.RemoteDataConverterOptions{
		Endpoint: s.url,
		ModifyRequest: func(r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		},
	})
	ours := s.config.Keys.Client(client.Options{}).DataConverter
	var back string
	written, err := ours.ToPayload("Jonas Weber")
	require.NoError(t, err)
	require.NoError(t, remote.FromPayload(written, &back))
	require.Equal(t, "Jonas Weber", back)
	written, err = remote.ToPayload("Mia Sommer")
	require.NoError(t, err)
	require.Equal(t, "binary/encrypted", string(written.GetMetadata()["encoding"]))
	require.NoError(t, ours.FromPayload(written, &back))
	require.Equal(t, "Mia Sommer", back)
}

// TestAccess: clients need the token, and web pages the origin of the Web UI.
func TestAccess(t *testing.T) {
	t.Parallel()
	const bearer = "Bearer " + token
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"command line":          {[]string{"Authorization", bearer}, http.StatusOK},
		"Web UI":                {[]string{"Authorization", bearer, "Origin", origin}, http.StatusOK},
		"browser signed in":     {[]string{"Authorization", basic("anna", token), "Origin", origin}, http.StatusOK},
		"no token":              {nil, http.StatusUnauthorized},
		"Web UI no token":       {[]string{"Origin", origin}, http.StatusUnauthorized},
		"wrong token":           {[]string{"Authorization", bearer + "x"}, http.StatusUnauthorized},
		"wrong password":        {[]string{"Authorization", basic(token, "x")}, http.StatusUnauthorized},
		"empty token":           {[]string{"Authorization", "Bearer "}, http.StatusUnauthorized},
		"other scheme":          {[]string{"Authorization", token}, http.StatusUnauthorized},
		"other origin":          {[]string{"Authorization", bearer, "Origin", "https://evil.example.com"}, http.StatusForbidden},
		"origin of other port":  {[]string{"Authorization", bearer, "Origin", origin + ":444"}, http.StatusForbidden},
		"origin of a file":      {[]string{"Authorization", bearer, "Origin", "null"}, http.StatusForbidden},
		"other origin unauthed": {[]string{"Origin", "https://evil.example.com"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			answer := s.asks(http.MethodPost, "/decode", s.sealed("Jonas Weber"), c.headers...)
			require.Equal(t, c.want, answer.status, answer.body)
			require.Equal(t, c.want == http.StatusOK, strings.Contains(answer.body, "encoding"))
			require.Equal(t, c.want == http.StatusUnauthorized, answer.header.Get("WWW-Authenticate") != "")
			allowed := answer.header.Get("Access-Control-Allow-Origin")
			require.Contains(t, []string{"", origin}, allowed)
			require.NotContains(t, s.log.String(), token)
			require.NotContains(t, s.log.String(), "Jonas")
		})
	}
}

func basic(user, password string) string {
	request := &http.Request{Header: http.Header{}}
	request.SetBasicAuth(user, password)
	return request.Header.Get("Authorization")
}

// TestPreflight: browsers send preflight requests without credentials.
func TestPreflight(t *testing.T) {
	t.Parallel()
	s := start(t)
	ask := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-namespace", "Origin"}
	answer := s.asks(http.MethodOptions, "/decode", "", append(ask, origin)...)
	require.Equal(t, http.StatusNoContent, answer.status, answer.body)
	require.Equal(t, origin, answer.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", answer.header.Get("Access-Control-Allow-Credentials"))
	require.Equal(t, "Authorization, Authorization-Extras, Content-Type, X-Namespace", answer.header.Get("Access-Control-Allow-Headers"))
	require.Equal(t, "Origin", answer.header.Get("Vary"))
	answer = s.asks(http.MethodOptions, "/decode", "", append(ask, "https://evil.example.com")...)
	require.Equal(t, http.StatusForbidden, answer.status)
	require.Empty(t, answer.header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, answer.header.Get("Access-Control-Allow-Headers"))
}

func TestOtherRequests(t *testing.T) {
	t.Parallel()
	s := start(t)
	for request, want := range map[string]int{
		"GET /": http.StatusOK, "GET /keys": http.StatusNotFound, "GET /decode": http.StatusMethodNotAllowed,
		"POST /decode": http.StatusBadRequest, "POST /": http.StatusMethodNotAllowed,
	} {
		method, path, _ := strings.Cut(request, " ")
		answer := s.asks(method, path, "no JSON", "Authorization", "Bearer "+token)
		require.Equal(t, want, answer.status, "%s: %s", request, answer.body)
		answer = s.asks(method, path, "no JSON")
		require.Equal(t, http.StatusUnauthorized, answer.status, request)
	}
	answer := s.asks(http.MethodPost, "/decode", strings.Repeat(" ", 17<<20), "Authorization", "Bearer "+token)
	require.Equal(t, http.StatusBadRequest, answer.status)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	c, err := codec.ConfigFromEnv(environment(map[string]string{"CODEC_ORIGIN": ""}))
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8081", c.Addr)
	badOrigin := ` it must be the Web UI's scheme, host and port alone, such as http://localhost:8233`
	for want, changes := range map[string]map[string]string{
		"PAYLOAD_KEYS is required: the keys of the workers":                                           {"PAYLOAD_KEYS": ""},
		"PAYLOAD_KEYS: key 1 must be an id, a colon and 32 bytes in base64 (openssl rand -base64 32)": {"PAYLOAD_KEYS": "geheim"},
		"CODEC_TOKEN must have at least 16 characters (openssl rand -hex 32)":                         {"CODEC_TOKEN": "geheim"},
		`CODEC_ORIGIN is "*";` + badOrigin:                                                            {"CODEC_ORIGIN": "*"},
		`CODEC_ORIGIN is "https://a.example/";` + badOrigin:                                           {"CODEC_ORIGIN": "https://a.example/"},
		`CODEC_ORIGIN is "a.example";` + badOrigin:                                                    {"CODEC_ORIGIN": "a.example"},
		`CODEC_ADDR is "8081"; write it like :8081 or 127.0.0.1:8081`:                                 {"CODEC_ADDR": "8081"},
	} {
		_, err := codec.ConfigFromEnv(environment(changes))
		require.EqualError(t, err, want)
	}
	_, err = codec.ConfigFromEnv(func(string) string { return "" })
	require.Len(t, strings.Split(err.Error(), "\n"), 2)
}
