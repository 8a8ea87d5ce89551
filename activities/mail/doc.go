// Package mail sends the messages of a dispute as e-mails: through an SMTP server, or into a folder as
// .eml files. Both build the same mail from the same texts.
//
// The texts lie in templates/<language>, one file per occasion; a file for one recipient only ends in
// "-merchant" or "-customer". A file reads like a mail: the line "Subject: …", an empty line, the text.
// What the files share (salutation, facts, words for reasons, signature) is in shared.tmpl. To add a
// language, translate a folder and add the language's dates in language.go.
package mail
