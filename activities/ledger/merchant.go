package ledger

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/streitfall/streitfall/dispute"
)

// Merchant reads a merchant's current settings. It fails with CodeUnknownMerchant.
func (l *Ledger) Merchant(ctx context.Context, id string) (merchant dispute.Merchant, err error) {
	err = l.autocommit("read merchant "+id, func(tx *transaction) error {
		merchant, err = mustFindMerchant(ctx, tx, id)
		return err
	})
	return merchant, err
}

// MerchantsByEmail reads the merchants whose messages go to an address, however its letters are written.
func (l *Ledger) MerchantsByEmail(ctx context.Context, email string) (merchants []dispute.Merchant, err error) {
	err = l.autocommit("find merchants by address", func(tx *transaction) error {
		merchants, err = collect(ctx, tx, scanMerchant, `select `+merchantColumns+` from merchants where lower(email) = lower($1) order by id`, email)
		return err
	})
	return merchants, err
}

// MerchantNames returns the names of merchants by their id, without those that are not in the ledger.
func (l *Ledger) MerchantNames(ctx context.Context, ids []string) (names map[string]string, err error) {
	var where conditions
	where.in("id", append([]string{}, ids...)) // none selects none
	names = map[string]string{}
	scan := func(into func(...any) error) (name string, err error) {
		var id string
		err = into(&id, &name)
		names[id] = name
		return name, err
	}
	err = l.autocommit("read the names of merchants", func(tx *transaction) error {
		_, err := collect(ctx, tx, scan, `select id, name from merchants`+where.clause(), where.args...)
		return err
	})
	return names, err
}

// SetMerchant changes a merchant's settings and returns them. made is the secret of the webhook if this call has made one;
// no other call returns it. It fails with CodeInvalidMerchant or CodeUnknownMerchant; then nothing has changed.
func (l *Ledger) SetMerchant(ctx context.Context, id string, settings dispute.Settings) (after dispute.Merchant, made dispute.Secret, err error) {
	if err := settings.Validate(); err != nil {
		return dispute.Merchant{}, "", err
	}
	fresh := newSecret()
	after, err = l.changeMerchant(ctx, "set merchant "+id, id, func(before dispute.Merchant) (dispute.Merchant, error) {
		return before.With(settings, fresh, now())
	})
	if err != nil {
		return dispute.Merchant{}, "", err
	}
	if after.Webhook.Secret == fresh {
		made = fresh
	}
	return after, made, nil
}

// ChangeSettings is SetMerchant for the merchant itself, who changes its address by RequestAddress and ConfirmAddress only.
func (l *Ledger) ChangeSettings(ctx context.Context, id string, settings dispute.Settings) (after dispute.Merchant, made dispute.Secret, err error) {
	if err := settings.CheckOwn(); err != nil {
		return dispute.Merchant{}, "", err
	}
	return l.SetMerchant(ctx, id, settings)
}

// RequestAddress keeps an address of a merchant until it is confirmed; messages go to the present one until then. It returns
// the merchant with its PendingEmail. It fails with CodeInvalidMerchant or CodeUnknownMerchant; then nothing has changed.
func (l *Ledger) RequestAddress(ctx context.Context, id, address string) (dispute.Merchant, error) {
	return l.changeMerchant(ctx, "request an address of merchant "+id, id, func(before dispute.Merchant) (dispute.Merchant, error) {
		return before.RequestEmail(address)
	})
}

// CancelAddress takes a pending address back. It does nothing if there is none, and fails with CodeUnknownMerchant.
func (l *Ledger) CancelAddress(ctx context.Context, id string) (dispute.Merchant, error) {
	return l.changeMerchant(ctx, "cancel the new address of merchant "+id, id, func(before dispute.Merchant) (dispute.Merchant, error) {
		before.PendingEmail = ""
		return before, nil
	})
}

// ConfirmAddress makes the pending address of a merchant its own, if the confirmation was sent to it; a link's SentTo says so.
// Confirming it again changes nothing. It fails with CodeInvalidMerchant if another address is pending, or none, and with
// CodeUnknownMerchant.
func (l *Ledger) ConfirmAddress(ctx context.Context, id string, sentTo func(address string) bool) (dispute.Merchant, error) {
	return l.changeMerchant(ctx, "confirm the new address of merchant "+id, id, func(before dispute.Merchant) (dispute.Merchant, error) {
		return before.ConfirmEmail(sentTo)
	})
}

