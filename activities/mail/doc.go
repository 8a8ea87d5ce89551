// Package mail sends the messages of a dispute as e-mails: through an SMTP server, or into a folder as
// .eml files. Both build the same mail from the same texts.
//
// The texts lie in templates/<language>, one file per occasion; a file for one recipient only ends in
// "-merchant" or "-customer". A file reads like a mail: the line "Subject: …", an empty line, the text. First
// comes the salutation, then what to do and until when, last the greeting and the small print. Lines that
// begin with "# " are headings, with "- " points of a list, with "| " facts ("name: value"); {{strong …}}
// makes words stand out. What the files share (salutation, facts, words for reasons, signature) is in
// shared.tmpl. To add a language, translate a folder and add the language's dates in language.go.
//
// Each text goes out twice in one mail: plain, and as HTML. The layout is in mail.html and has no words.
package mail
