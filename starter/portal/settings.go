package portal

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/google/uuid"

	webhooks "github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// Mails are the mails to merchants about their access: a mail.Accounts.
type Mails interface {
	SendSignIn(ctx context.Context, m dispute.Merchant) error
	SendAddressChange(ctx context.Context, m dispute.Merchant) error
}

// settings shows the settings of a merchant.
func (p *Portal) settings(q *request) error {
	return p.renderSettings(q, http.StatusOK, pages.SettingsInput{})
}

func (p *Portal) renderSettings(q *request, status int, in pages.SettingsInput) error {
	in.Merchant, in.NewEmail, in.NewID = q.merchant, q.merchant.PendingEmail, uuid.NewString
	return p.render(q, status, func(v pages.Viewer) pages.Page { return pages.Settings(v, in) })
}

// changes are the acts of the settings.
var changes = map[pages.Act]func(*Portal, *request, fields) (pages.SettingsInput, error){
	pages.ActSettings: (*Portal).changeMails, pages.ActEmail: (*Portal).changeAddress, pages.ActWebhook: (*Portal).changeWebhook,
	pages.ActNewSecret: (*Portal).newSecret, pages.ActTestWebhook: (*Portal).testWebhook,
}

// changeSettings changes settings. A new secret and the result of a test are shown at once, because they are nowhere later.
func (p *Portal) changeSettings(q *request) error {
	change, known := changes[pages.Act(q.PathValue("act"))]
	if !known {
		return errNotFound
	}
	form, err := q.form()
	if err != nil {
		return err
	}
	filled := pages.Filled{Act: pages.Act(q.PathValue("act")), Values: form}
	in, err := change(p, q, fields{Filled: filled})
	if refusal, refused := errors.AsType[*dispute.Refusal](err); refused && len(refusal.Faults) > 0 {
		filled.Problems = invalidSettings(refusal)
	} else if problem, is := errors.AsType[*problemError](err); is {
		filled.Problems = []pages.Problem{problem.Problem}
	} else if err != nil {
		return err
	}
	if len(filled.Problems) > 0 {
		in.Filled = filled
		return p.renderSettings(q, http.StatusUnprocessableEntity, in)
	}
	if in.Secret != "" || in.Tested != nil {
		return p.renderSettings(q, http.StatusOK, in)
	}
	q.did(filled.Act)
	return q.redirect(pages.PathSettings)
}

// problemError is a problem of a form of the settings.
type problemError struct{ pages.Problem }

func (p *problemError) Error() string { return string(p.Kind) }

// invalidSettings says which fields are not valid.
func invalidSettings(refusal *dispute.Refusal) (problems []pages.Problem) {
	kinds := map[string]pages.ProblemKind{"email": pages.ProblemAddress, "webhook": pages.ProblemURL, "locale": pages.ProblemChoice}
	for _, fault := range refusal.Faults {
		kind, known := kinds[fault.Path]
		if !known {
			kind = pages.ProblemURL // a new secret needs a webhook
		}
		problems = append(problems, pages.Problem{Field: fault.Path, Kind: kind})
	}
	return problems
}

func (p *Portal) changeMails(q *request, f fields) (in pages.SettingsInput, err error) {
	on := func(field string) *bool {
		value := f.Value(field) == pages.FieldValueOn
		return &value
	}
	settings := dispute.Settings{
		PortalActive: on(pages.FieldPortalActive), EmailOnDispute: on(pages.FieldEmailOnDispute), EmailOnDeadlines: on(pages.FieldEmailOnDeadlines),
	}
	if locale := f.Value(pages.FieldLocale); language.For(q.merchant.Locale).Name() != locale { // else its region stays
		settings.Locale = &locale
	}
	q.merchant, _, err = p.change(q, settings)
	return in, err
}

// change changes settings and returns the merchant that it leaves: the present one after an error.
func (p *Portal) change(q *request, settings dispute.Settings) (dispute.Merchant, dispute.Secret, error) {
	after, made, err := p.Ledger.ChangeSettings(q.Context(), q.who.Merchant, settings)
	if err != nil {
		after = q.merchant
	}
	return after, made, err
}

