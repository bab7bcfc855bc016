import { describe, expect, it } from 'vitest';
import type { EventPackage, IncomingSubscribe, NotifierSubscription } from '../api/notifier-subscription.js';
import type { SubscribeOptions, Subscription } from '../api/subscription.js';
import { SeededRandom } from '../testing/seeded-random.js';
import type { TestBed } from '../testing/test-bed.js';
import { answerCalls, call, openTestBed } from '../testing/test-bed.js';

const PACKAGE: EventPackage = {
  name: 'lamp',
  bodyTypes: ['text/plain'],
  defaultExpires: 600,
  minimumExpires: 60,
  maximumExpires: 1000,
};
const text = (body: string): { contentType: string; body: string } => ({ contentType: 'text/plain', body });

async function open(definition: Partial<EventPackage> = {}, seed = 1) {
  const bed = await openTestBed({ seed, agents: { eventPackages: [{ ...PACKAGE, ...definition }, 'other'] } });
  const notifiers: NotifierSubscription[] = [];
  const ends: string[] = [];
  let state = 'off';
  const serve = (incoming: IncomingSubscribe): void => {
    const notifier = incoming.accept();
    notifiers.push(notifier);
    notifier.on('refreshed', () => void notifier.notify(text(state)));
    notifier.on('ended', (kind) => void ends.push(kind));
    void notifier.notify(text(state));
  };
  bed.bob.on('subscribe', serve);
  return {
    bed,
    notifiers,
    ends,
    show: (next: string) => {
      state = next;
      for (const notifier of notifiers) void notifier.notify(text(state));
    },
  };
}

