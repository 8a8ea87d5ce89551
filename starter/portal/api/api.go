package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/time/rate"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
	"github.com/streitfall/streitfall/starter/portal/files"
	"github.com/streitfall/streitfall/workflows"
)

// Prefix is the path below which the API is.
const Prefix = "/api/v1"

// Disputes are the disputes in Temporal: a workflows.Client.
type Disputes interface {
	Open(ctx context.Context, d dispute.Dispute) (dispute.View, error)
	Status(ctx context.Context, id string) (dispute.View, error)
	Case(ctx context.Context, id string) (dispute.Case, error)
	Agree(ctx context.Context, id string, message dispute.Agreement) error
	Withdraw(ctx context.Context, id string, message dispute.Withdrawal) error
	Respond(ctx context.Context, id string, message dispute.Response, options ...workflows.UpdateOption) (dispute.View, error)
	Propose(ctx context.Context, id string, message dispute.Offer, options ...workflows.UpdateOption) (dispute.View, error)
	AnswerProposal(ctx context.Context, id string, message dispute.ProposalAnswer, options ...workflows.UpdateOption) (dispute.View, error)
	AcceptLoss(ctx context.Context, id string, message dispute.LossAcceptance, options ...workflows.UpdateOption) (dispute.View, error)
	StateReason(ctx context.Context, id string, message dispute.Statement, options ...workflows.UpdateOption) (dispute.View, error)
	SubmitEvidence(ctx context.Context, id string, message dispute.Evidence, options ...workflows.UpdateOption) (dispute.View, error)
	Rule(ctx context.Context, id string, message dispute.Ruling, options ...workflows.UpdateOption) (dispute.View, error)
	MoveDeadline(ctx context.Context, id string, message dispute.DeadlineMove, options ...workflows.UpdateOption) (dispute.View, error)
	RetryNotification(ctx context.Context, id string, message dispute.Retry, options ...workflows.UpdateOption) (dispute.View, error)
	Acknowledge(ctx context.Context, id string, message dispute.Acknowledgement, options ...workflows.UpdateOption) (dispute.View, error)
	ReportBounce(ctx context.Context, id string, message dispute.Bounce, options ...workflows.UpdateOption) (dispute.View, error)
	Cancel(ctx context.Context, id string) error
}

var _ Disputes = (*workflows.Client)(nil)

// Parts are what an API is made of.
type Parts struct {
	Tokens   Tokens
	Ledger   *ledger.Ledger
	Disputes Disputes
	Files    *files.Files
	// Whole finds all of a dispute, from Temporal or from the archive; row is zero for a dispute whose invoice is not paused. It fails
	// with ErrAway, with an ErasedError, or with dispute.CodeUnknownDispute.
	Whole func(ctx context.Context, row ledger.CaseSummary, id string) (dispute.Case, error)
	// FileURL is where the readers of a message find a file that it names.
	FileURL func(disputeID string, file int64) string
	// Observe is told of each request that was answered.
	Observe func(context.Context, Observed)
	Log     *slog.Logger
}

// Observed is a request that was answered.
type Observed struct {
	// Route is the pattern of the route, because URLs have ids.
	Route  string
	Status int
	Took   time.Duration
	// Token is the name of the caller's token, and DisputeID the dispute that the request was about; empty for none.
	Token, DisputeID string
}

// API answers the requests of other systems.
type API struct {
	Parts
	mux        *http.ServeMux
	operations []operation
	document   []byte
	// limits are those of the tokens, by name.
	limits map[string]*rate.Limiter
}

const (
	// callTimeout ends a request that a silent database holds up, before the server's timeout of a minute, so that the caller is told.
	callTimeout = 55 * time.Second
	// importTimeout is how long an import may take, in place of the server's timeouts.
	importTimeout = 5 * time.Minute
)

// The limit of a token in requests a second, with how many may come at once.
const tokenRate, tokenBurst = 100, 400

