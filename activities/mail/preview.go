package mail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/dispute/link"
)

// Preview renders every mail of a sample dispute in every language into a folder, which it creates if necessary: as
// .html and .txt, with an index.html that lists them. With the address of a portal, the mails have links, which open nothing.
func Preview(dir string, site link.Site) error {
	from := sampleSender
	from.Portal = samplePortal(site)
	composer, err := newComposer(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make the preview's folder: %w", err)
	}
	entries := catalogue()
	if site.Any() {
		entries = append(entries, accountCatalogue()...)
	}
	for i := range entries {
		if err := entries[i].write(dir, composer); err != nil {
			return fmt.Errorf("preview %s: %w", entries[i].File, err)
		}
	}
	var index strings.Builder
	if err := layouts.ExecuteTemplate(&index, "index.html", entries); err != nil {
		return fmt.Errorf("write the preview's index: %w", err)
	}
	return save(dir, "index.html", index.String())
}

// previewed is one mail of the preview: that of a notice, or of a merchant's account.
type previewed struct {
	notice  dispute.Notice
	account string
	// Occasion groups the entries in the index, Case distinguishes those of one occasion.
	Occasion, Case string
	// File is the name of the two files without their extensions.
	File                  string
	To, Language, Subject string
}

func (p *previewed) write(dir string, from *composer) error {
	written, err := p.render(from)
	if err != nil {
		return err
	}
	p.Subject, p.Language, p.To = written.subject, written.language, string(p.notice.Key.Recipient)
	if err := save(dir, p.File+".txt", written.body); err != nil {
		return err
	}
	return save(dir, p.File+".html", written.html)
}

func (p *previewed) render(from *composer) (text, error) {
	if p.account == "" {
		return from.texts.render(p.notice, from.sender)
	}
	merchant := p.notice.Merchant
	merchant.PendingEmail = "neue.adresse@example.net"
	claim := link.Claim{Role: link.RoleMerchant, Merchant: merchant.ID, Expires: p.notice.Dispute.OpenedAt}
	if p.account == accountAddressChanging {
		claim = link.Claim{}
	}
	return (&Accounts{composer: from}).write(p.account, merchant, merchant.Email, claim)
}

// accountCatalogue returns the mails about access and settings.
func accountCatalogue() (entries []previewed) {
	for _, kind := range []string{accountSignIn, accountConfirmAddress, accountAddressChanging} {
		for _, in := range language.All {
			entries = append(entries, previewed{
				notice: sampleNotice(dispute.OccasionOpened, dispute.PartyMerchant, in.Name()), account: kind,
				Occasion: kind, File: kind + "-" + in.Name(),
			})
		}
	}
	return entries
}

func save(dir, file, content string) error {
	return os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600)
}

// catalogue returns every mail in every language, each in all its cases, in the order of the process.
func catalogue() (entries []previewed) {
	for _, occasion := range dispute.Occasions {
		for _, to := range occasion.Recipients() {
			for _, in := range language.All {
				if to == dispute.PartyDesk && in.Name() != language.English.Name() {
					continue // the desk reads English
				}
				entries = append(entries, cases(sampleNotice(occasion, to, in.Name()), in)...)
			}
		}
	}
	return entries
}

// cases returns the mails of one occasion to one recipient that differ in what has happened.
func cases(notice dispute.Notice, in language.Language) (entries []previewed) {
	add := func(what string, notice dispute.Notice) {
		name := strings.Join([]string{string(notice.Key.Occasion), what, string(notice.Key.Recipient), in.Name()}, "-")
		entries = append(entries, previewed{
			notice: notice, Occasion: string(notice.Key.Occasion), Case: words(what), File: strings.ReplaceAll(name, "--", "-"),
		})
	}
	switch notice.Key.Occasion { //nolint:exhaustive // the others have at most one more case
	case dispute.OccasionDeadlineMoved:
		add("", notice)
		notice.Shortened = true
		add("shortened", notice)
		if notice.Key.Recipient == dispute.PartyMerchant {
			notice.Shortened, notice.State = false, dispute.StateEvidencePending
			add("for-the-information", notice)
		}
	case dispute.OccasionProposalMade, dispute.OccasionProposalDeclined:
		add("refund", notice)
		paid := *notice.Proposal
		paid.Terms, paid.Refund, paid.Message, paid.Answer = dispute.CustomerPays, nil, "", ""
		notice.Proposal = &paid
		add("customer-pays", notice)
	case dispute.OccasionRulingAsked:
		for _, notice.Stage = range []dispute.Stage{dispute.StageJustification, dispute.StageDecision} {
			add(string(notice.Stage), notice)
		}
	case dispute.OccasionClosed:
		addResults(notice, add)
	default:
		add("", notice)
		notice.Merchant.PortalActive, notice.Merchant.Webhook.URL = true, "https://shop.example/disputes"
		if isFallback(notice) {
			add("in-place-of-the-portal", notice)
		}
	}
	return entries
}

// addResults adds the closing message for each closing reason, and for an invoice that was paid in full or in excess.
func addResults(notice dispute.Notice, add func(what string, notice dispute.Notice)) {
	all := notice.Dispute.DisputedAmount.Amount
	half := dispute.Money{Amount: all / 2, Currency: notice.Dispute.DisputedAmount.Currency}
	for _, reason := range dispute.ClosingReasons {
		closeSample(&notice, reason, &half, half.Amount)
		add(string(reason), notice)
	}
	closeSample(&notice, dispute.ClosedForMerchant, nil, all)
	add("fully-paid", notice)
	closeSample(&notice, dispute.ClosedForMerchant, nil, all+half.Amount)
	add("paid-too-much", notice)
	closeSample(&notice, dispute.ClosedForCustomer, nil, all+half.Amount)
	add("paid-too-much-and-refunded", notice)
}
