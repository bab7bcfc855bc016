import type { IvrAction, RingGroup, User } from '@carillon/contracts';

export const ACTION_KINDS: readonly { value: IvrAction['kind']; label: string }[] = [
  { value: 'group', label: 'Ring a group' },
  { value: 'user', label: 'Ring a person' },
  { value: 'voicemail', label: 'Leave voicemail' },
  { value: 'dial-extension', label: 'Dial an extension' },
  { value: 'repeat', label: 'Repeat the menu' },
  { value: 'hang-up', label: 'Hang up' },
];

export const isActionKind = (value: string | null): value is IvrAction['kind'] =>
  ACTION_KINDS.some((kind) => kind.value === value);

/** An entry while it is edited: its target may not be chosen yet. */
export interface DraftEntry {
  digit: string;
  kind: IvrAction['kind'];
  targetId: string | null;
}

/** Entries are told apart by their keys. */
export function keyOfEntry(entry: unknown): string | undefined {
  const { digit } = entry as Partial<DraftEntry>;
  return digit;
}

const TARGET_FIELD = { group: 'ringGroupId', user: 'userId', voicemail: 'mailboxId' } as const;

export const needsTarget = (kind: IvrAction['kind']): kind is keyof typeof TARGET_FIELD => kind in TARGET_FIELD;

export function toDraft({ digit, action }: { digit: string; action: IvrAction }): DraftEntry {
  const targetId =
    action.kind === 'group'
      ? action.ringGroupId
      : action.kind === 'user'
        ? action.userId
        : action.kind === 'voicemail'
          ? action.mailboxId
          : null;
  return { digit, kind: action.kind, targetId };
}

/** As the server takes it; a missing target is left out, so that the schema refuses it. */
export function fromDraft({ digit, kind, targetId }: DraftEntry): { digit: string; action: unknown } {
  if (!needsTarget(kind)) return { digit, action: { kind } };
  return { digit, action: { kind, ...(targetId !== null && { [TARGET_FIELD[kind]]: targetId }) } };
}

interface Directory {
  users: readonly User[];
  groups: readonly RingGroup[];
}

/** What a key does, in words. */
export function describeEntry(entry: DraftEntry, { users, groups }: Directory): string {
  switch (entry.kind) {
    case 'group': {
      const group = groups.find((one) => one.ringGroupId === entry.targetId);
      return group === undefined ? 'Ring a group: not chosen' : `${group.name} (${group.extension})`;
    }
    case 'user':
      return users.find((one) => one.userId === entry.targetId)?.displayName ?? 'Ring a person: not chosen';
    case 'voicemail': {
      const owner = users.find((one) => one.mailboxId !== null && one.mailboxId === entry.targetId);
      return owner === undefined ? 'Voicemail: not chosen' : `Voicemail of ${owner.displayName}`;
    }
    case 'dial-extension':
      return 'Dial an extension';
    case 'repeat':
      return 'Hear the menu again';
    case 'hang-up':
      return 'Hang up';
  }
}
