// Opens a dispute, talks to it and ends it, as a backend service in TypeScript does. It prints what it was answered.
import { Client, Connection, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';

const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
const { workflow } = new Client({ connection });
const dispute = JSON.parse(process.env.DISPUTE);
const workflowId = `dispute-${dispute.id}`;

const startWorkflowOperation = new WithStartWorkflowOperation('Dispute', {
  workflowId, taskQueue: 'klarna-disputes', args: [dispute],
  workflowIdConflictPolicy: 'USE_EXISTING', workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
});
const open = (operation, updateId) => workflow.executeUpdateWithStart('open', {
  updateId, args: [dispute], startWorkflowOperation: operation,
});
const refusal = async (attempt) => {
  try {
    await attempt();
    return null;
  } catch (err) {
    if (!(err instanceof WorkflowUpdateFailedError)) throw err;
    return { code: err.cause.type, message: err.cause.message };
  }
};

const answers = { opened: await open(startWorkflowOperation, 'open-1') };
const handle = workflow.getHandle(workflowId);
answers.responded = await handle.executeUpdate('respond', {
  updateId: 'respond-1', args: [{ message: 'Wir prüfen das – größte Sorgfalt 👍.', reportedBy: 'merchant' }],
});
answers.refused = await refusal(() => handle.executeUpdate('rule', {
  updateId: 'rule-1', args: [{ stage: 'decision', inFavourOf: 'merchant', ruledBy: 'anna', rationale: 'It was delivered.' }],
}));
answers.unknown = await refusal(() => handle.executeUpdate('respond', {
  updateId: 'respond-2', args: [{ message: 'Hello', reportedBy: 'merchant', mesage: 'typo' }],
}));
await handle.signal('agreement', {
  terms: 'merchant_refunds', refund: { amount: 3000, currency: 'EUR' }, reportedBy: process.env.REPORTED_BY, note: 'agreed',
});
answers.result = await handle.result();
answers.status = await handle.query('status');
console.log(JSON.stringify(answers));
await connection.close();
