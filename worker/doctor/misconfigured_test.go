package doctor_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/worker/assembly"
	"github.com/streitfall/streitfall/worker/doctor"
	"github.com/streitfall/streitfall/workflows"
	"github.com/streitfall/streitfall/workflows/encryption"
)

// set returns a misconfiguration of single variables: name, value, …
func set(pairs ...string) func(*installation) {
	return func(i *installation) {
		for n := 0; n < len(pairs); n += 2 {
			i.variables[pairs[n]] = pairs[n+1]
		}
	}
}

// misconfiguration is a fault made on purpose, with the check that finds it and a part of what it says.
type misconfiguration struct {
	name   string
	make   func(*installation)
	check  doctor.Name
	result doctor.Result
	says   string
}

var misconfigurations = []misconfiguration{
	{"NoLedger", set("LEDGER_URL", ""), doctor.CheckSettings, doctor.Wrong, "LEDGER_URL is required"},
	{
		"LedgerOfUnknownKind", set("LEDGER_URL", "mysql://ledger"),
		doctor.CheckSettings, doctor.Wrong, "LEDGER_URL: the ledger's URL has an unknown scheme",
	},
	{"TwoMails", set("MAIL_DIR", "mails"), doctor.CheckSettings, doctor.Wrong, "SMTP_URL and MAIL_DIR are both set"},
	{"MalformedKeys", set("PAYLOAD_KEYS", "k1:short"), doctor.CheckSettings, doctor.Wrong, "PAYLOAD_KEYS: key 1"},
	{
		"DeploymentWithoutBuild", set("TEMPORAL_DEPLOYMENT_NAME", "streitfall"),
		doctor.CheckSettings, doctor.Wrong, "TEMPORAL_WORKER_BUILD_ID belong together",
	},
	{"PortalWithoutKeys", set("PORTAL_URL", "https://disputes.invalid"), doctor.CheckSettings, doctor.Wrong, "PORTAL_KEYS is required with PORTAL_URL"},
	{
		"PortalSharesAKey", set("PORTAL_URL", "http://localhost:1", "PORTAL_KEYS", key(1), "PAYLOAD_KEYS", key(1)),
		doctor.CheckSettings, doctor.Wrong, "PORTAL_KEYS has a key of PAYLOAD_KEYS",
	},
	{
		"PasswordInTheClear", set("SMTP_URL", "smtp://user:secret@mail.invalid?tls=none"),
		doctor.CheckSettings, doctor.Wrong, "a password never goes over the network unencrypted",
	},
	{
		"AllNetworks", set("WEBHOOK_PRIVATE_NETWORKS", "0.0.0.0/0"),
		doctor.CheckSettings, doctor.Wrong, "allows 0.0.0.0/0, and with it 169.254.169.254",
	},
	{
		"OnePortTwice", set("METRICS_ADDR", ":8081", "CODEC_ADDR", ":8081"),
		doctor.CheckSettings, doctor.Wrong, "METRICS_ADDR and CODEC_ADDR are both :8081",
	},
	{
		"UnknownProfile", set("TEMPORAL_PROFILE", "production"),
		doctor.CheckSettings, doctor.Wrong, "the configuration of Temporal is not usable",
	},

	{
		"TemporalAway", func(i *installation) { i.variables["TEMPORAL_ADDRESS"] = closed(i) },
		doctor.CheckTemporal, doctor.Wrong, "connection refused",
	},
	{
		"TemporalUnknownHost", set("TEMPORAL_ADDRESS", "temporal.invalid:7233"),
		doctor.CheckTemporal, doctor.Wrong, "lookup temporal.invalid",
	},
	{"TemporalWithoutTLS", set("TEMPORAL_TLS", "true"), doctor.CheckTemporal, doctor.Wrong, "tls"},
	{"UnknownNamespace", set("TEMPORAL_NAMESPACE", "mistyped"), doctor.CheckNamespace, doctor.Wrong, "mistyped"},
	{
		"NoSearchAttributes", func(i *installation) { i.namespace() },
		doctor.CheckSearchAttributes, doctor.Wrong, "lacks 7 search attributes",
	},
	{
		"OtherSearchAttribute", otherSearchAttribute,
		doctor.CheckSearchAttributes, doctor.Wrong, "DisputeDeadline of namespace \"testmisconfigured-othersearchattribute\" has type Keyword; it must be Datetime",
	},
	{"ClockBehind", clock(-10 * time.Minute), doctor.CheckClock, doctor.Wrong, "is 10m0s behind Temporal's"},
	{"ClockAhead", clock(time.Hour), doctor.CheckClock, doctor.Wrong, "is 1h0m0s ahead of Temporal's"},
	{"NoWorker", func(i *installation) { i.namespace() }, doctor.CheckWorkers, doctor.Wrong, "no worker takes tasks"},
	{
		"NoCurrentVersion", noCurrentVersion,
		doctor.CheckWorkers, doctor.Wrong, "the workers are of the versions streitfall.1, and none is current",
	},

	{
		"NoFolderOfLedger", set("LEDGER_URL", "sqlite:/nowhere/ledger.db"),
		doctor.CheckLedger, doctor.Wrong, "open the ledger /nowhere/ledger.db",
	},
	{
		"EmptyLedger", func(i *installation) { i.variables["LEDGER_URL"] = "sqlite:" + filepath.Join(i.TempDir(), "new.db") },
		doctor.CheckLedger, doctor.Wrong, "no ledger here",
	},
	{
		"LedgerServerAway", func(i *installation) { i.variables["LEDGER_URL"] = "postgres://u:secret@" + closed(i) + "/books" },
		doctor.CheckLedger, doctor.Wrong, "connection refused",
	},
	{"LedgerOfNewerBuild", func(i *installation) {
		i.inLedger("insert into goose_db_version (version_id, is_applied) values (99, 1)")
	}, doctor.CheckLedgerSchema, doctor.Wrong, "it has schema 99"},
	{
		"LedgerOfOlderBuild", func(i *installation) { i.inLedger("delete from goose_db_version where version_id > 1") },
		doctor.CheckLedgerSchema, doctor.Wrong, "it has schema 1",
	},
	{
		"LedgerOfOtherNamespace", ledgerOfOther,
		doctor.CheckLedgerOwner, doctor.Wrong, "it belongs to the Temporal namespace \"default\" (id other)",
	},
	{"LedgerOfNobody", func(i *installation) { i.sqlite() }, doctor.CheckLedgerOwner, doctor.Warning, "belongs to no namespace yet"},

	{
		"MailServerAway", func(i *installation) { i.variables["SMTP_URL"] = "smtp://" + closed(i) },
		doctor.CheckMailServer, doctor.Wrong, "connection refused",
	},
	{"UnknownMailServer", set("SMTP_URL", "smtp://mail.invalid"), doctor.CheckMailServer, doctor.Wrong, "lookup mail.invalid"},
	{
		"GreetingRefused", func(i *installation) { i.smtp(mailServer{onHELO: no(550, "helo rejected")}, "", "") },
		doctor.CheckMailGreeting, doctor.Wrong, "550",
	},
	{"GreetingWithHostName", set("MAIL_HELO", ""), doctor.CheckMailGreeting, doctor.Warning, "not a full name"},
	{
		"UntrustedCertificate", func(i *installation) { i.smtp(mailServer{certificate: true}, "", "") },
		doctor.CheckMailTLS, doctor.Wrong, "certificate",
	},
	{"NoSTARTTLS", func(i *installation) { i.smtp(mailServer{}, "", "?tls=required") }, doctor.CheckMailTLS, doctor.Wrong, "STARTTLS"},
	{
		"WrongPassword", func(i *installation) { i.smtp(mailServer{password: "other"}, "user:secret@", "") },
		doctor.CheckMailLogin, doctor.Wrong, "535",
	},
	{"NoLogin", func(i *installation) { i.smtp(mailServer{}, "user:secret@", "") }, doctor.CheckMailLogin, doctor.Wrong, "AUTH"},
	{
		"SenderRefused", func(i *installation) { i.smtp(mailServer{onMail: no(550, "not yours")}, "", "") },
		doctor.CheckMailSender, doctor.Wrong, "550 5.7.1 not yours",
	},
	{
		"RelayDenied", func(i *installation) { i.smtp(mailServer{onRcpt: no(554, "relay access denied")}, "", "") },
		doctor.CheckMailSender, doctor.Wrong, "relay access denied",
	},
	{"SenderAtLocalhost", set("MAIL_FROM", ""), doctor.CheckMailSender, doctor.Wrong, "what is at localhost is refused elsewhere"},
	{"NoMailboxForReplies", set("MAIL_FROM", "refused@klarna.example"), doctor.CheckMailReplies, doctor.Warning, "550"},
	{
		"TestMailRefused", func(i *installation) { i.options.SendTo = "refused@klarna.example" },
		doctor.CheckMailSent, doctor.Wrong, "550",
	},
	{"MailFolderIsFile", mailFolderIsFile, doctor.CheckMailFolder, doctor.Wrong, "is a file"},
	{
		"NobodyReached", func(i *installation) { set("SMTP_URL", "", "MAIL_DIR", i.TempDir())(i) },
		doctor.CheckMailFolder, doctor.Warning, "nobody is reached",
	},

	{"KeyMissing", keyMissing, doctor.CheckKeys, doctor.Wrong, "is encrypted with the key \"k1\", which is not among the 0 keys given"},
	{
		"CodecAway", func(i *installation) { i.codec(key(1)); set("PAYLOAD_KEYS", key(1), "CODEC_ADDR", closed(i))(i) },
		doctor.CheckCodec, doctor.Wrong, "connection refused",
	},
	{"CodecWithoutKeys", set("CODEC_TOKEN", strings.Repeat("t", 32)), doctor.CheckCodec, doctor.Wrong, "PAYLOAD_KEYS is required"},
	{"CodecTokenWrong", func(i *installation) {
		i.codec(key(1))
		set("PAYLOAD_KEYS", key(1), "CODEC_TOKEN", strings.Repeat("x", 32))(i)
	}, doctor.CheckCodec, doctor.Wrong, "token"},
	{
		"CodecOfOtherKeys", func(i *installation) { i.codec(key(2)); i.variables["PAYLOAD_KEYS"] = key(1) },
		doctor.CheckCodec, doctor.Wrong, "cannot be decrypted",
	},
	{"CodecOfOtherUI", func(i *installation) {
		i.codec(key(1))
		set("PAYLOAD_KEYS", key(1), "CODEC_ORIGIN", "http://other:8233")(i)
	}, doctor.CheckCodec, doctor.Wrong, "origin"},

	{
		"PortalAway", func(i *installation) { set("PORTAL_URL", "http://"+closed(i), "PORTAL_KEYS", key(2))(i) },
		doctor.CheckPortal, doctor.Wrong, "connection refused",
	},
	{"PortalMoved", func(i *installation) { i.portal(key(2), http.StatusFound) }, doctor.CheckPortal, doctor.Wrong, "it answers 302"},
	{
		"PortalOfOtherKeys", func(i *installation) { i.portal(key(3), http.StatusOK); i.variables["PORTAL_KEYS"] = key(2) },
		doctor.CheckPortalKeys, doctor.Wrong, "does not know a link that is signed with the first key: it answers 404",
	},

	{"EventsNotVerified", func(i *installation) { i.receiver(http.StatusOK, false) }, doctor.CheckEvents, doctor.Wrong, "takes a message with a wrong signature"},
	{"EventsRefused", func(i *installation) { i.receiver(http.StatusGone, true) }, doctor.CheckEvents, doctor.Wrong, "410 Gone"},
	{
		"EventsInBlockedNetwork", func(i *installation) { i.receiver(http.StatusOK, true); i.variables["WEBHOOK_PRIVATE_NETWORKS"] = "" },
		doctor.CheckEvents, doctor.Wrong, "private or special network, which the configuration does not allow",
	},
	{"UnknownMerchant", func(i *installation) { i.options.MerchantID = "mistyped" }, doctor.CheckMerchant, doctor.Wrong, "mistyped"},
	{
		"WebhookInBlockedNetwork", func(i *installation) { i.merchant("https://10.1.2.3/"); i.variables["WEBHOOK_PRIVATE_NETWORKS"] = "" },
		doctor.CheckWebhookAddress, doctor.Wrong, "private or special network",
	},
	{
		"WebhookUnknownHost", func(i *installation) { i.merchant("https://shop.invalid/disputes") },
		doctor.CheckWebhookAddress, doctor.Wrong, "lookup shop.invalid",
	},
	{
		"WebhookAway", func(i *installation) { i.merchant("http://" + closed(i) + "/") },
		doctor.CheckWebhookConnects, doctor.Wrong, "connection refused",
	},
	{
		"WebhookUntrusted", func(i *installation) { i.webhook(http.StatusOK, true, true) },
		doctor.CheckWebhookTLS, doctor.Wrong, "certificate",
	},
	{
		"WebhookMoved", func(i *installation) { i.webhook(http.StatusMovedPermanently, true, false) },
		doctor.CheckWebhookAnswer, doctor.Wrong, "redirects are not followed",
	},
	{
		"WebhookTakesForgeries", func(i *installation) { i.webhook(http.StatusOK, false, false) },
		doctor.CheckWebhookVerifies, doctor.Wrong, "takes a message with a wrong signature",
	},
}

