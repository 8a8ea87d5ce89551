// A shop's backend that reports an invoice, opens a dispute about it and proposes a refund, with the HTTP API. The types in
// api.d.ts are generated from the server's description of itself.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from './api.d.ts';

const number = process.argv[2] ?? '4721';
const api = createClient<paths>({
  baseUrl: `${process.env.STREITFALL_URL}/api/v1`,
  headers: { Authorization: `Bearer ${process.env.STREITFALL_TOKEN}` },
});

type Answer<T> = { data?: T; error?: components['schemas']['Problem']; response: Response };

/** Sends a request until it is answered. It is sent as it was: what it asks for happens once. */
async function answered<T>(send: () => Promise<Answer<T>>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send().catch((err: unknown) => {
      if (attempt === 8) throw err; // the server cannot be reached
    });
    if (answer?.data !== undefined) return answer.data;
    const away = !answer || answer.response.status === 429 || answer.response.status >= 500;
    if (!away || attempt === 8) throw new Refusal(answer?.error);
    await pause(1000 * (Number(answer?.response.headers.get('Retry-After')) || 2 ** attempt));
  }
}

/** A refusal is final: code is for programs, and errors names every fault of the request by its JSON path. */
class Refusal extends Error {
  constructor(readonly problem?: components['schemas']['Problem']) {
    super(`${problem?.code}: ${problem?.detail} ${JSON.stringify(problem?.errors ?? [])}`);
  }
}

// The records of merchants and invoices. A report that changes nothing is answered too: "unchanged".
const imported = await answered(() => api.POST('/import', {
  body: {
    merchants: [{ id: 'nordlicht', name: 'Nordlicht Kaffee GmbH', email: 'service@nordlicht-kaffee.example', locale: 'de-DE' }],
    invoices: [{
      id: `invoice-${number}`, orderId: `order-${number}`, merchantId: 'nordlicht', customerId: 'customer-815',
      amount: { amount: 12990, currency: 'EUR' }, paid: 0, dueDate: '2027-01-15',
    }],
  },
}));
for (const record of imported.records) console.log('imported', record.path, record.result, ...(record.errors ?? []));

// A dispute is opened once, by its content: keep what you send, such as the instant, until it is answered.
const dispute: components['schemas']['Opening'] = {
  id: `shop-${number}`, openedAt: new Date().toISOString(), reason: 'goods_not_received', merchantId: 'nordlicht',
  orderId: `order-${number}`, invoiceId: `invoice-${number}`, disputedAmount: { amount: 12990, currency: 'EUR' },
  complainant: { id: 'customer-815', name: 'Jonas Weber', email: 'jonas.weber@mail.example', locale: 'de-DE' },
  complaint: { text: 'The parcel is marked as delivered, but nothing is here.' },
};
const opened = await answered(() => api.POST('/disputes', { body: dispute }));
console.log('opened', opened.id, opened.state);

// A message takes effect once under its key, however often it is sent.
const key = randomUUID(); // keep it with the message
const propose = () => api.POST('/disputes/{id}/propose', {
  params: { path: { id: dispute.id }, header: { 'Idempotency-Key': key } },
  body: { terms: 'merchant_refunds', refund: { amount: 3000, currency: 'EUR' }, proposedBy: 'merchant', message: 'We refund the shipping.' },
});
await answered(propose);
await answered(propose);
const found = await answered(() => api.GET('/disputes/{id}', { params: { path: { id: dispute.id } } }));
for (const proposal of found.proposals ?? []) console.log('proposed', proposal.number, proposal.terms, proposal.refund?.amount, proposal.state);

try {
  await answered(() => api.POST('/disputes', { body: { ...dispute, disputedAmount: { amount: 1, currency: 'EUR' } } }));
} catch (err) {
  if (!(err instanceof Refusal)) throw err;
  console.log('refused', err.problem?.code);
}
