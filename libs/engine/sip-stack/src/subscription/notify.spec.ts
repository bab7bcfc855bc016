import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.js';
import { openSubscriptions, text, watch } from '../testing/subscription-bed.js';

describe('NOTIFYs', () => {
  it('wait for each other, and what changes meanwhile is sent once', async () => {
    const { bed, show } = await openSubscriptions();
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    for (const state of ['1', '2', '3', '4']) show(state);
    await bed.clock.advance(100);
    expect(seen).toEqual(['active off', 'active 1', 'active 4']);
  });

  it('do not overtake each other at the end: the last one waits for the answer of the one before', async () => {
    const { bed, notifiers, show } = await openSubscriptions();
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    const before = bed.network.sent('NOTIFY').length;
    show('on');
    void notifiers[0]?.terminate('noresource', text('gone'));
    await bed.clock.advance(0);
    expect(bed.network.sent('NOTIFY').length - before).toBe(1);
    await bed.clock.advance(100);
    expect(seen.slice(0, 3)).toEqual(['active off', 'active on', 'terminated gone']);
  });

  it('keep the least interval of their package', async () => {
    const { bed, show } = await openSubscriptions({ minimumIntervalMilliseconds: 5000 });
    const { seen } = watch(bed);
    await bed.clock.advance(100);
    for (let count = 0; count < 12; count++) {
      show(String(count));
      await bed.clock.advance(1000);
    }
    expect(seen).toEqual(['active off', 'active 4', 'active 9']);
  });

  it('answer a refresh at once, whatever was sent shortly before (RFC 6665 §4.2.1.2)', async () => {
    const { bed, show } = await openSubscriptions({ minimumIntervalMilliseconds: 5000 });
    const { seen, subscription } = watch(bed);
    await bed.clock.advance(100);
    show('1');
    await bed.clock.advance(100);
    subscription.refresh();
    await bed.clock.advance(100);
    expect(seen).toEqual(['active off', 'active 1']);
  });

  it('are sent again after Retry-After, and soon after other passing failures', async () => {
    const { bed, notifiers, show } = await openSubscriptions();
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
    await bed.clock.advance(2_000);
    expect(bodies).toEqual(['on', 'on']);
    await bed.clock.advance(60_000);
    expect(bodies).toEqual(['on', 'on', 'on']);
    show('off');
    await bed.clock.advance(100);
    expect(bodies).toEqual(['on', 'on', 'on', 'off']);
    expect(notifiers[0]?.state).toBe('active');
  });

  it.each([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])(
    'that are answered %i end the subscription',
    async (status) => {
      const { bed, ends, show } = await openSubscriptions();
      const { subscription } = watch(bed, { retry: false });
      await bed.clock.advance(100);
      subscription.on('notify', (notify) => notify.reply(status));
      show('on');
      await bed.clock.advance(100);
      expect(ends).toEqual(['lost']);
    },
  );

  it('say nothing that the subscriber knows already (RFC 5839)', async () => {
    const { bed } = await openSubscriptions();
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
    const { bed, ends, notifiers } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
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
      const { bed, show } = await openSubscriptions({ minimumIntervalMilliseconds: seed % 2 === 0 ? 1000 : 0 }, seed);
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