// TestMisconfigured: each misconfiguration is found by the check that is about it, says what helps, and repeats no secret.
func TestMisconfigured(t *testing.T) {
	t.Parallel()
	for _, c := range misconfigurations {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			i := healthy(t)
			c.make(i)
			var said []string
			for _, f := range i.examine() {
				require.NotContains(t, f.Detail+f.Help, "secret@")
				if f.Check == c.check {
					said = append(said, string(f.Result)+" "+f.Detail)
				}
				require.Equal(t, f.Result == doctor.Wrong || f.Result == doctor.Warning, f.Help != "", "%v", f)
			}
			require.Len(t, said, 1, "%s", said)
			require.Contains(t, said[0], string(c.result)+" ")
			require.Contains(t, said[0], c.says)
		})
	}
}

func clock(ahead time.Duration) func(*installation) {
	return func(i *installation) {
		i.options.Now = func() time.Time { return time.Now().Add(ahead) }
	}
}

func otherSearchAttribute(i *installation) {
	_, err := env.Temporal.OperatorService().AddSearchAttributes(i.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace: i.namespace(), SearchAttributes: map[string]enumspb.IndexedValueType{"DisputeDeadline": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
	})
	require.NoError(i, err)
}

// noCurrentVersion starts a worker with a version that nobody has made current.
func noCurrentVersion(i *installation) {
	temporal, err := client.NewClientFromExisting(env.Temporal, client.Options{Namespace: i.namespace()})
	require.NoError(i, err)
	versioned := assembly.Config{Deployment: "streitfall", BuildID: "1"}.Versioned()
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{DeploymentOptions: versioned})
	w.RegisterWorkflow(workflows.Dispute)
	require.NoError(i, w.Start())
	i.Cleanup(w.Stop)
	require.Eventually(i, func() bool {
		request := describe(i.variables["TEMPORAL_NAMESPACE"])
		request.TaskQueue.Name = workflows.TaskQueue
		queue, err := env.Temporal.WorkflowService().DescribeTaskQueue(i.Context(), request)
		return err == nil && len(queue.GetPollers()) > 0
	}, 20*time.Second, 50*time.Millisecond)
}

