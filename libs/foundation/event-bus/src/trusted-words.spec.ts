import { commands, events, type LiveCall } from '@carillon/contracts';
import { silentLogger } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isPlain } from './is-plain.js';
import { MemoryTransport } from './memory-transport.js';
import { TypedBus } from './typed-bus.js';

const endpointId = crypto.randomUUID();
const organisationId = crypto.randomUUID();

const open = () => new TypedBus(new MemoryTransport(), silentLogger(), { trustsOwnWords: true });

describe('a schema is plain', () => {
  it.each([
    [true, 'objects of what is plain', z.object({ a: z.string().max(3).nullable(), b: z.array(z.number().int()) })],
    [true, 'unions and records', z.union([z.record(z.string(), z.boolean()), z.enum(['x']), z.literal('y')])],
    [false, 'a default', z.object({ a: z.object({ b: z.string().default('x') }) })],
    [false, 'a transform', z.array(z.string().transform((text) => text.length))],
    [false, 'a string that is trimmed', z.object({ a: z.string().trim().optional() })],
    [false, 'what is coerced', z.union([z.coerce.number(), z.null()])],
  ])('%s: %s', (expected, _what, schema) => expect(isPlain(schema)).toBe(expected));

  it('as those of calls and of what media answers are', () => {
    expect(isPlain(events['call.updated'])).toBe(true);
    expect(isPlain(commands['media.open'].output)).toBe(true);
    expect(isPlain(commands['media.open'].input)).toBe(false);
  });
});

describe('a bus that trusts its own words', () => {
  it('hands over the very call, to everyone', async () => {
    const bus = open();
    const call = { callId: endpointId } as LiveCall;
    const heard: unknown[] = [];
    for (let index = 0; index < 2; index += 1) bus.subscribe('call.updated', (event) => void heard.push(event.call));
    bus.publish('call.updated', { call });
    await bus.settled();
    expect(heard).toEqual([call, call]);
    expect(heard[0]).toBe(call);
  });

  it('fills in what a command leaves out all the same', async () => {
    const bus = open();
    bus.handle('media.make-offer', ({ direction }) => ({ ok: true, sdp: direction }));
    await expect(bus.call('media.make-offer', { endpointId })).resolves.toEqual({ ok: true, sdp: 'sendrecv' });
  });

  it('takes what is given in place of what would be filled in', async () => {
    const bus = open();
    bus.handle('media.make-offer', ({ direction }) => ({ ok: true, sdp: direction }));
    const direction = 'sendonly';
    await expect(bus.call('media.make-offer', { endpointId, direction })).resolves.toMatchObject({ sdp: direction });
  });

  it('checks everything else', async () => {
    const bus = open();
    bus.subscribe('directory.changed', () => undefined);
    expect(() => bus.publish('directory.changed', { organisationId: 'x' })).toThrow(
      expect.objectContaining({ code: 'BUS.INVALID' }),
    );
    bus.handle('mailbox.counts', () => ({ ok: true, newCount: 1, oldCount: 0 }));
    await expect(bus.call('mailbox.counts', { organisationId, mailboxId: 'x' })).rejects.toMatchObject({
      code: 'BUS.INVALID',
    });
  });

  it('trusts nothing that may come from other code', async () => {
    const transport = Object.assign(new MemoryTransport(), { inProcess: false, sameCode: false });
    const bus = new TypedBus(transport, silentLogger(), { trustsOwnWords: true });
    bus.subscribe('call.updated', () => undefined);
    expect(() => bus.publish('call.updated', { call: { callId: 'x' } as LiveCall })).toThrow(
      expect.objectContaining({ code: 'BUS.INVALID' }),
    );
    await bus.close();
  });
});
