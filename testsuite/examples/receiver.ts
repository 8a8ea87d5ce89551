// A receiver of events: it verifies each one, keeps it once and then says that it has it. What follows from an event is work for
// later, from what was kept.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

interface Event { number: number; id: string; type: string; timestamp: string; data: { disputeId?: string; invoiceId?: string } }

const { EVENTS_URL, EVENTS_SECRET } = process.env;
if (!EVENTS_URL || !EVENTS_SECRET) throw new Error('EVENTS_URL and EVENTS_SECRET are required, as the worker has them');
const webhook = new Webhook(EVENTS_SECRET);

// The events that were kept, one in each line. Yours go into a table whose key is the id.
const kept = 'events.jsonl';
const known = new Set<string>();
if (existsSync(kept)) {
  for (const line of readFileSync(kept, 'utf8').split('\n')) if (line) known.add((JSON.parse(line) as Event).id);
}

/** Keeps an event, unless it has come before: it is sent again when an answer was lost. */
function keep(event: Event) {
  if (known.has(event.id)) return;
  appendFileSync(kept, JSON.stringify(event) + '\n', { flush: true });
  known.add(event.id);
  console.log(event.type, event.data.disputeId ?? event.data.invoiceId);
}

createServer(async (request, response) => {
  try {
    const event = webhook.verify(await text(request), request.headers as Record<string, string>) as Event;
    if (/^(dispute|invoice)\./.test(event.type)) keep(event); // others, such as those of a test, mean nothing here
    response.writeHead(204).end();
  } catch (err) {
    // Everything but 2xx is sent again, until it is taken.
    response.writeHead(err instanceof WebhookVerificationError ? 401 : 500).end();
    console.error(String(err));
  }
}).listen(Number(new URL(EVENTS_URL).port), '127.0.0.1', () => console.log('listening', EVENTS_URL));
