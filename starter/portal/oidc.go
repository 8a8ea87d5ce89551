package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// OIDC is the identity provider with which the desk and operators sign in. Without an Issuer they sign in by links.
type OIDC struct {
	Issuer, ClientID, ClientSecret string
	// Claim is the claim that says what somebody is, and Roles are its values. The first one that somebody has counts.
	Claim string
	Roles []OIDCRole
}

// OIDCRole makes those whose claim has a value the desk or an operator.
type OIDCRole struct {
	Value string
	Party dispute.Party
}

const oidcRolesExample = "groups:dispute-desk=desk,dispute-operations=operator"

// oidcFromEnv reads the identity provider: all of its variables, or none.
func oidcFromEnv(getenv func(string) string) (OIDC, error) {
	o := OIDC{Issuer: getenv("OIDC_ISSUER"), ClientID: getenv("OIDC_CLIENT_ID"), ClientSecret: getenv("OIDC_CLIENT_SECRET")}
	roles := getenv("OIDC_ROLES")
	if o.Issuer == "" && o.ClientID == "" && o.ClientSecret == "" && roles == "" {
		return o, nil
	}
	var faults []error
	for variable, value := range map[string]string{"OIDC_ISSUER": o.Issuer, "OIDC_CLIENT_ID": o.ClientID, "OIDC_CLIENT_SECRET": o.ClientSecret} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is required with the other variables of OIDC", variable))
		}
	}
	var err error
	if o.Claim, o.Roles, err = parseRoles(roles); err != nil {
		faults = append(faults, err)
	}
	return o, errors.Join(faults...)
}

func parseRoles(text string) (claim string, roles []OIDCRole, err error) {
	claim, list, found := strings.Cut(text, ":")
	for _, entry := range strings.Split(list, ",") {
		value, role, _ := strings.Cut(strings.TrimSpace(entry), "=")
		party := dispute.Party(role)
		if value == "" || party != dispute.PartyDesk && party != dispute.PartyOperator {
			found = false
		}
		roles = append(roles, OIDCRole{value, party})
	}
	if !found || claim == "" {
		return "", nil, errors.New("OIDC_ROLES must name a claim and its values for desk and operator, such as " + oidcRolesExample)
	}
	return claim, roles, nil
}

// provider finds the identity provider when it is first needed, so that the portal starts without it.
type provider struct {
	mu    sync.Mutex
	found *oidc.Provider
	// timeout is how long it may take to answer. The others who sign in wait for the first one.
	timeout time.Duration
}

// providerTimeout is how long the provider may take to answer.
const providerTimeout = 10 * time.Second

// within bounds how long the provider may take to answer.
func (o *provider) within(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: o.timeout})
}

func (o *provider) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.found == nil {
		found, err := oidc.NewProvider(o.within(context.WithoutCancel(ctx)), issuer) // which keeps the client, to read keys later
		if err != nil {
			return nil, fmt.Errorf("the identity provider cannot be asked: %w", err)
		}
		o.found = found
	}
	return o.found, nil
}

// oidcCookie has what an answer of the provider is compared with: state, nonce and the verifier of PKCE.
const oidcCookie = "__Host-oidc"

// oidcMinutes is how long somebody may take to sign in at the provider.
const oidcMinutes = 10

func (p *Portal) oauth(found *oidc.Provider) oauth2.Config {
	o := p.Config.OIDC
	return oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.Config.Site.String() + pathDeskReturn,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", o.Claim},
	}
}

// pathDeskReturn is where the provider sends those who have signed in.
const pathDeskReturn = pages.PathDesk + "/return"

// deskSignIn sends the desk and operators to the provider. It is a link and no form: the pages may send forms nowhere else.
func (p *Portal) deskSignIn(q *request) error {
	if p.Config.OIDC.Issuer == "" {
		return errNotFound
	}
	found, err := p.provider.discover(q.Context(), p.Config.OIDC.Issuer)
	if err != nil {
		return err
	}
	state, nonce, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	http.SetCookie(q.w, &http.Cookie{
		Name: oidcCookie, Value: strings.Join([]string{state, nonce, verifier}, "."), Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, MaxAge: oidcMinutes * 60,
	})
	config := p.oauth(found)
	return q.redirect(config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)))
}

// deskReturn signs in whom the provider sends back.
func (p *Portal) deskReturn(q *request) error {
	cookie, err := q.Cookie(oidcCookie)
	if p.Config.OIDC.Issuer == "" || err != nil {
		return errNotFound
	}
	http.SetCookie(q.w, &http.Cookie{Name: oidcCookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	expected := strings.Split(cookie.Value, ".")
	if len(expected) != 3 || q.URL.Query().Get("state") != expected[0] {
		return errNotFound
	}
	who, err := p.verified(q.Context(), q.URL.Query().Get("code"), expected[1], expected[2])
	if err != nil {
		p.metrics.signIn("refused")
		p.Log.WarnContext(q.Context(), "somebody was not signed in", "route", q.Pattern, "error", err)
		return errNotFound
	}
	if err := p.signIn(q.Context(), who); err != nil {
		return err
	}
	p.metrics.signIn(string(who.Party))
	return q.redirect(homeOf(who))
}

// verified returns who somebody is, by the code that the provider has given.
func (p *Portal) verified(ctx context.Context, code, nonce, verifier string) (identity, error) {
	found, err := p.provider.discover(ctx, p.Config.OIDC.Issuer)
	if err != nil {
		return identity{}, err
	}
	config := p.oauth(found)
	token, err := config.Exchange(p.provider.within(ctx), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return identity{}, err
	}
	raw, _ := token.Extra("id_token").(string)
	verifiedToken, err := found.Verifier(&oidc.Config{ClientID: p.Config.OIDC.ClientID}).Verify(ctx, raw)
	if err != nil {
		return identity{}, err
	}
	if verifiedToken.Nonce != nonce {
		return identity{}, errors.New("the answer is for another sign-in")
	}
	var claims map[string]any
	if err := verifiedToken.Claims(&claims); err != nil {
		return identity{}, err
	}
	return p.Config.OIDC.identity(claims)
}

// loginOf returns the name under which a person acts: the login that the person and colleagues know, else the address, else the
// provider's own id, which every person has.
func loginOf(claims map[string]any) string {
	for _, claim := range []string{"preferred_username", "email", "sub"} {
		if name, ok := claims[claim].(string); ok && strings.TrimSpace(name) != "" {
			return name
		}
	}
	return ""
}

// identity reads the claims of a person.
func (o OIDC) identity(claims map[string]any) (who identity, err error) {
	who.Login = loginOf(claims)
	var faults dispute.Faults
	if strict.Line(&faults, "name", who.Login, dispute.MaxLine); len(faults) > 0 {
		return identity{}, errors.New("the provider gives no name that can be recorded")
	}
	var values []any
	switch claim := claims[o.Claim].(type) {
	case []any:
		values = claim
	default:
		values = []any{claim}
	}
	for _, role := range o.Roles {
		if slices.Contains(values, any(role.Value)) {
			who.Party = role.Party
			return who, nil
		}
	}
	return identity{}, fmt.Errorf("the claim %s has no value that OIDC_ROLES names", o.Claim)
}
