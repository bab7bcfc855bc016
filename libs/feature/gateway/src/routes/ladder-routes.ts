import type { CallExplanation, Ladder } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { BytesAnswer } from '../http/bytes-answer.js';
import { accepted, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { buildLadderText } from '../ladder/build-ladder-text.js';
import { buildPcap } from '../ladder/build-pcap.js';
import { explainCall } from '../ladder/explain-call.js';
import { findCall } from './find-call.js';
import { actorOf, inOwnOrganisation, type Acting, type GatewayServices } from './gateway-services.js';

const REFUSED_SHOWN = 100;

type LadderRoutes = 'ladder' | 'ladderPcap' | 'ladderText' | 'sendLadder' | 'callExplanation' | 'refusedInvites';

export const ladderRoutes = (services: GatewayServices): RouteHandlers<LadderRoutes> => ({
  async ladder(request) {
    return readExplained(services, request, request.params.callId);
  },

  async ladderPcap(request) {
    const { ladder } = await readExplained(services, request, request.params.callId);
    await recordCopy(services, request, { callId: ladder.callId, form: 'pcap' });
    return new BytesAnswer(buildPcap(ladder), 'application/vnd.tcpdump.pcap', `call-${ladder.callId}.pcap`);
  },

  async ladderText(request) {
    const { ladder, explanation } = await readExplained(services, request, request.params.callId);
    await recordCopy(services, request, { callId: ladder.callId, form: 'text' });
    const text = Buffer.from(buildLadderText(ladder, explanation));
    return new BytesAnswer(text, 'text/plain; charset=utf-8', `call-${ladder.callId}.txt`);
  },

  async sendLadder(request) {
    const { organisationId } = request.principal;
    const id = CallId.safeParse(request.params.callId);
    if (!id.success) throw notFound('There is no such call');
    const { detail } = accepted(await services.bus.call('ladder.send-hep', { organisationId, callId: id.data }));
    await recordCopy(services, request, { callId: id.data, form: 'hep' });
    return { detail };
  },

  async callExplanation(request) {
    const { principal, params } = request;
    const known = await findCall(services, request, params.callId);
    const isMine = known?.involved.includes(principal.userId) === true;
    if (known === undefined || (!isMine && principal.role !== 'admin')) throw notFound('There is no such call');
    const answer = await services.bus.call('ladder.read', {
      organisationId: principal.organisationId,
      callId: known.call.callId,
    });
    return explainCall({ ...known, ladder: answer.ok ? answer.ladder : undefined });
  },

  async refusedInvites(request) {
    const rows = await inOwnOrganisation(services, request, (tx) =>
      tx.callLadder.findMany({
        where: { refusedStatus: { not: null } },
        select: { callId: true, createdAt: true, refusedStatus: true, refusedFrom: true, refusedTo: true },
        orderBy: { createdAt: 'desc' },
        take: REFUSED_SHOWN,
      }),
    );
    return rows.map((row) => ({
      callId: row.callId,
      at: row.createdAt.toISOString(),
      from: row.refusedFrom ?? '',
      to: row.refusedTo ?? '',
      status: row.refusedStatus ?? 0,
    }));
  },
});

async function readExplained(
  services: GatewayServices,
  acting: Acting,
  callId: string,
): Promise<{ ladder: Ladder; explanation: CallExplanation }> {
  const { organisationId } = acting.principal;
  const id = CallId.safeParse(callId);
  if (!id.success) throw notFound('There is no such call');
  const { ladder } = accepted(await services.bus.call('ladder.read', { organisationId, callId: id.data }));
  const known = await findCall(services, acting, callId);
  return { ladder, explanation: explainCall({ call: known?.call, devices: known?.devices ?? new Map(), ladder }) };
}

async function recordCopy(
  services: GatewayServices,
  acting: Acting,
  after: { readonly callId: string; readonly form: 'pcap' | 'text' | 'hep' },
): Promise<void> {
  await inOwnOrganisation(services, acting, (tx) =>
    services.audit.record(tx, {
      actor: actorOf(acting),
      action: after.form === 'hep' ? 'ladder.sent' : 'ladder.downloaded',
      target: `call ${after.callId}`,
      after,
    }),
  );
}
