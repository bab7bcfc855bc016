import type { AudioCodecName } from '../api/endpoint.js';
import type { PortAssignment } from '../worker/worker-api.js';

/** What kinds of things live in workers. */
export type ResidentKind = 'endpoint' | 'mix' | 'receiver' | 'sender' | 'playback' | 'recording';

/** An endpoint of which nothing was asked but to agree on media and to be connected: its figures, unless anything passed. */
export interface QuietLife {
  readonly sinceMs: number;
  codec: AudioCodecName | null;
}

export interface BoundPorts {
  readonly address: string;
  readonly rtpPort: number;
}

export interface Resident {
  kind: ResidentKind;
  id: string;
  slot: number;
  group: string | null;
  /** The ports to give back, if any. */
  bound: BoundPorts | null;
  /** Its worker has not heard of it yet: it is told together with the first thing that is asked of it. */
  opening: PortAssignment | null;
  /** Null where more was asked of it, or it is no endpoint. */
  quiet: QuietLife | null;
}

/** Those of one kind, and how many of them live in each slot. */
interface Kindred {
  readonly byId: Map<string, Resident>;
  readonly inSlot: Map<number, number>;
}

/** Which worker each thing lives in, and which group keeps to which worker. */
export class Residents {
  private readonly kinds: Readonly<Record<ResidentKind, Kindred>> = {
    endpoint: newKindred(),
    mix: newKindred(),
    receiver: newKindred(),
    sender: newKindred(),
    playback: newKindred(),
    recording: newKindred(),
  };
  private readonly groups = new Map<string, { slot: number; members: Set<Resident> }>();

  add(resident: Resident): void {
    this.remove(resident.kind, resident.id);
    this.kinds[resident.kind].byId.set(resident.id, resident);
    this.tally(resident, 1);
    if (resident.group === null) return;
    const group = this.groups.get(resident.group);
    if (group === undefined) this.groups.set(resident.group, { slot: resident.slot, members: new Set([resident]) });
    else group.members.add(resident);
  }

  find(kind: ResidentKind, id: string): Resident | undefined {
    return this.kinds[kind].byId.get(id);
  }

  remove(kind: ResidentKind, id: string): Resident | undefined {
    const resident = this.find(kind, id);
    if (resident === undefined) return undefined;
    this.kinds[kind].byId.delete(id);
    this.tally(resident, -1);
    if (resident.group !== null) {
      const members = this.groups.get(resident.group)?.members;
      members?.delete(resident);
      if (members?.size === 0) this.groups.delete(resident.group);
    }
    return resident;
  }

  /** Removes and returns everything that lived in a slot. */
  evict(slot: number): Resident[] {
    const evicted = Object.values(this.kinds).flatMap(({ byId }) =>
      [...byId.values()].filter((resident) => resident.slot === slot),
    );
    for (const resident of evicted) this.remove(resident.kind, resident.id);
    return evicted;
  }

  slotOfGroup(group: string): number | undefined {
    return this.groups.get(group)?.slot;
  }

  ofGroup(kind: ResidentKind, group: string): Resident[] {
    const members = this.groups.get(group)?.members;
    return members === undefined ? [] : [...members].filter((resident) => resident.kind === kind);
  }

  count(kind: ResidentKind, slot?: number): number {
    const { byId, inSlot } = this.kinds[kind];
    return slot === undefined ? byId.size : (inSlot.get(slot) ?? 0);
  }

  private tally({ kind, slot }: Resident, by: 1 | -1): void {
    const { inSlot } = this.kinds[kind];
    inSlot.set(slot, (inSlot.get(slot) ?? 0) + by);
  }
}

function newKindred(): Kindred {
  return { byId: new Map(), inSlot: new Map() };
}
