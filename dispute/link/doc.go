// Package link makes and reads the signed links by which people come to the portal from a mail, without a password.
//
// A link says for whom it is, what it opens, until when it works and, as a keyed hash, to which address it was sent. It is
// not used up: scanners open the links in mails, and people open a mail twice. When an address is corrected, SentTo no longer
// holds for the links that went to the old one. A link with the same content is the same text each time, so that a mail that
// is sent again says the same.
//
// What a link says can be read by everybody who has it, so it has no names or addresses of parties; a login of the desk is
// readable.
package link
