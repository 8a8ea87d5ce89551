package api

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// Scope is what a token may do, or for whom it may speak.
type Scope string

// The scopes. A token that speaks for nobody reads as an operator does; else it reads what those see for whom it speaks.
const (
	// ScopeAccounts is to report merchants, invoices, payments, returns and credit notes.
	ScopeAccounts Scope = "accounts"
	// ScopeOpen is to open disputes; with their merchants and invoices it takes ScopeAccounts too.
	ScopeOpen Scope = "disputes:open"
	// ScopeRead is to read disputes, their cases and their files.
	ScopeRead Scope = "read"
	// ScopeEvents is to read what has happened to all disputes.
	ScopeEvents Scope = "events"
	// AsMerchant is to speak for every merchant. AsMerchant with ":" and the id of a merchant is to speak for that one, and to see
	// its disputes alone; such a token has no scope of the provider.
	AsMerchant Scope = "as:merchant"
	// AsCustomer is to speak for the customer of every dispute.
	AsCustomer Scope = "as:customer"
	// AsOperator is to act as an operator, who vouches for both parties.
	AsOperator Scope = "as:operator"
	// AsDesk is to give rulings.
	AsDesk Scope = "as:desk"
)

// Scopes lists all scopes but those for one merchant.
var Scopes = []Scope{ScopeAccounts, ScopeOpen, ScopeRead, ScopeEvents, AsMerchant, AsCustomer, AsOperator, AsDesk}

// Token is what somebody may do who has its secret.
type Token struct {
	Name string
	// Merchant is the id of the merchant for whom alone the token speaks; empty for a token of the provider.
	Merchant string

	scopes []Scope
	hash   [sha256.Size]byte
}

// Tokens are all tokens.
type Tokens []Token

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ParseTokens reads tokens as API_TOKENS has them: entries NAME:HASH:SCOPE+SCOPE…, separated by commas, where HASH is the SHA-256
// of the secret in hexadecimal. It returns all faults at once and repeats no value: somebody may have put a secret in its place.
func ParseTokens(text string) (Tokens, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var all Tokens
	var faults []string
	for i, entry := range strings.Split(text, ",") {
		token, err := parseToken(strings.TrimSpace(entry))
		switch {
		case err != nil:
		case slices.ContainsFunc(all, func(known Token) bool { return known.Name == token.Name }):
			err = errors.New("has the name of an earlier one")
		case slices.ContainsFunc(all, func(known Token) bool { return known.hash == token.hash }):
			err = errors.New("has the secret of an earlier one")
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("entry %d %v", i+1, err))
			continue
		}
		all = append(all, token)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("is not valid: %s; `starter portal token` makes an entry", strings.Join(faults, "; "))
	}
	return all, nil
}

func parseToken(entry string) (Token, error) {
	name, rest, _ := strings.Cut(entry, ":")
	sum, scopes, complete := strings.Cut(rest, ":")
	if !complete {
		return Token{}, errors.New("must be NAME:HASH:SCOPE+SCOPE…")
	}
	if !tokenName.MatchString(name) {
		return Token{}, errors.New("has a name that is not 1 to 64 characters of A-Z a-z 0-9 . _ - and begins with a letter or digit")
	}
	t := Token{Name: name}
	if n, err := hex.Decode(t.hash[:], []byte(sum[:min(len(sum), 2*len(t.hash))])); err != nil || n != len(t.hash) || len(sum) != 2*n {
		return Token{}, errors.New("has a hash that is not a SHA-256 in 64 hexadecimal digits")
	}
	return t, t.grant(strings.Split(scopes, "+"))
}

// grant gives the token its scopes.
func (t *Token) grant(scopes []string) error {
	for _, text := range scopes {
		id, ofOne := strings.CutPrefix(text, string(AsMerchant)+":")
		switch {
		case ofOne && t.Merchant != "":
			return errors.New("speaks for two merchants; allowed are one, or all with as:merchant")
		case ofOne:
			if err := t.bind(id); err != nil {
				return err
			}
		case slices.Contains(Scopes, Scope(text)):
			t.scopes = append(t.scopes, Scope(text))
		default:
			return fmt.Errorf("has a scope that is unknown; allowed are %s and as:merchant:ID", strict.List(Scopes))
		}
	}
	if t.Merchant != "" && slices.ContainsFunc(t.scopes, func(s Scope) bool { return s != ScopeRead }) {
		return errors.New("speaks for one merchant, so it can have no other scope than read")
	}
	return nil
}

func (t *Token) bind(escaped string) (err error) {
	t.Merchant, err = url.PathUnescape(escaped)
	var faults dispute.Faults
	if strict.Line(&faults, "", t.Merchant, dispute.MaxLine); err != nil || len(faults) > 0 {
		return errors.New("has as:merchant: without the id of a merchant, in percent-encoding")
	}
	return nil
}

// secretBytes is how many random bytes a secret has.
const secretBytes = 32

// NewToken makes a token: its secret, which nothing else has, and its entry for API_TOKENS. A scope for one merchant has its id as
// it is.
func NewToken(name string, scopes []string) (secret, entry string, err error) {
	random := make([]byte, secretBytes)
	if _, err := rand.Read(random); err != nil {
		return "", "", err
	}
	secret = "streitfall_" + base64.RawURLEncoding.EncodeToString(random)
	sum := sha256.Sum256([]byte(secret))
	escaped := slices.Clone(scopes)
	for i, scope := range scopes {
		if id, ofOne := strings.CutPrefix(scope, string(AsMerchant)+":"); ofOne {
			escaped[i] = string(AsMerchant) + ":" + strings.ReplaceAll(url.QueryEscape(id), "+", "%20")
		}
	}
	entry = name + ":" + hex.EncodeToString(sum[:]) + ":" + strings.Join(escaped, "+")
	if _, err := parseToken(entry); err != nil {
		return "", "", fmt.Errorf("the token %w", err)
	}
	return secret, entry, nil
}

// find returns the token of a secret. It takes the same time for every secret.
func (t Tokens) find(secret string) (found Token, known bool) {
	sum := sha256.Sum256([]byte(secret))
	for _, token := range t {
		if subtle.ConstantTimeCompare(sum[:], token.hash[:]) == 1 {
			found, known = token, true
		}
	}
	return found, known
}

func (t Token) has(scope Scope) bool { return slices.Contains(t.scopes, scope) }

// speaksFor reports whether the token may speak for a party; for the merchant, at least for one.
func (t Token) speaksFor(party dispute.Party) bool {
	switch party {
	case dispute.PartyMerchant:
		return t.Merchant != "" || t.has(AsMerchant) || t.has(AsOperator)
	case dispute.PartyCustomer:
		return t.has(AsCustomer) || t.has(AsOperator)
	case dispute.PartyOperator:
		return t.has(AsOperator)
	case dispute.PartyDesk:
		return t.has(AsDesk)
	case dispute.PartyKlarna:
	}
	return false
}

// audiences are those as whom the token reads, the one that sees most first.
func (t Token) audiences() (all []dispute.Party) {
	for _, party := range []dispute.Party{dispute.PartyOperator, dispute.PartyDesk, dispute.PartyMerchant, dispute.PartyCustomer} {
		if t.speaksFor(party) {
			all = append(all, party)
		}
	}
	if len(all) == 0 {
		return []dispute.Party{dispute.PartyOperator, dispute.PartyMerchant, dispute.PartyCustomer}
	}
	return all
}

// seesAll reports whether the token is told all that a dispute says.
func (t Token) seesAll() bool { return t.audiences()[0] == dispute.PartyOperator }
