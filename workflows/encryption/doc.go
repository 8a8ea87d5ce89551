// Package encryption encrypts what disputes send through Temporal: names, addresses, statements and the messages of
// failures. They are then unreadable in Temporal's database, Web UI and backups without a key.
//
// All clients and workers of a namespace configure it: workers, the command line, backend services.
//
//	keys, err := encryption.ParseKeys(os.Getenv("PAYLOAD_KEYS"))
//	…
//	temporalClient, err := client.DialContext(ctx, keys.Client(options))
//
// Ids, search attributes and names of activities stay readable: Temporal needs them, and they hold no personal data.
package encryption
