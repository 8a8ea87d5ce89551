// Package encryption keeps what disputes send through Temporal from everybody who can read its database, its
// Web UI or its backups, but has no key: names, addresses, statements, and the messages of failures.
//
// Everybody who talks to the same disputes configures it: workers, the command line, backend services.
//
//	keys, err := encryption.ParseKeys(os.Getenv("PAYLOAD_KEYS"))
//	…
//	temporalClient, err := client.DialContext(ctx, keys.Client(options))
//
// Ids, search attributes and names of steps stay readable: Temporal needs them, and they hold nothing personal.
package encryption
