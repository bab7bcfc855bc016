import { describe, expect, it } from 'vitest';
import { openSubscriptions, text, watch } from '../testing/subscription-bed.js';
import { answerCalls, call, openTestBed } from '../testing/test-bed.js';

describe('a subscription (RFC 6665)', () => {
  it('shows the state at once and every change, and ends with a last NOTIFY when it is closed', async () => {
    const { bed, show, ends } = await openSubscriptions();
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
    const { bed, ends, notifiers } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
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
    const { bed, ends } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
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
    const { bed, notifiers } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
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
    const { bed, notifiers } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
    bed.bob.on('subscribe', (incoming) => incoming.reply(200, { headers: { Expires: '600' } }));
    const { seen } = watch(bed, { retry: false });
    await bed.clock.advance(40_000);
    expect(seen).toEqual(['ended silent']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that is refreshed without a NOTIFY is over after timer N, and made anew later', async () => {
    const { bed, notifiers } = await openSubscriptions();
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
    const { bed, notifiers } = await openSubscriptions();
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
    const { bed } = await openSubscriptions();
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
    const { bed, show, notifiers } = await openSubscriptions();
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
