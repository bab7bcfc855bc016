import type { PresenceState } from '@carillon/contracts';
import { presenceOf } from './presence-state.js';

/** A browser that has not reported for so long is forgotten, in milliseconds. */
const LEASE_MS = 75_000;

interface Entry {
  readonly browsers: Map<string, { active: boolean; until: number }>;
  readonly devices: Set<string>;
  readonly engagements: Set<string>;
  choice: 'automatic' | 'away';
  state: PresenceState;
  since: number;
}

export interface Change {
  readonly userId: string;
  readonly state: PresenceState;
  readonly since: number;
}

/** Who is where in one organisation. Every change answers the users whose presence changed by it. */
export class PresenceBook {
  private readonly entries = new Map<string, Entry>();
  /** Who is in each call or room: the other side of `Entry.engagements`. */
  private readonly engaged = new Map<string, ReadonlySet<string>>();

  constructor(private readonly now: () => number) {}

  reportBrowser(userId: string, connectionId: string, activity: 'active' | 'idle' | 'gone'): Change[] {
    return this.change(userId, ({ browsers }) => {
      if (activity === 'gone') browsers.delete(connectionId);
      else browsers.set(connectionId, { active: activity === 'active', until: this.now() + LEASE_MS });
    });
  }

  choose(userId: string, choice: 'automatic' | 'away'): Change[] {
    return this.change(userId, (entry) => {
      entry.choice = choice;
    });
  }

  /** @param contact tells the bindings of one device apart */
  setDevice(userId: string, contact: string, registered: boolean): Change[] {
    return this.change(userId, ({ devices }) => void (registered ? devices.add(contact) : devices.delete(contact)));
  }

  /** Who is in a call or room from now on; whoever was in it before and is not named has left it. */
  setEngagement(engagementId: string, userIds: ReadonlySet<string>): Change[] {
    const before = this.engaged.get(engagementId);
    // A call that nobody has answered, as most news are of.
    if (before === undefined && userIds.size === 0) return [];
    const touched = new Set([...(before ?? []), ...userIds]);
    if (userIds.size > 0) this.engaged.set(engagementId, userIds);
    else this.engaged.delete(engagementId);
    return [...touched].flatMap((userId) =>
      this.change(userId, ({ engagements }) => {
        if (userIds.has(userId)) engagements.add(engagementId);
        else engagements.delete(engagementId);
      }),
    );
  }

  /** Every registered contact of anyone. */
  registeredContacts(): { readonly userId: string; readonly contact: string }[] {
    return [...this.entries].flatMap(([userId, { devices }]) => [...devices].map((contact) => ({ userId, contact })));
  }

  /** Every engagement with the prefix that anyone is said to be in. */
  engagementIds(prefix: string): Set<string> {
    return new Set([...this.engaged.keys()].filter((id) => id.startsWith(prefix)));
  }

  /** Forgets browsers whose lease ran out. */
  expire(): Change[] {
    return [...this.entries.keys()].flatMap((userId) =>
      this.change(userId, ({ browsers }) => {
        for (const [id, lease] of browsers) if (lease.until <= this.now()) browsers.delete(id);
      }),
    );
  }

  of(userId: string): Change {
    const entry = this.entries.get(userId);
    return { userId, state: entry?.state ?? 'offline', since: entry?.since ?? this.now() };
  }

  private change(userId: string, act: (entry: Entry) => void): Change[] {
    const entry = this.entries.get(userId) ?? this.add(userId);
    act(entry);
    const browsers = [...entry.browsers.values()];
    const activeBrowsers = browsers.filter((browser) => browser.active).length;
    const state = presenceOf({
      activeBrowsers,
      idleBrowsers: browsers.length - activeBrowsers,
      registeredDevices: entry.devices.size,
      engagements: entry.engagements.size,
      choice: entry.choice,
    });
    if (state === entry.state) return [];
    entry.state = state;
    entry.since = this.now();
    return [{ userId, state, since: entry.since }];
  }

  private add(userId: string): Entry {
    const entry: Entry = {
      browsers: new Map(),
      devices: new Set(),
      engagements: new Set(),
      choice: 'automatic',
      state: 'offline',
      since: this.now(),
    };
    this.entries.set(userId, entry);
    return entry;
  }
}