func ledgerOfOther(i *installation) {
	i.sqlite()
	books, err := ledger.Open(i.Context(), i.variables["LEDGER_URL"])
	require.NoError(i, err)
	require.NoError(i, books.Claim(i.Context(), ledger.Namespace{ID: "other", Name: "default"}))
	require.NoError(i, books.Close())
}

func mailFolderIsFile(i *installation) {
	path := filepath.Join(i.TempDir(), "mails")
	require.NoError(i, os.WriteFile(path, nil, 0o600))
	set("SMTP_URL", "", "MAIL_DIR", path)(i)
}

// keyMissing opens a dispute that is encrypted with a key that the doctor is not given. No worker runs it.
func keyMissing(i *installation) {
	keys, err := encryption.ParseKeys(key(1))
	require.NoError(i, err)
	temporal, err := client.DialContext(i.Context(), keys.Client(client.Options{HostPort: env.Address(), Namespace: i.namespace()}))
	require.NoError(i, err)
	i.Cleanup(temporal.Close)
	start := client.StartWorkflowOptions{ID: "dispute-d-1", TaskQueue: workflows.TaskQueue}
	_, err = temporal.ExecuteWorkflow(i.Context(), start, workflows.WorkflowType, "secret@input")
	require.NoError(i, err)
	require.Eventually(i, func() bool {
		for _, f := range i.examine() {
			if f.Check == doctor.CheckKeys && f.Result == doctor.Wrong {
				return true
			}
		}
		return false
	}, 20*time.Second, 50*time.Millisecond, "visibility knows the dispute")
}
