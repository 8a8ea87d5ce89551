// A shop's backend that opens a dispute, proposes a refund and reports what the two have agreed on, with Temporal's client.
import { createHash } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';

const number = process.argv[2] ?? '4722';
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
const { workflow } = new Client({ connection, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' });

/** What this program reads of a dispute. */
interface View { id: string; state: string; outcome: string; closingReason: string }
interface Case { proposals?: { number: number; terms: string; refund?: { amount: number }; state: string }[] }

// A dispute is opened once, by its content: keep what you send, such as the instant, until it is answered.
const dispute = {
  id: `shop-${number}`, openedAt: new Date().toISOString(), reason: 'goods_not_received', merchantId: 'nordlicht',
  orderId: `order-${number}`, invoiceId: `invoice-${number}`, disputedAmount: { amount: 12990, currency: 'EUR' },
  complainant: { id: 'customer-815', name: 'Jonas Weber', email: 'jonas.weber@mail.example', locale: 'de-DE' },
  complaint: { text: 'The parcel is marked as delivered, but nothing is here – größte Sorgfalt 👍.' },
};
const workflowId = `dispute-${dispute.id}`;
const opened: View = await workflow.executeUpdateWithStart('open', {
  // The same id while a call is not answered, the next number after a refusal: Temporal answers an id that it knows from memory.
  updateId: `open-${createHash('sha256').update(JSON.stringify(dispute)).digest('hex')}-1`,
  args: [dispute],
  startWorkflowOperation: new WithStartWorkflowOperation('Dispute', {
    workflowId, taskQueue: 'klarna-disputes', args: [dispute],
    workflowIdConflictPolicy: 'USE_EXISTING', workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
  }),
});
console.log('opened', opened.id, opened.state);

// A message takes effect once under its update id, however often it is sent.
const handle = workflow.getHandle(workflowId);
const terms = { terms: 'merchant_refunds', refund: { amount: 3000, currency: 'EUR' } };
for (let times = 0; times < 2; times++) {
  await handle.executeUpdate('propose', {
    updateId: 'propose-1', args: [{ ...terms, proposedBy: 'merchant', message: 'We refund the shipping.' }],
  });
}
const found = await handle.query<Case>('case');
for (const proposal of found.proposals ?? []) console.log('proposed', proposal.number, proposal.terms, proposal.refund?.amount, proposal.state);

// A refusal is final: its type is the code, and its message names every fault.
try {
  await handle.executeUpdate('rule', {
    updateId: 'rule-1', args: [{ stage: 'decision', inFavourOf: 'merchant', ruledBy: 'anna', rationale: 'It was delivered.' }],
  });
} catch (err) {
  if (!(err instanceof WorkflowUpdateFailedError)) throw err;
  console.log('refused', (err.cause as Error & { type?: string }).type);
}

// The customer has accepted by telephone: an operator reports it for both.
await handle.signal('agreement', { ...terms, reportedBy: 'operator', note: 'agreed by telephone' });
await handle.result(); // the money has moved, and both have been told
const closed = await handle.query<View>('status');
console.log('closed', closed.state, closed.outcome, closed.closingReason);
await connection.close();