// changeMerchant changes one merchant in a transaction of its own and returns it. It fails with CodeUnknownMerchant, or as
// change does.
func (l *Ledger) changeMerchant(ctx context.Context, what, id string, change func(before dispute.Merchant) (dispute.Merchant, error)) (
	after dispute.Merchant, err error,
) {
	err = l.lock(ctx, what, func(tx *transaction) error {
		if err := lockMerchant(ctx, tx, id); err != nil {
			return err
		}
		before, err := mustFindMerchant(ctx, tx, id)
		if err != nil {
			return err
		}
		if after, err = change(before); err == nil && after != before {
			updateMerchant(tx, after)
		}
		return err
	})
	if err != nil {
		return dispute.Merchant{}, err
	}
	return after, nil
}

// newSecret makes a secret as long as the hash of the signature: a longer one would add nothing.
func newSecret() dispute.Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	return dispute.Secret("whsec_" + base64.StdEncoding.EncodeToString(key[:]))
}

// lockMerchant locks a merchant until the transaction ends. It does nothing if the merchant is unknown.
func lockMerchant(ctx context.Context, tx *transaction, id string) error {
	_, err := tx.ExecContext(ctx, `update merchants set name = name where id = $1`, id)
	return err
}

func mustFindMerchant(ctx context.Context, tx *transaction, id string) (dispute.Merchant, error) {
	merchant, found, err := findMerchant(ctx, tx, id)
	if err == nil && !found {
		err = unknownMerchant(id)
	}
	return merchant, err
}

func unknownMerchant(id string) error {
	return dispute.Refuse(dispute.CodeUnknownMerchant, "the ledger has no merchant %q", id)
}

const (
	merchantColumns = `id, name, email, pending_email, locale, portal_active, email_on_dispute, email_on_deadlines,
	webhook, webhook_secret, webhook_previous, webhook_previous_until`
	findMerchantStatement = `select ` + merchantColumns + ` from merchants where id = $1`
)

// merchantFields are the destinations of merchantColumns.
func merchantFields(m *dispute.Merchant) []any {
	return []any{
		&m.ID, &m.Name, &m.Email, &m.PendingEmail, &m.Locale, &m.PortalActive, &m.EmailOnDispute, &m.EmailOnDeadlines,
		&m.Webhook.URL, &m.Webhook.Secret, &m.Webhook.Previous, (*instant)(&m.Webhook.PreviousUntil),
	}
}

func scanMerchant(into func(...any) error) (m dispute.Merchant, err error) {
	err = into(merchantFields(&m)...)
	return m, err
}

func findMerchant(ctx context.Context, tx *transaction, id string) (dispute.Merchant, bool, error) {
	return first(ctx, tx, scanMerchant, findMerchantStatement, id)
}

// insertMerchant inserts a merchant of an import, which has no webhook.
func insertMerchant(tx *transaction, m dispute.Merchant) {
	tx.queue("insert merchant "+m.ID, 1, `insert into merchants (id, name, email, locale, portal_active, email_on_dispute, email_on_deadlines)
		values ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.Name, m.Email, m.Locale, m.PortalActive, m.EmailOnDispute, m.EmailOnDeadlines)
}

func updateMerchant(tx *transaction, m dispute.Merchant) {
	tx.queue("update merchant "+m.ID, 1, `update merchants set name = $1, email = $2, locale = $3, portal_active = $4, email_on_dispute = $5,
		email_on_deadlines = $6, webhook = $7, webhook_secret = $8, webhook_previous = $9, webhook_previous_until = $10, pending_email = $11 where id = $12`,
		m.Name, m.Email, m.Locale, m.PortalActive, m.EmailOnDispute, m.EmailOnDeadlines,
		m.Webhook.URL, string(m.Webhook.Secret), string(m.Webhook.Previous), instant(m.Webhook.PreviousUntil), m.PendingEmail, m.ID)
}