function watch(bed: TestBed, options: Partial<SubscribeOptions> = {}): { subscription: Subscription; seen: string[] } {
  const seen: string[] = [];
  const subscription = bed.alice
    .subscribe({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', event: 'lamp', ...options })
    .on('notify', ({ subscriptionState, body }) => seen.push(`${subscriptionState.state} ${body}`.trim()))
    .on('interrupted', (why, seconds) => seen.push(`interrupted ${describeEnd(why)} ${seconds > 0 ? 'later' : 'now'}`))
    .on('ended', (why) => seen.push(`ended ${describeEnd(why)}`));
  return { subscription, seen };
}

function describeEnd(why: { kind: string; reason?: string | undefined; failure?: { status: number } }): string {
  return [why.kind, why.reason, why.failure?.status].filter((part) => part !== undefined).join(' ');
}

describe('a subscription (RFC 6665)', () => {
  it('shows the state at once and every change, and ends with a last NOTIFY when it is closed', async () => {
    const { bed, show, ends } = await open();
    const { subscription, seen } = watch(bed);
    await bed.clock.advance(100);
    show('on');
    await bed.clock.advance(100);
    const closed = subscription.close();
    await bed.clock.advance(100);
    await closed;
    expect(seen).toEqual(['active off', 'active on', 'terminated', 'ended closed']);
    expect(ends).toEqual(['unsubscribed']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is refreshed before it runs out, in the same dialog', async () => {
    const { bed, ends, notifiers } = await open();
    const { seen } = watch(bed, { expiresSeconds: 600 });
    await bed.clock.advance(1_000_000);
    expect(notifiers).toHaveLength(1);
    expect(seen).toEqual(['active off', 'active off', 'active off', 'active off']);
    expect(ends).toEqual([]);
    void bed.alice.close();
    await bed.clock.advance(5000);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is granted no longer than the package allows, and refused when it is too brief', async () => {
    const { bed } = await open();
    watch(bed, { expiresSeconds: 7200 });
    const brief = watch(bed, { expiresSeconds: 10 });
    await bed.clock.advance(100);
    expect(bed.network.sent('NOTIFY')[0]?.text).toContain('Subscription-State: active;expires=1000');
    // The subscriber takes the time that 423 names.
    expect(bed.network.sent('SUBSCRIBE').map(({ text: line }) => /Expires: (\d+)/.exec(line)?.[1])).toEqual([
      '7200',
      '10',
      '60',
    ]);
    expect(brief.seen).toEqual(['active off']);
  });

  it('fetches the state once', async () => {
    const { bed, ends } = await open();
    const { seen } = watch(bed, { expiresSeconds: 0 });
    await bed.clock.advance(100);
    expect(seen).toEqual(['terminated off', 'ended fetched']);
    expect(ends).toEqual(['expired']);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    [{ event: 'unknown' }, 489, /Allow-Events: lamp, other\r\n/],
    [{ accept: ['image/png'] }, 406, /Accept: text\/plain\r\n/],
  ])('with %j is refused for good', async (options, status, header) => {
    const { bed } = await open();
    const { seen } = watch(bed, options);
    await bed.clock.advance(100);
    expect(seen).toEqual([`ended failed ${status}`]);
    expect(bed.network.sent(`SIP/2.0 ${status}`)[0]?.text).toMatch(header);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    ['deactivated', 'interrupted terminated deactivated now'],
    ['timeout', 'interrupted terminated timeout now'],
    ['probation', 'interrupted terminated probation later'],
    ['giveup', 'interrupted terminated giveup later'],
    ['rejected', 'ended terminated rejected'],
    ['noresource', 'ended terminated noresource'],
    ['invariant', 'ended terminated invariant'],
  ] as const)('that the notifier ends as %s: %s', async (reason, expected) => {
    const { bed, notifiers } = await open();
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    void notifiers[0]?.terminate(reason, { retryAfterSeconds: 300 });
    await bed.clock.advance(50);
    expect(seen.slice(0, 3)).toEqual(['active off', 'terminated', expected]);
    await bed.clock.advance(200_000);
    const again = expected.endsWith('now') ? 2 : 1;
    expect(notifiers).toHaveLength(again);
    await bed.clock.advance(200_000);
    expect(notifiers).toHaveLength(expected.startsWith('ended') ? 1 : 2);
  });

  it('that is ended again and again is not made anew in a loop', async () => {
    const { bed } = await open();
    let count = 0;
    bed.bob.on('subscribe', (incoming) => {
      count += 1;
      void incoming.accept().terminate('deactivated');
    });
    watch(bed);
    await bed.clock.advance(20_000);
    expect(count).toBe(4);
  });

  it('takes its dialog from the NOTIFY, even when the 200 is lost', async () => {
    const { bed, notifiers } = await open();
    bed.network.fate = ({ text: line }) => (line.startsWith('SIP/2.0 200') && line.includes('SUBSCRIBE') ? [] : [5]);
    const { seen, subscription } = watch(bed);
    await bed.clock.advance(40_000);
    expect(seen).toEqual(['active off']);
    bed.network.fate = () => [5];
    void subscription.close();
    await bed.clock.advance(100);
    expect(notifiers[0]?.state).toBe('terminated');
    expect(await bed.leftovers()).toEqual({});
  });

  it('without any NOTIFY fails after timer N', async () => {
    const { bed } = await open();
    bed.bob.on('subscribe', (incoming) => incoming.reply(200, { headers: { Expires: '600' } }));
    const { seen } = watch(bed, { retry: false });
    await bed.clock.advance(40_000);
    expect(seen).toEqual(['ended silent']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that is refreshed without a NOTIFY is over after timer N, and made anew later', async () => {
    const { bed, notifiers } = await open();
    const { seen, subscription } = watch(bed);
    await bed.clock.advance(100);
    notifiers[0]?.on('refreshed', () => undefined);
    subscription.refresh();
    await bed.clock.advance(31_000);
    expect(seen).toEqual(['active off']);
    await bed.clock.advance(2000);
    expect(seen).toEqual(['active off', 'interrupted silent later']);
    await bed.clock.advance(100_000);
    expect(seen.at(-1)).toBe('active off');
    expect(notifiers).toHaveLength(2);
    void subscription.close();
    await bed.clock.advance(1_100_000);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is made anew when the notifier has forgotten it', async () => {
    const { bed, notifiers } = await open();
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    bed.network.fate = ({ text: line }) => (line.startsWith('NOTIFY') ? [] : [5]);
    void notifiers[0]?.terminate('noresource');
    await bed.clock.advance(40_000);
    bed.network.fate = () => [5];
    await bed.clock.advance(600_000);
    expect(notifiers).toHaveLength(2);
    expect(seen.slice(0, 3)).toEqual(['active off', 'interrupted failed 481 now', 'active off']);
  });

  it('of a forked SUBSCRIBE keeps every branch, or the first alone', async () => {
    for (const forks of ['all', 'first'] as const) {
      const bed = await openTestBed();
      const answers: string[] = [];
      const send = bed.network.attach('10.0.0.9', 5060, (line) => {
        if (!line.startsWith('SUBSCRIBE')) {
          answers.push(line.slice(8, 11));
          return;
        }
        const header = (name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(line)?.[1] ?? '';
        for (const branch of ['one', 'two']) {
          send(
            [
              `NOTIFY sip:10.0.0.1 SIP/2.0`,
              `Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${branch}`,
              `From: ${header('To')};tag=${branch}`,
              `To: ${header('From')}`,
              `Call-ID: ${header('Call-ID')}`,
              'CSeq: 1 NOTIFY',
              'Contact: <sip:10.0.0.9>',
              'Event: lamp',
              'Subscription-State: active;expires=600',
              'Content-Length: 0',
              '',
              '',
            ].join('\r\n'),
            '10.0.0.1:5060',
          );
        }
      });
      const { seen } = watch(bed, { target: 'sip:10.0.0.9', forks });
      await bed.clock.advance(50);
      expect(seen).toEqual(forks === 'all' ? ['active', 'active'] : ['active']);
      expect(answers).toEqual(forks === 'all' ? ['200', '200'] : ['200', '481']);
    }
  });

  it('stays pending until it is allowed', async () => {
    const { bed } = await open();
    bed.bob.on('subscribe', (incoming) => {
      const notifier = incoming.accept({ pending: true });
      void notifier.notify({});
      bed.clock.setTimeout(() => {
        notifier.activate();
        void notifier.notify(text('on'));
      }, 1000);
    });
    const { seen } = watch(bed);
    await bed.clock.advance(2000);
    expect(seen).toEqual(['pending', 'active on']);
  });

  it('lives in the dialog of a call, and outlives it', async () => {
    const { bed, show, notifiers } = await open();
    answerCalls(bed, 100);
    const { session } = call(bed);
    await bed.clock.advance(500);
    session().on('notify', (notify) => notify.reply(200));
    const outcome = session().sendRequest({ method: 'SUBSCRIBE', headers: { Event: 'lamp', Expires: '600' } });
    await bed.clock.advance(100);
    expect((await outcome).ok).toBe(true);
    expect(notifiers[0]?.id.callId).toBe(session().id.callId);
    void session().bye();
    await bed.clock.advance(100);
    show('on');
    await bed.clock.advance(100);
    expect(bed.network.sent('NOTIFY').at(-1)?.text).toContain('\r\n\r\non');
    await bed.clock.advance(700_000);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('NOTIFYs', () => {
  it('wait for each other, and what changes meanwhile is sent once', async () => {
    const { bed, show } = await open();
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    for (const state of ['1', '2', '3', '4']) show(state);
    await bed.clock.advance(100);
    expect(seen).toEqual(['active off', 'active 1', 'active 4']);
  });

  it('keep the least interval of their package', async () => {
    const { bed, show } = await open({ minimumIntervalMilliseconds: 5000 });
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    for (let count = 0; count < 12; count++) {
      show(String(count));
      await bed.clock.advance(1000);
    }
    expect(seen).toEqual(['active off', 'active 4', 'active 9']);
  });

  it('are sent again after Retry-After, and not after other passing failures', async () => {
    const { bed, notifiers, show } = await open();
    const subscription = bed.alice.subscribe({ target: 'sip:bob@10.0.0.2', from: 'sip:a@a', event: 'lamp' });
    const answers = [503, 500, 200];
    const bodies: string[] = [];
    await bed.clock.advance(100);
    subscription.on('notify', (notify) => {
      bodies.push(notify.body);
      const status = answers.shift() ?? 200;
      notify.reply(status, status === 503 ? { headers: { 'Retry-After': '60' } } : {});
    });
    show('on');
    await bed.clock.advance(59_000);
    expect(bodies).toEqual(['on']);
    await bed.clock.advance(60_000);
    expect(bodies).toEqual(['on', 'on']);
    show('off');
    await bed.clock.advance(100);
    expect(bodies).toEqual(['on', 'on', 'off']);
    expect(notifiers[0]?.state).toBe('active');
  });

  it.each([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])(
    'that are answered %i end the subscription',
    async (status) => {
      const { bed, ends, show } = await open();
      const { subscription } = watch(bed, { retry: false });
      await bed.clock.advance(100);
      subscription.on('notify', (notify) => notify.reply(status));
      show('on');
      await bed.clock.advance(100);
      expect(ends).toEqual(['lost']);
    },
  );

  it('say nothing that the subscriber knows already (RFC 5839)', async () => {
    const { bed } = await open();
    bed.bob.on('subscribe', (incoming) => {
      const notifier = incoming.accept();
      notifier.on('refreshed', () => void notifier.notify({ ...text('same'), entityTag: 'v1' }));
      void notifier.notify({ ...text('same'), entityTag: 'v1' });
    });
    const { seen, subscription } = watch(bed, { headers: { 'Suppress-If-Match': 'v1' } });
    await bed.clock.advance(100);
    expect(seen).toEqual(['active']);
    expect(bed.network.sent('NOTIFY')[0]?.text).toContain('SIP-ETag: v1\r\n');
    void subscription.close();
  });

  it('are left out at a refresh when the subscriber has the state, and at its end', async () => {
    const { bed, ends, notifiers } = await open();
    const { subscription, seen } = watch(bed, { headers: { 'X-Nothing': '1' } });
    bed.bob.on('subscribe', (incoming) => {
      const notifier = incoming.accept();
      notifiers.push(notifier);
      notifier.on('refreshed', () => void notifier.notify({ ...text('changed'), entityTag: 'v2' }));
      notifier.on('ended', (kind) => void ends.push(kind));
      void notifier.notify({ ...text('same'), entityTag: 'v1' });
    });
    await bed.clock.advance(100);
    const made = bed.network.sent('SUBSCRIBE')[0]?.text ?? '';
    const to = /^To: .*$/m.exec(bed.network.sent('SIP/2.0 200')[0]?.text ?? '')?.[0] ?? '';
    const answers: string[] = [];
    const send = bed.network.attach('10.0.0.9', 5060, (line) => answers.push(line.split('\r\n')[0] ?? ''));
    const again = (sequence: number, expires: number, tag: string): void => {
      send(
        made
          .replace(/^Via: .*$/m, `Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK${sequence}\r`)
          .replace(/^To: .*$/m, to)
          .replace(/CSeq: \d+/, `CSeq: ${sequence}`)
          .replace(/Expires: \d+/, `Expires: ${expires}`)
          .replace('X-Nothing: 1', `Suppress-If-Match: ${tag}`),
        '10.0.0.2:5060',
      );
    };
    again(2, 600, 'v1');
    await bed.clock.advance(100);
    // For as long as the state is that one.
    expect(await notifiers[0]?.notify({ ...text('same'), entityTag: 'v1' })).toMatchObject({ status: 204 });
    again(3, 600, 'old');
    await bed.clock.advance(100);
    again(4, 0, '*');
    await bed.clock.advance(100);
    expect(answers).toEqual(['SIP/2.0 204 No Notification', 'SIP/2.0 200 OK', 'SIP/2.0 204 No Notification']);
    expect(seen).toEqual(['active same', 'active changed']);
    expect(ends).toEqual(['unsubscribed']);
    void subscription.close();
  });

  it('without a Subscription-State are bad requests', async () => {
    const { bed } = await open();
    watch(bed);
    bed.network.fate = () => [5];
    await bed.clock.advance(100);
    const first = bed.network.sent('NOTIFY')[0]?.text ?? '';
    const answers: string[] = [];
    const peer = bed.network.attach('10.0.0.9', 5060, (line) => answers.push(line.split('\r\n')[0] ?? ''));
    peer(
      first
        .replace(/^Via: .*$/m, 'Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx')
        .replace(/CSeq: \d+/, 'CSeq: 9')
        .replace(/Subscription-State: .*\r\n/, ''),
      '10.0.0.1:5060',
    );
    await bed.clock.advance(100);
    expect(answers).toEqual(['SIP/2.0 400 Bad Subscription-State']);
  });
});

describe('subscriptions over a bad network', () => {
  it('leave nothing behind, whatever is lost, doubled or late', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const { bed, show } = await open({ minimumIntervalMilliseconds: seed % 2 === 0 ? 1000 : 0 }, seed);
      const random = new SeededRandom(seed);
      bed.network.fate = () => {
        const chance = random.next();
        if (chance < 0.25) return [];
        if (chance < 0.4) return [random.next() * 300, random.next() * 2000];
        return [random.next() * 400];
      };
      const watched = [watch(bed, { expiresSeconds: 60 + seed }), watch(bed, { expiresSeconds: 90 })];
      for (let step = 0; step < 12; step++) {
        await bed.clock.advance(random.next() * 20_000);
        show(`${step}`);
      }
      const closed = watched.map(({ subscription }) => subscription.close());
      await bed.clock.advance(400_000);
      await Promise.all(closed);
      for (const { seen, subscription } of watched) {
        expect(subscription.state).toBe('ended');
        expect(seen.filter((line) => line.startsWith('ended'))).toEqual(['ended closed']);
      }
      // The notifier's side lasts at most until its time runs out.
      await bed.clock.advance(1_100_000);
      expect(await bed.leftovers()).toEqual({});
      expect(bed.errors).toEqual([]);
    }
  }, 60_000);
});
