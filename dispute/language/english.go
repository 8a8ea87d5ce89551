package language

import (
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// English is the language of all locales that are not German.
var English = Language{
	name: "en", date: englishDate, day: englishDay, until: englishUntil, by: englishBy, clock: ", 15:04", decimal: ".", zoned: "%s time",
	reasons: map[dispute.Reason]string{
		dispute.ReasonReturn:               "Return",
		dispute.ReasonGoodsNotReceived:     "Goods not received",
		dispute.ReasonFaultyGoods:          "Faulty goods",
		dispute.ReasonIncorrectInvoice:     "Incorrect invoice",
		dispute.ReasonAlreadyPaid:          "Already paid",
		dispute.ReasonUnauthorizedPurchase: "Unauthorised purchase",
		dispute.ReasonHighRiskOrder:        "High-risk order",
	},
	kinds: map[string]string{
		"proof_of_delivery":   "Proof of delivery",
		"tracking":            "Tracking information",
		"proof_of_refund":     "Proof of refund",
		"return_confirmation": "Confirmation of the return",
		"order_confirmation":  "Order confirmation",
		"correspondence":      "Correspondence",
		"other":               "Other",
	},
}

func englishDate(day time.Time) string { return day.Format("Monday, 2 January 2006") }

func englishDay(day time.Time) string { return day.Format("2 January 2006") }

func englishUntil(deadline time.Time) string { return "until " + dispute.Until(deadline) }

func englishBy(deadline time.Time) string {
	if day, whole := dispute.LastDay(deadline); whole {
		return "by " + day.Format("2 January 2006")
	}
	return "by " + deadline.Format("15:04 on 2 January 2006")
}
