/** What kinds of things live in workers. */
export type ResidentKind = 'endpoint' | 'mix' | 'receiver' | 'sender' | 'playback' | 'recording';

export interface Resident {
  kind: ResidentKind;
  id: string;
  slot: number;
  group: string | null;
  /** RTP port to give back, if any. */
  rtpPort: number | null;
}

/** Which worker each thing lives in, and which group keeps to which worker. */
export class Residents {
  private readonly byKey = new Map<string, Resident>();
  private readonly groups = new Map<string, { slot: number; members: Set<Resident> }>();
  /** How many of a kind live in a slot, by `kind slot`, and everywhere, by `kind`. */
  private readonly counts = new Map<string, number>();

  add(resident: Resident): void {
    this.remove(resident.kind, resident.id);
    this.byKey.set(keyOf(resident.kind, resident.id), resident);
    this.tally(resident, 1);
    if (resident.group === null) return;
    const group = this.groups.get(resident.group);
    if (group === undefined) this.groups.set(resident.group, { slot: resident.slot, members: new Set([resident]) });
    else group.members.add(resident);
  }

  find(kind: ResidentKind, id: string): Resident | undefined {
    return this.byKey.get(keyOf(kind, id));
  }

  remove(kind: ResidentKind, id: string): Resident | undefined {
    const resident = this.find(kind, id);
    if (resident === undefined) return undefined;
    this.byKey.delete(keyOf(kind, id));
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
    const evicted = [...this.byKey.values()].filter((resident) => resident.slot === slot);
    for (const resident of evicted) this.remove(resident.kind, resident.id);
    return evicted;
  }

  slotOfGroup(group: string): number | undefined {
    return this.groups.get(group)?.slot;
  }

  ofGroup(kind: ResidentKind, group: string): Resident[] {
    return [...(this.groups.get(group)?.members ?? [])].filter((resident) => resident.kind === kind);
  }

  count(kind: ResidentKind, slot?: number): number {
    return this.counts.get(countKey(kind, slot)) ?? 0;
  }

  private tally({ kind, slot }: Resident, by: 1 | -1): void {
    for (const key of [countKey(kind), countKey(kind, slot)]) this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
}

function keyOf(kind: ResidentKind, id: string): string {
  return `${kind} ${id}`;
}

function countKey(kind: ResidentKind, slot?: number): string {
  return slot === undefined ? kind : `${kind} ${slot}`;
}
