import { describe, expect, it } from 'vitest';
import type { Flow } from '../api/flow.js';
import type { IncomingSubscribe, NotifierSubscription } from '../api/notifier-subscription.js';
import type { WayToPeer } from '../api/way-to-peer.js';
import type { Dns } from '../location/dns.js';
import { watch } from '../testing/subscription-bed.js';
import { openTestBed } from '../testing/test-bed.js';

const LAMP = {
  name: 'lamp',
  bodyTypes: ['text/plain'],
  defaultExpires: 600,
  minimumExpires: 60,
  maximumExpires: 1000,
};
/** Longer than Timer F. */
const GIVEN_UP = 40_000;
/** Source port of the first connection in the network of a bed. */
const FIRST_PORT = 40_000;

interface Lamp {
  readonly follows?: boolean;
  readonly dns?: Dns;
  /** Host that Alice writes into her Contact. */
  readonly contact?: string;
}

/** Bob shows a state to Alice, who takes no connections; he learns her newest way from her OPTIONS. */
async function lampThatFollows(protocol: 'udp' | 'tcp', { follows = true, dns, contact }: Lamp = {}) {
  const bed = await openTestBed({ protocol, agents: { eventPackages: [LAMP], ...(dns === undefined ? {} : { dns }) } });
  if (contact !== undefined) {
    bed.network.cut = (bytes) => [
      Buffer.from(bytes.toString('utf8').replace(/^(Contact: .*)10\.0\.0\.1(:\d+)?/m, `$1${contact}`)),
    ];
  }
  const state = { shown: 'off', way: undefined as Flow | undefined, unheard: 0 };
  const waiting = new Set<() => void>();
  const ends: string[] = [];
  const notifiers: NotifierSubscription[] = [];
  const way: WayToPeer = {
    find: (known) => (state.way?.open === true ? state.way : known),
    awaitAnother: (found) => {
      waiting.add(found);
      return () => void waiting.delete(found);
    },
  };
  bed.network.takesConnections = (to) => to.startsWith('10.0.0.2:');
  bed.bob.on('subscribe', (incoming: IncomingSubscribe) => {
    const notifier = incoming.accept();
    notifiers.push(notifier);
    if (follows) notifier.reachBy(way);
    const show = (): void => void notifier.notify({ contentType: 'text/plain', body: () => state.shown });
    notifier
      .on('refreshed', show)
      .on('unheard', () => void (state.unheard += 1))
      .on('ended', (kind) => void ends.push(kind));
    show();
  });
  bed.bob.on('options', (incoming) => {
    state.way = incoming.source.flow;
    incoming.reply(200);
    for (const found of [...waiting]) found();
  });
  const target = `sip:bob@10.0.0.2${protocol === 'tcp' ? ';transport=tcp' : ''}`;
  const watched = watch(bed, { target, expiresSeconds: 600, retry: false });
  await bed.clock.advance(100);
  const [notifier] = notifiers;
  if (notifier === undefined) throw new Error('No subscription');
  return {
    ...{ bed, state, ends, waiting, notifier, ...watched },
    show: (shown: string) => {
      state.shown = shown;
      void notifier.notify({ contentType: 'text/plain', body: () => state.shown });
    },
    /** Alice registers anew, so to say. */
    comeBack: () => void bed.alice.request({ method: 'OPTIONS', target, from: 'sip:alice@a.example' }),
  };
}

