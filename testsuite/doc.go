// Package testsuite tests the product as a whole: the assembled worker on a real Temporal, with a real
// ledger and a real mail server, driven through the typed client. Its sub-folders have what it needs, and more:
//
//   - devserver and postgres start servers, workerprocess a worker, each as a process that can be killed;
//     mailbox is a mail server that can fail.
//   - crash kills and takes away each of them in the middle of disputes, chaos all of them at random. Both let
//     parties drive the disputes, and audit find out what has become of them.
package testsuite
