package ledger

import (
	"context"

	"github.com/streitfall/streitfall/dispute"
)

// Merchant reads a merchant's settings as they are now. CodeUnknownMerchant when there is none.
func (l *Ledger) Merchant(ctx context.Context, id string) (merchant dispute.Merchant, err error) {
	err = l.read(ctx, "read merchant "+id, func(tx *transaction) error {
		merchant, err = mustFindMerchant(ctx, tx, id)
		return err
	})
	return merchant, err
}

func mustFindMerchant(ctx context.Context, tx *transaction, id string) (dispute.Merchant, error) {
	merchant, found, err := findMerchant(ctx, tx, id)
	if err == nil && !found {
		err = dispute.Refuse(dispute.CodeUnknownMerchant, "the ledger has no merchant %q", id)
	}
	return merchant, err
}

const findMerchantStatement = `select id, name, email, locale, portal_active, email_on_dispute from merchants where id = $1`

func findMerchant(ctx context.Context, tx *transaction, id string) (dispute.Merchant, bool, error) {
	scan := func(into func(...any) error) (m dispute.Merchant, err error) {
		err = into(&m.ID, &m.Name, &m.Email, &m.Locale, &m.PortalActive, &m.EmailOnDispute)
		return m, err
	}
	return first(ctx, tx, scan, findMerchantStatement, id)
}

func insertMerchant(tx *transaction, m dispute.Merchant) {
	tx.change("insert merchant "+m.ID, 1, `insert into merchants (id, name, email, locale, portal_active, email_on_dispute)
		values ($1, $2, $3, $4, $5, $6)`, m.ID, m.Name, m.Email, m.Locale, m.PortalActive, m.EmailOnDispute)
}

func updateMerchant(tx *transaction, m dispute.Merchant) {
	tx.change("update merchant "+m.ID, 1, `update merchants set name = $1, email = $2, locale = $3, portal_active = $4, email_on_dispute = $5
		where id = $6`, m.Name, m.Email, m.Locale, m.PortalActive, m.EmailOnDispute, m.ID)
}