describe('a subscriber whose connection is gone', () => {
  it('hears the newest state, once, as soon as it is there again', async () => {
    const { bed, seen, ends, waiting, notifier, show, comeBack } = await lampThatFollows('tcp');
    expect([seen, waiting.size]).toEqual([['active off'], 0]);
    bed.network.breakStreams();
    show('1');
    await bed.clock.advance(GIVEN_UP);
    expect([notifier.state, notifier.reachable, waiting.size]).toEqual(['active', false, 1]);
    show('2');
    show('3');
    await bed.clock.advance(60_000);
    comeBack();
    await bed.clock.advance(100);
    expect(seen).toEqual(['active off', 'active 3']);
    expect([notifier.reachable, waiting.size, ends]).toEqual([true, 0, []]);
    show('4');
    await bed.clock.advance(100);
    expect(seen.at(-1)).toBe('active 4');
  });

  it('hears nothing twice: where nothing has changed, nothing is sent', async () => {
    const { bed, seen, comeBack } = await lampThatFollows('tcp');
    bed.network.breakStreams();
    await bed.clock.advance(5000);
    comeBack();
    await bed.clock.advance(GIVEN_UP);
    expect(seen).toEqual(['active off']);
  });

  it('that still looks open hears by its new one what the old one swallows', async () => {
    const { bed, seen, state, show, comeBack } = await lampThatFollows('tcp');
    // The cable is out: nothing arrives, and nobody says so.
    bed.network.fate = () => [10 ** 9];
    show('1');
    comeBack();
    await bed.clock.advance(3000);
    bed.network.fate = () => [5];
    // Her system has noticed: the next request is over a connection of its own.
    bed.alice.shedConnections(() => true, 'Cable out');
    comeBack();
    await bed.clock.advance(200);
    expect([seen, state.unheard]).toEqual([['active off', 'active 1'], 1]);
    await bed.clock.advance(GIVEN_UP);
    expect(seen).toHaveLength(2);
  });

  it('hears nothing old again once the one that swallowed it breaks', async () => {
    const { bed, seen, show, comeBack } = await lampThatFollows('tcp');
    // Her goodbye does not arrive either.
    bed.network.fate = () => [10 ** 9];
    show('1');
    comeBack();
    await bed.clock.advance(3000);
    bed.network.fate = () => [5];
    bed.alice.shedConnections(() => true, 'Cable out');
    comeBack();
    await bed.clock.advance(200);
    show('2');
    await bed.clock.advance(200);
    expect(seen).toEqual(['active off', 'active 1', 'active 2']);
    const sent = bed.network.sent('NOTIFY').length;
    expect(bed.bob.shedConnections(({ remotePort }) => remotePort === FIRST_PORT, 'No answer')).toBe(1);
    await bed.clock.advance(GIVEN_UP);
    expect([bed.network.sent('NOTIFY').length, seen.at(-1)]).toEqual([sent, 'active 2']);
  });

  it('is not looked for at its Contact any more, once it has made another', async () => {
    const looked: (() => void)[] = [];
    const dns: Dns = {
      naptr: () => Promise.resolve({ kind: 'none' }),
      srv: () => Promise.resolve({ kind: 'none' }),
      addresses: () =>
        new Promise((resolve) => {
          looked.push(() => resolve({ kind: 'records', records: ['10.0.0.1'], ttlSeconds: 60 }));
        }),
    };
    const { bed, seen, show, comeBack } = await lampThatFollows('tcp', { dns, contact: 'a.example' });
    expect(seen).toEqual(['active off']);
    bed.network.breakStreams();
    show('1');
    await bed.clock.advance(100);
    comeBack();
    await bed.clock.advance(100);
    expect([seen, looked.length > 0]).toEqual([['active off', 'active 1'], true]);
    const sent = bed.network.sent('NOTIFY').length;
    bed.network.takesConnections = () => true;
    for (const found of looked) found();
    await bed.clock.advance(GIVEN_UP);
    expect(bed.network.sent('NOTIFY')).toHaveLength(sent);
  });

  it('that subscribes again by its new one hears at once what the old one swallows (RFC 6665 §4.2.1.2)', async () => {
    const { bed, seen, subscription, show, comeBack } = await lampThatFollows('tcp');
    // Her goodbye does not arrive either.
    bed.network.fate = () => [10 ** 9];
    show('1');
    comeBack();
    await bed.clock.advance(3000);
    bed.network.fate = () => [5];
    bed.alice.shedConnections(() => true, 'Cable out');
    subscription.refresh();
    await bed.clock.advance(200);
    expect(seen).toEqual(['active off', 'active 1']);
  });

  it('is forgotten when its time runs out, at the latest', async () => {
    const { bed, ends, waiting, notifier, show } = await lampThatFollows('tcp');
    bed.network.breakStreams();
    show('1');
    await bed.clock.advance(GIVEN_UP);
    const sent = bed.network.sent('NOTIFY').length;
    // She cannot come back.
    bed.network.takesConnections = () => false;
    await bed.clock.advance(500_000);
    expect([ends, notifier.state]).toEqual([[], 'active']);
    // Nothing is sent to nobody meanwhile.
    expect(bed.network.sent('NOTIFY')).toHaveLength(sent);
    await bed.clock.advance(200_000);
    expect([ends, notifier.state, waiting.size]).toEqual([['expired'], 'terminated', 0]);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that knows nothing of the subscription any more ends it with 481', async () => {
    const { bed, ends, subscription, show, comeBack } = await lampThatFollows('tcp');
    bed.network.breakStreams();
    show('1');
    await bed.clock.advance(GIVEN_UP);
    subscription.on('notify', (notify) => notify.reply(481));
    comeBack();
    await bed.clock.advance(100);
    expect(ends).toEqual(['lost']);
  });

  it('ends the subscription where nobody knows another way (RFC 6665 §4.2.2)', async () => {
    const { bed, ends, show } = await lampThatFollows('tcp', { follows: false });
    bed.network.breakStreams();
    show('1');
    await bed.clock.advance(GIVEN_UP);
    expect(ends).toEqual(['lost']);
  });
});

