package doctor

// Name is the name of a check.
type Name string

// The checks.
const (
	CheckSettings         Name = "settings"
	CheckTemporal         Name = "temporal"
	CheckNamespace        Name = "namespace"
	CheckSearchAttributes Name = "search-attributes"
	CheckClock            Name = "clock"
	CheckWorkers          Name = "workers"
	CheckLedger           Name = "ledger"
	CheckLedgerSchema     Name = "ledger-schema"
	CheckLedgerWritable   Name = "ledger-writable"
	CheckLedgerOwner      Name = "ledger-owner"
	CheckMailFolder       Name = "mail-folder"
	CheckMailServer       Name = "mail-server"
	CheckMailGreeting     Name = "mail-greeting"
	CheckMailTLS          Name = "mail-tls"
	CheckMailLogin        Name = "mail-login"
	CheckMailSender       Name = "mail-sender"
	CheckMailReplies      Name = "mail-replies"
	CheckMailSent         Name = "mail-sent"
	CheckKeys             Name = "keys"
	CheckCodec            Name = "codec"
	CheckPortal           Name = "portal"
	CheckPortalKeys       Name = "portal-keys"
	CheckEvents           Name = "events"
	CheckMerchant         Name = "merchant"
	CheckWebhookAddress   Name = "webhook-address"
	CheckWebhookConnects  Name = "webhook-connection"
	CheckWebhookTLS       Name = "webhook-tls"
	CheckWebhookAnswer    Name = "webhook-answer"
	CheckWebhookVerifies  Name = "webhook-signature"
)

// Checks lists all checks in the order in which they are made.
var Checks = []Name{
	CheckSettings, CheckTemporal, CheckNamespace, CheckSearchAttributes, CheckClock, CheckWorkers,
	CheckLedger, CheckLedgerSchema, CheckLedgerWritable, CheckLedgerOwner,
	CheckMailFolder, CheckMailServer, CheckMailGreeting, CheckMailTLS, CheckMailLogin, CheckMailSender, CheckMailReplies, CheckMailSent,
	CheckKeys, CheckCodec, CheckPortal, CheckPortalKeys, CheckEvents, CheckMerchant, CheckWebhookAddress, CheckWebhookConnects, CheckWebhookTLS, CheckWebhookAnswer, CheckWebhookVerifies,
}
