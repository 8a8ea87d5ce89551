// Package testsuite tests the product end to end: an assembled worker on a real Temporal, with a real ledger and a real
// mail server, driven through the typed client. Its folders hold the other tests of the whole product:
//
//   - replay replays recorded histories with the workflow as it is now.
//   - crash kills a worker, Temporal or PostgreSQL at every step of a dispute; chaos kills all of them at random, for hours too.
//     In both, parties drive the disputes and audit checks the result.
//   - peers tests the product beside real mail servers, a failover, a pooler, full disks and sick endpoints.
//   - examples has programs of backends in other languages, and runs them.
//   - browser tests the portal in Chromium, as people use it. It and compose are modules of their own.
//   - operations tests encryption, deployments, resets, metrics and health; compose tests docker-compose.yml.
//   - load measures the throughput; docs runs the commands of the README files and checks their tables.
//   - mailbox, postgres and s3 are servers for tests, which can fail and be killed; race says whether the race detector is on.
package testsuite
