// Package files keeps the files that merchants and customers upload to their disputes.
//
// [Files.Upload] checks a file, records it in the ledger's database and puts its content into a [Store]: a folder or an S3
// bucket. The file is a draft: [References] name it in a message, and [Files.MarkSent] records that the message was accepted.
// [MayRead] says who may read it, [Files.Serve] sends it, and [Files.Sweep] removes drafts that nobody has sent.
//
// A content has the name DISPUTE/SHA256-ID in the store, with the id of its record, which is never used again. So no two
// records share a content, and the content of a record that is gone can be removed at any time.
package files