func (p *Portal) changeWebhook(q *request, f fields) (in pages.SettingsInput, err error) {
	address := f.Value(pages.FieldWebhook)
	ctx, cancel := context.WithTimeout(q.Context(), answerTimeout)
	defer cancel()
	if address != "" && !p.Webhooks.Allows(ctx, address) {
		return in, &problemError{pages.Problem{Field: pages.FieldWebhook, Kind: pages.ProblemURL}}
	}
	var made dispute.Secret
	q.merchant, made, err = p.change(q, dispute.Settings{Webhook: &address})
	in.Secret = string(made)
	return in, err
}

func (p *Portal) newSecret(q *request, _ fields) (in pages.SettingsInput, err error) {
	var made dispute.Secret
	q.merchant, made, err = p.change(q, dispute.Settings{NewSecret: true})
	in.Secret = string(made)
	return in, err
}

// testWebhook sends a test message to the merchant's webhook.
func (p *Portal) testWebhook(q *request, _ fields) (in pages.SettingsInput, err error) {
	if q.merchant.Webhook.URL == "" {
		return in, &problemError{pages.Problem{Kind: pages.ProblemURL}}
	}
	ctx, cancel := context.WithTimeout(q.Context(), actTimeout)
	defer cancel()
	_, phase, err := p.Webhooks.Test(ctx, q.merchant.Webhook)
	if err != nil {
		p.Log.InfoContext(ctx, "a test message was not taken", "merchant", q.who.Merchant, "error", err)
	}
	in.Tested = testOf(phase, err)
	return in, nil
}

// testOf says what became of a test message. The error itself names addresses within the provider's network.
func testOf(phase webhooks.Phase, err error) *pages.WebhookTest {
	if err == nil {
		return &pages.WebhookTest{}
	}
	test := &pages.WebhookTest{Failed: failures[phase]}
	if answer, answered := errors.AsType[*webhooks.StatusError](err); answered {
		test.Status = answer.Status
	}
	failure, ofNetwork := errors.AsType[net.Error](err)
	if phase == webhooks.PhaseConnect && ofNetwork && failure.Timeout() {
		test.Failed = pages.TestTimeout
	}
	return test
}

var failures = map[webhooks.Phase]pages.TestFailure{
	webhooks.PhaseAddress: pages.TestAddress, webhooks.PhaseName: pages.TestName, webhooks.PhaseConnect: pages.TestConnect,
	webhooks.PhaseTLS: pages.TestTLS, webhooks.PhaseAnswer: pages.TestAnswer, "": pages.TestConnect,
}

// changeAddress asks a new address to confirm, and tells the present one. Asked for again, the present address takes back a
// change that is not confirmed.
func (p *Portal) changeAddress(q *request, f fields) (in pages.SettingsInput, err error) {
	address := f.email(pages.FieldEmail)
	if address == q.merchant.Email && q.merchant.PendingEmail != "" {
		q.merchant, err = p.Ledger.CancelAddress(q.Context(), q.who.Merchant)
		return in, err
	}
	if address != "" && len(f.problems) == 0 && !p.limits.mails.allow(q.who.subject()) {
		return in, &problemError{pages.Problem{Field: pages.FieldEmail, Kind: pages.ProblemTooMany}}
	}
	asked, err := p.Ledger.RequestAddress(q.Context(), q.who.Merchant, address)
	if err != nil {
		return in, err
	}
	ctx, cancel := context.WithTimeout(q.Context(), mailTimeout)
	defer cancel()
	if err := p.Mails.SendAddressChange(ctx, asked); err != nil {
		p.Log.WarnContext(ctx, "a new address was not asked", "merchant", q.who.Merchant, "error", err)
		problem := pages.Problem{Field: pages.FieldEmail, Kind: pages.ProblemAway}
		if dispute.CodeOf(err) == dispute.CodeMessageRefused {
			problem.Kind = pages.ProblemAddress
		}
		_, cancelErr := p.Ledger.CancelAddress(context.WithoutCancel(ctx), q.who.Merchant)
		return in, errors.Join(&problemError{problem}, cancelErr)
	}
	q.merchant = asked
	return in, nil
}