describe('a subscriber over UDP', () => {
  it('that does not answer is left alone until it is heard of', async () => {
    const { bed, seen, ends, notifier, show, comeBack } = await lampThatFollows('udp');
    bed.network.fate = () => [];
    show('1');
    await bed.clock.advance(GIVEN_UP);
    const sent = bed.network.sent('NOTIFY').length;
    show('2');
    await bed.clock.advance(GIVEN_UP);
    expect([bed.network.sent('NOTIFY').length, notifier.reachable]).toEqual([sent, false]);
    bed.network.fate = () => [5];
    comeBack();
    await bed.clock.advance(100);
    expect([seen, ends, notifier.reachable]).toEqual([['active off', 'active 2'], [], true]);
  });

  it('that refreshes its subscription is there as well', async () => {
    const { bed, seen, notifier, subscription, show } = await lampThatFollows('udp');
    bed.network.fate = () => [];
    show('1');
    await bed.clock.advance(GIVEN_UP);
    bed.network.fate = () => [5];
    subscription.refresh();
    await bed.clock.advance(100);
    expect([seen, notifier.reachable]).toEqual([['active off', 'active 1'], true]);
  });

  it('that is heard of, and says nothing to three NOTIFYs, knows nothing of the subscription', async () => {
    const { bed, ends, notifier, waiting, show, comeBack } = await lampThatFollows('udp');
    bed.network.fate = ({ text }) => (text.startsWith('NOTIFY') ? [] : [5]);
    show('1');
    await bed.clock.advance(GIVEN_UP);
    comeBack();
    await bed.clock.advance(GIVEN_UP);
    expect([ends, notifier.state]).toEqual([[], 'active']);
    comeBack();
    await bed.clock.advance(GIVEN_UP);
    expect([ends, notifier.state, waiting.size]).toEqual([['lost'], 'terminated', 0]);
    const sent = bed.network.sent('NOTIFY').length;
    comeBack();
    await bed.clock.advance(GIVEN_UP);
    expect(bed.network.sent('NOTIFY')).toHaveLength(sent);
  });

  it.each(['answers one of them', 'refreshes its subscription'])('that %s between knows of it', async (how) => {
    const { bed, ends, notifier, subscription, show, comeBack } = await lampThatFollows('udp');
    const swallow = async (): Promise<void> => {
      bed.network.fate = ({ text }) => (text.startsWith('NOTIFY') ? [] : [5]);
      comeBack();
      show('on');
      await bed.clock.advance(GIVEN_UP);
    };
    await swallow();
    await swallow();
    if (how === 'answers one of them') {
      bed.network.fate = () => [5];
      comeBack();
    } else subscription.refresh();
    await bed.clock.advance(GIVEN_UP);
    await swallow();
    expect([ends, notifier.state]).toEqual([[], 'active']);
  });
});

describe('a state that is refused for the moment', () => {
  it.each([
    [500, 3],
    [491, 3],
    [504, 3],
    // Nothing that would be taken later (RFC 5057 §5.1): the state is the subscriber's own affair until it changes.
    [302, 1],
    [400, 1],
    [403, 1],
    [423, 1],
    [488, 1],
    [600, 1],
  ])('by %i is sent %i times, and the subscription goes on', async (status, times) => {
    const { bed, seen, ends, notifier, subscription, show } = await lampThatFollows('udp');
    const bodies: string[] = [];
    subscription.on('notify', (notify) => {
      bodies.push(notify.body);
      notify.reply(notify.body === 'on' ? status : 200);
    });
    show('on');
    await bed.clock.advance(60_000);
    expect([bodies.filter((body) => body === 'on').length, notifier.state, ends]).toEqual([times, 'active', []]);
    show('off');
    await bed.clock.advance(100);
    expect([bodies.at(-1), seen]).toEqual(['off', ['active off']]);
  });
});
