package pages

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/streitfall/streitfall/dispute/language"
)

// SettingsPage is the page of a merchant's settings.
type SettingsPage struct {
	Messages, Address, Webhook *Form
	// Test and Secret are nil without a webhook.
	Test, NewSecret *Form
	// EmailNow and EmailPending are about the addresses.
	EmailNow, EmailPending string
	// Secret is shown once. Tested says what became of the test message, and TestFailed that it was not taken.
	Secret, Tested string
	TestFailed     bool

	filled Filled
}

func (SettingsPage) template() string      { return "settings" }
func (SettingsPage) title(t teller) string { return t.say("settings.title") }
func (s SettingsPage) filledForm() Filled  { return s.filled }
func (s SettingsPage) forms(teller) (all []*Form) {
	for _, form := range []*Form{s.Messages, s.Address, s.Webhook, s.Test, s.NewSecret} {
		if form != nil {
			all = append(all, form)
		}
	}
	return all
}

// Settings is the page of a merchant's settings.
func Settings(v Viewer, in SettingsInput) Page {
	t := newTeller(v)
	if in.NewID == nil {
		in.NewID = func() string { return "" }
	}
	page := SettingsPage{
		Messages: t.messagesForm(in), EmailNow: t.say("settings.email.now", "email", line(in.Merchant.Email)), Secret: in.Secret,
		filled: in.Filled,
	}
	if in.NewEmail != "" {
		page.EmailPending = t.say("settings.email.pending", "email", line(in.NewEmail))
	}
	address := t.settingsForm(in, ActEmail, "settings.email.button")
	address.field(t, Field{
		Name: FieldEmail, Type: typeEmail, Label: t.say("settings.email.new"), Hint: t.say("settings.email.intro"), Autocomplete: "email",
		Required: true,
	})
	webhook := t.settingsForm(in, ActWebhook, "settings.save")
	webhook.field(t, Field{
		Name: FieldWebhook, Type: typeURL, Label: t.say("settings.webhook.url"), Hint: t.say("settings.webhook.url.hint"),
		Value: line(in.Merchant.Webhook.URL), Autocomplete: "off",
	})
	page.Address, page.Webhook = &address, &webhook
	if in.Merchant.Webhook.URL != "" {
		test, secret := t.settingsForm(in, ActTestWebhook, "settings.webhook.test"), t.settingsForm(in, ActNewSecret, "settings.secret.button")
		page.Test, page.NewSecret = &test, &secret
	}
	if in.Tested != nil {
		page.TestFailed, page.Tested = in.Tested.Failed != "", t.tested(*in.Tested)
	}
	return page
}

// WebhookTest is what became of a test message.
type WebhookTest struct {
	// Failed is empty if the message was taken.
	Failed TestFailure
	// Status is that of the endpoint's answer, with TestAnswer.
	Status int
}

// TestFailure is why a test message was not taken. Its sentence is that of the key "settings.webhook.test." with the failure.
type TestFailure string

// The failures.
const (
	// TestAddress means that the URL is not allowed, or leads to a network that is not.
	TestAddress TestFailure = "address"
	TestName    TestFailure = "name"
	TestConnect TestFailure = "connect"
	TestTimeout TestFailure = "timeout"
	TestTLS     TestFailure = "tls"
	TestAnswer  TestFailure = "answer"
)

// TestFailures lists the failures.
var TestFailures = []TestFailure{TestAddress, TestName, TestConnect, TestTimeout, TestTLS, TestAnswer}

func (t teller) tested(test WebhookTest) string {
	if test.Failed == "" {
		return t.say("settings.webhook.test.ok")
	}
	status := strings.TrimSpace(strconv.Itoa(test.Status) + " " + http.StatusText(test.Status))
	return t.say("settings.webhook.test."+string(test.Failed), "status", status)
}

func (t teller) settingsForm(in SettingsInput, act Act, button string) Form {
	return t.form(in.Filled.of(act), Form{Act: act, Action: ActPath("", act), ID: in.NewID(), Button: t.say(button)})
}

func (t teller) messagesForm(in SettingsInput) *Form {
	form, m := t.settingsForm(in, ActSettings, "settings.save"), in.Merchant
	for _, box := range []struct {
		name, key string
		on        bool
	}{
		{FieldPortalActive, "portal", m.PortalActive}, {FieldEmailOnDispute, "on-dispute", m.EmailOnDispute}, {
			FieldEmailOnDeadlines,
			"on-deadlines", m.EmailOnDeadlines,
		},
	} {
		key := "settings." + box.key
		hint := t.say(key + ".hint")
		if off := t.perhaps(key + ".hint.off"); off != "" && !box.on {
			hint = off
		}
		form.field(t, Field{Name: box.name, Type: typeCheckbox, Label: t.say(key), Hint: hint, Checked: box.on})
	}
	locale := Field{Name: FieldLocale, Type: typeSelect, Label: t.say("settings.locale"), Value: language.For(m.Locale).Name()}
	for _, l := range language.All {
		locale.Options = append(locale.Options, Option{Value: l.Name(), Label: t.say("settings.locale." + l.Name())})
	}
	form.field(t, locale)
	return &form
}
