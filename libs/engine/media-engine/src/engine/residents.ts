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
  private readonly groups = new Map<string, { slot: number; count: number }>();

  add(resident: Resident): void {
    this.byKey.set(keyOf(resident.kind, resident.id), resident);
    if (resident.group === null) return;
    const group = this.groups.get(resident.group);
    if (group === undefined) this.groups.set(resident.group, { slot: resident.slot, count: 1 });
    else group.count += 1;
  }

  find(kind: ResidentKind, id: string): Resident | undefined {
    return this.byKey.get(keyOf(kind, id));
  }

  remove(kind: ResidentKind, id: string): Resident | undefined {
    const resident = this.find(kind, id);
    if (resident === undefined) return undefined;
    this.byKey.delete(keyOf(kind, id));
    if (resident.group !== null) {
      const group = this.groups.get(resident.group);
      if (group !== undefined) {
        group.count -= 1;
        if (group.count === 0) this.groups.delete(resident.group);
      }
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
    return [...this.byKey.values()].filter((resident) => resident.kind === kind && resident.group === group);
  }

  count(kind: ResidentKind, slot?: number): number {
    let count = 0;
    for (const resident of this.byKey.values()) {
      if (resident.kind === kind && (slot === undefined || resident.slot === slot)) count += 1;
    }
    return count;
  }
}

function keyOf(kind: ResidentKind, id: string): string {
  return `${kind} ${id}`;
}
