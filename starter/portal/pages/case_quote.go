package pages

import (
	"cmp"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/plain"
)

// said quotes what a party has written.
func (t caseTeller) said(by dispute.Party, when string, text string, files []dispute.File) Said {
	return Said{Who: t.who(by), When: when, Text: plain.Text(text), Mine: by == t.party, Files: t.files(files)}
}

// who names a party: "You", or its name.
func (t caseTeller) who(party dispute.Party) string {
	if party == t.party {
		return t.say("conversation.you")
	}
	return t.name(party)
}

func (t caseTeller) name(party dispute.Party) string {
	switch party { //nolint:exhaustive // the others have no names
	case dispute.PartyCustomer:
		return cmp.Or(line(t.c.Dispute.Complainant.Name), t.say("party.customer"))
	case dispute.PartyMerchant:
		return cmp.Or(line(t.x.Merchant), line(t.c.Dispute.MerchantID))
	default:
		return t.say("party." + string(party))
	}
}

func (t caseTeller) files(all []dispute.File) (files []File) {
	for _, file := range all {
		link := File{URL: t.x.FileURL(file)}
		key := "file.named"
		if link.URL != "" {
			key = "file.download"
		}
		link.Text = t.say(key, "name", line(file.Name), "kind", t.Language.Kind(line(file.Kind)), "size", t.Language.Size(file.Size))
		files = append(files, link)
	}
	return files
}