// New returns an API.
func New(parts Parts) (*API, error) {
	a := &API{Parts: parts, mux: http.NewServeMux(), operations: operations(), limits: map[string]*rate.Limiter{}}
	for _, token := range parts.Tokens {
		a.limits[token.Name] = rate.NewLimiter(tokenRate, tokenBurst)
	}
	config, err := description()
	if err != nil {
		return nil, err
	}
	described := humago.NewWithPrefix(a.mux, Prefix, config)
	for _, o := range a.operations {
		o.document(described.OpenAPI())
		described.Adapter().Handle(&huma.Operation{Method: o.method, Path: o.path}, func(in huma.Context) {
			r, w := humago.Unwrap(in)
			a.answer(w, r, o)
		})
	}
	openAnswers(described.OpenAPI().Components.Schemas, a.operations)
	a.document, err = described.OpenAPI().MarshalJSON()
	return a, err
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.answer(w, r, operation{handle: a.nothing})
		return
	}
	a.mux.ServeHTTP(w, r)
}

// nothing answers a request for which there is no operation.
func (a *API) nothing(_ *API, q *call) (any, error) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := q.Clone(q.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		q.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return nil, &failure{code: codeWrongMethod, detail: "allowed here is " + strict.List(allowed)}
	}
	return nil, &failure{code: codeNotFound, detail: "there is nothing here; " + Prefix + "/openapi.json describes what there is"}
}

// answer answers a request of an operation.
func (a *API) answer(w http.ResponseWriter, r *http.Request, o operation) {
	ctx, cancel := context.WithTimeout(r.Context(), o.timeout())
	defer cancel()
	q := &call{Request: r.WithContext(ctx), w: &answer{ResponseWriter: w}, began: time.Now()}
	result, err := a.serve(q, o)
	switch {
	case err != nil:
		a.fail(q, err) //nolint:contextcheck // the request has it
	case q.w.status == 0:
		writeJSON(q.w, http.StatusOK, "application/json", result)
	}
	route := r.Pattern
	if route == "" {
		route = Prefix
	}
	a.Observe(r.Context(), Observed{Route: route, Status: q.w.status, Took: time.Since(q.began), Token: q.token.Name, DisputeID: q.disputeID})
}

func (a *API) fail(q *call, err error) {
	failed := failureOf(err)
	if failed.cause != nil {
		a.Log.WarnContext(q.Context(), "a request has failed", "route", q.Pattern, "token", q.token.Name, "dispute", q.disputeID, "error", failed.cause)
	}
	failed.write(q.w)
}

// serve checks all that the operation itself need not know, and does what it is for.
func (a *API) serve(q *call, o operation) (any, error) {
	if !o.public {
		if err := a.admit(q, o); err != nil {
			return nil, err
		}
	}
	if err := q.checkQuery(o.parameters); err != nil {
		return nil, err
	}
	if id := q.PathValue("id"); id != "" {
		if !dispute.IsID(id) {
			return nil, unknown(id)
		}
		q.disputeID = id
	}
	if o.large {
		until := time.Now().Add(importTimeout)
		control := http.NewResponseController(q.w)
		_ = errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until)) // without, the server's own hold
	}
	if err := q.readBody(o); err != nil {
		return nil, err
	}
	return o.handle(a, q)
}

// admit finds out who makes a request, and refuses those who may not.
func (a *API) admit(q *call, o operation) error {
	scheme, secret, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	token, known := a.Tokens.find(strings.TrimSpace(secret))
	if !known || !strings.EqualFold(scheme, "Bearer") {
		return &failure{code: codeUnknownToken, detail: "this needs a token: Authorization: Bearer SECRET"}
	}
	q.token = token
	switch {
	case !a.limits[token.Name].Allow():
		return &failure{code: codeTooMany, detail: fmt.Sprintf("the token %s has sent more than %d requests a second", token.Name, tokenRate)}
	case len(o.scopes) > 0 && !slices.ContainsFunc(o.scopes, token.reaches):
		return &failure{code: codeScopeMissing, detail: fmt.Sprintf("the token %s has no scope for this; needed is %s", token.Name, either(o.scopes))}
	}
	return nil
}

// reaches reports whether the token has a scope, or speaks as it.
func (t Token) reaches(scope Scope) bool {
	if party, as := strings.CutPrefix(string(scope), "as:"); as {
		return t.speaksFor(dispute.Party(party))
	}
	return t.has(scope)
}

// either joins scopes as part of a sentence: "read or events".
func either(scopes []Scope) string { return strings.ReplaceAll(strict.List(scopes), ", ", " or ") }
