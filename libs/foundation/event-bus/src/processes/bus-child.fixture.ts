/** A process of the spec beside: it answers for itself, and repeats what it hears. */
import { pid } from 'node:process';
import { silentLogger } from '@carillon/service-runtime';
import { TypedBus } from '../typed-bus.js';
import { processLink } from './process-link.js';
import { SpokeTransport } from './spoke-transport.js';

const name = process.argv[2] ?? '';
// As in workers of node:cluster: somebody listens from the start, so what comes before the bus begins is not kept for it.
process.on('message', () => undefined);
await new Promise((settle) => setTimeout(settle, 50));
const bus = new TypedBus(
  new SpokeTransport(processLink(process), silentLogger(), () => process.exit(0)),
  silentLogger(),
);
const heard: string[] = [];
bus.subscribe(['directory.changed', 'mailbox.changed'], (event, which) => {
  heard.push(`${which} ${event.organisationId}`);
});
bus.handle('mailbox.counts', () => ({ ok: true, newCount: pid, oldCount: heard.length }));
bus.handle('mailbox.counts', () => ({ ok: true, newCount: Number(name), oldCount: heard.length }), { ownerId: name });
bus.handle('presence.list', async ({ organisationId }) => {
  // Asks the other one, through the hub, and answers what it said.
  const answer = await bus.call('mailbox.counts', { organisationId, mailboxId: organisationId }, { ownerId: '2' });
  bus.publish('directory.changed', { organisationId });
  return answer.ok ? { ok: true, presences: [] } : { ok: false, code: answer.code };
});
// Never answers: the spec kills it meanwhile.
bus.handle('call.list', () => new Promise(() => undefined), { ownerId: name });
process.send?.('ready');
