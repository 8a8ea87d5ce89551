// Package mail sends the messages of a dispute as e-mails: through an SMTP server, or into a folder as .eml files. Both
// build the same mail from the same templates.
//
// The templates are in templates/<language>, one file per occasion; a file for one recipient only ends in "-merchant" or
// "-customer". A file reads like a mail: the line "Subject: …", an empty line, the text. First comes the salutation, then
// what to do and until when, last the greeting and the small print. Lines that begin with "# " are headings, with "- "
// items of a list, with "| " facts ("name: value"), with "$ " commands; {{strong …}} emphasises words. The parts that the
// files share (salutation, facts, names of reasons, signature) are in shared.tmpl. To add a language, translate a folder
// and add the language's dates in language.go.
//
// Each mail has two alternatives with the same words: plain text and HTML. The layout is in mail.html and has no words of
// its own. The operator's imprint follows the small print (Sender).
package mail
