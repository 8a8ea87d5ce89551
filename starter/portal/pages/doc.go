// Package pages writes the pages of the portal. It is pure: no network, no database, no session.
//
// A page is a value that a constructor makes for one viewer: MerchantCase, Queue, ConfirmAct, … A constructor takes by name
// what its audience may see (dispute.Case.For), so that a new member of a case is on no page before it is named here. Render
// writes a page with the frame around it.
//
// The sentences are in texts/<language>.json, by key; the templates have none of their own. Days, deadlines, amounts and names
// of reasons are those of the mails (package language). What others have written is cleaned (package plain) and quoted, so that
// it cannot pass for ours.
//
// A form posts to ActPath, or to a path of its own where no dispute is concerned. Each has FieldForm, an id that makes it take
// effect once. A form that is refused is shown again as Filled: with all that was entered, and what is wrong beside the fields.
package pages
