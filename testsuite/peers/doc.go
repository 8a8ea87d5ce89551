// Package peers tests the product beside the real servers and clients that it meets, with what they really answer: Postfix
// with Dovecot for its logins, two PostgreSQL servers and a failover, PgBouncer, full disks; and beside webhook endpoints that
// are sick in every way. testsuite/examples has clients in other languages.
//
// Each test starts its peers, on free ports and in folders of its own, and touches no configuration of the system. Where a
// peer is not installed, the test skips itself and says what to install. In a gate (CI=true) it fails instead.
package peers
