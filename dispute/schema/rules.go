package schema

import (
	"reflect"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// rule says what a member may be, beyond its Go type. Without a rule it is optional.
type rule struct {
	required bool
	set      func(*jsonschema.Schema)
}

func required(r rule) rule {
	r.required = true
	return r
}

// The rules are those of the check methods of package dispute; a fuzz test compares the two.
var rules = map[reflect.Type]map[string]rule{
	reflect.TypeFor[dispute.Dispute](): {
		"id": pattern(dispute.IDPattern), "openedAt": required(instant), "reason": required(oneOf(dispute.Reasons)),
		"orderId": line(dispute.MaxLine), "invoiceId": line(dispute.MaxLine), "merchantId": line(dispute.MaxLine),
		"disputedAmount": anything, "complainant": anything, "calendar": oneOf(dispute.CalendarNames),
	},
	reflect.TypeFor[dispute.Complainant](): {
		"id": line(dispute.MaxLine), "name": line(dispute.MaxLine), "email": required(email), "locale": locale,
	},
	reflect.TypeFor[dispute.Policy](): {
		"responseBusinessDays": {set: between(dispute.MinResponseBusinessDays, dispute.MaxResponseBusinessDays)},
	},
	reflect.TypeFor[dispute.Complaint](): {"text": text, "files": files},
	reflect.TypeFor[dispute.Money](): {
		"amount": required(rule{set: between(1, dispute.MaxAmount)}), "currency": pattern(`^[A-Z]{3}$`),
	},
	reflect.TypeFor[dispute.File](): {
		"kind": required(oneOf(dispute.FileKinds)), "name": line(dispute.MaxLine), "location": line(dispute.MaxLocation),
		"size": required(rule{set: between(1, strict.MaxInteger)}), "sha256": pattern(`^[0-9A-Fa-f]{64}$`),
	},
	reflect.TypeFor[dispute.Agreement](): {
		"terms": required(oneOf(dispute.AllTerms)), "note": text,
		"reportedBy": by(dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyOperator),
	},
	reflect.TypeFor[dispute.Withdrawal](): {"reportedBy": by(dispute.PartyCustomer, dispute.PartyOperator), "note": text},
	reflect.TypeFor[dispute.Response](): {
		"message": requiredText, "reportedBy": by(dispute.PartyMerchant, dispute.PartyCustomer, dispute.PartyOperator),
	},
	reflect.TypeFor[dispute.Offer](): {
		"terms": required(oneOf(dispute.AllTerms)), "message": text, "proposedBy": by(dispute.PartyMerchant, dispute.PartyCustomer),
	},
	reflect.TypeFor[dispute.ProposalAnswer](): {
		"proposal": required(rule{set: between(1, strict.MaxInteger)}), "accept": anything,
		"answeredBy": by(dispute.PartyMerchant, dispute.PartyCustomer), "note": text,
	},
	reflect.TypeFor[dispute.LossAcceptance](): {"reportedBy": by(dispute.PartyMerchant, dispute.PartyOperator), "note": text},
	reflect.TypeFor[dispute.Statement]():      {"statement": requiredText, "files": files},
	reflect.TypeFor[dispute.Evidence]():       {"text": text, "files": files},
	reflect.TypeFor[dispute.Ruling](): {
		"stage": required(oneOf(dispute.Stages)), "ruledBy": line(dispute.MaxLine), "rationale": requiredText,
		"inFavourOf": oneOf([]dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, ""}),
	},
	reflect.TypeFor[dispute.DeadlineMove](): {"to": required(instant), "reason": requiredText, "movedBy": line(dispute.MaxLine)},
	reflect.TypeFor[dispute.Retry](): {
		"recipient": oneOf([]dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer, ""}), "email": orEmpty(email),
		"requestedBy": line(dispute.MaxLine),
	},
	reflect.TypeFor[dispute.Bounce](): {
		"occasion": required(rule{}), "number": required(rule{set: between(1, strict.MaxInteger)}),
		"recipient": by(dispute.PartyMerchant, dispute.PartyCustomer), "reason": requiredText, "reportedBy": line(dispute.MaxLine),
	},
	reflect.TypeFor[dispute.Acknowledgement](): {
		"cause": required(oneOf(dispute.Causes)), "acknowledgedBy": line(dispute.MaxLine), "note": text,
	},
	reflect.TypeFor[dispute.ImportedMerchant](): {
		"id": line(dispute.MaxLine), "name": line(dispute.MaxLine), "email": required(email), "locale": locale, "asOf": instant,
	},
	reflect.TypeFor[dispute.Invoice](): {
		"id": line(dispute.MaxLine), "orderId": line(dispute.MaxLine), "merchantId": line(dispute.MaxLine), "customerId": line(dispute.MaxLine),
		"amount": anything, "paid": {set: between(0, dispute.MaxAmount)}, "dueDate": day, "asOf": instant,
	},
	reflect.TypeFor[dispute.Booking](): {"reference": line(dispute.MaxLine), "invoiceId": line(dispute.MaxLine), "amount": anything},
}

// wholes are rules about several members of an object.
var wholes = map[reflect.Type]func(*jsonschema.Schema){
	reflect.TypeFor[dispute.Complaint](): textOrFiles,
	reflect.TypeFor[dispute.Evidence]():  textOrFiles,
	reflect.TypeFor[dispute.Agreement](): refundByTerms,
	reflect.TypeFor[dispute.Offer]():     refundByTerms,
	reflect.TypeFor[dispute.Ruling](): func(s *jsonschema.Schema) {
		s.OneOf = []*jsonschema.Schema{
			alternative("stage", dispute.StageJustification, "justified", typed("boolean"), "inFavourOf", enum("", nil)),
			alternative("stage", dispute.StageDecision, "inFavourOf", enum("merchant", "customer"), "justified", typed("null")),
		}
	},
	reflect.TypeFor[dispute.Bounce](): func(s *jsonschema.Schema) {
		for _, party := range []dispute.Party{dispute.PartyMerchant, dispute.PartyCustomer} {
			s.OneOf = append(s.OneOf, alternative("recipient", party, "occasion", enum(bouncing(party)...), "", nil))
		}
	},
}

// Beyond lists the rules of the decoders that a JSON schema cannot say.
var Beyond = []string{
	"no name appears twice in an object",
	"no text has half of a surrogate pair, such as an emoji cut in two",
	"a whole number is written without decimals and exponent, not as 1.0 or 1e2",
	"openedAt is at most five minutes in the future",
	"openedAt and the deadline that is moved to are after the year 0",
	"a currency is in the table of ISO 4217; that of a refund only has its form",
	"an e-mail address has at most 254 bytes",
	"an invoice has a dueDate unless paid is at least its amount",
}

// bouncing lists the occasions of messages to a party that can come back, with those of their copies.
func bouncing(to dispute.Party) (occasions []any) {
	for _, occasion := range dispute.Occasions {
		original := occasion.Original()
		if !slices.Contains(original.Recipients(), to) || original == dispute.OccasionClosed {
			continue
		}
		for _, name := range []dispute.Occasion{original, original.Copy()} {
			if !slices.Contains(occasions, any(string(name))) {
				occasions = append(occasions, string(name))
			}
		}
	}
	return occasions
}
