// Package mail sends the messages of a dispute as e-mails: through an SMTP server, or into a folder as .eml files. Both
// build the same mail from the same templates.
//
// The templates are in templates/<language>, one file per occasion; a file for one recipient only ends in "-merchant" or
// "-customer". The files "account-…" are mails to a merchant about its access and its settings. A file reads like a mail:
// the line "Subject: …", an empty line, the text. First comes the salutation, then what to do and until when, last the
// greeting and the small print. Lines that begin with "# " are headings, with "- " items of a list, with "| " facts
// ("name: value"), with "$ " commands, with "@ " buttons ("words: address"); {{strong …}} emphasises words. The parts that
// the files share (salutation, facts, signature) are in shared.tmpl. Dates and the names of reasons and files are those of
// package language. To add a language, add it there and translate a folder.
//
// Each mail has two alternatives with the same words: plain text and HTML. The layout is in mail.html and has no words of
// its own. The operator's imprint follows the small print (Sender).
//
// With a portal (Portal) each mail has one link, to the page on which its reader acts. Without one, people answer the mail.
package mail
