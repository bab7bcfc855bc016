import { DEFAULT_NEXT_TRUNK_STATUSES, SaveTrunk, type Trunk, type TrunkEncryption } from '@carillon/contracts';
import { schemaResolver, useForm, type UseFormReturnType } from '@mantine/form';
import { useRebase } from '../../ui/use-rebase.js';

/** What the form holds: inputs are never null, lists of addresses are lines. */
export interface TrunkValues {
  name: string;
  enabled: boolean;
  host: string;
  port: number | '';
  transport: 'udp' | 'tcp' | 'tls';
  username: string;
  /** Empty keeps the stored one. */
  password: string;
  registers: boolean;
  challenges: boolean;
  trusted: boolean;
  sourceAddresses: string[];
  maxCalls: number;
  maxCallsPerSecond: number;
  outbound: { pattern: string; strip: number; prepend: string }[];
  inbound: { number: string; extension: string }[];
  defaultExtension: string;
  callerNumber: string;
  callerIdentity: 'main' | 'user';
  priority: number;
  mediaEncryption: TrunkEncryption;
  keysInClear: boolean;
  clearFallback: boolean;
  nextTrunkStatuses: string[];
}

export type TrunkForm = UseFormReturnType<TrunkValues, SaveTrunk>;

const valuesOf = (trunk: Trunk | null): TrunkValues => ({
  name: trunk?.name ?? '',
  enabled: trunk?.enabled ?? true,
  host: trunk?.host ?? '',
  port: trunk?.port ?? '',
  transport: trunk?.transport ?? 'udp',
  username: trunk?.username ?? '',
  password: '',
  registers: trunk?.registers ?? false,
  challenges: trunk?.challenges ?? false,
  trusted: trunk?.trusted ?? false,
  sourceAddresses: [...(trunk?.sourceAddresses ?? [])],
  maxCalls: trunk?.maxCalls ?? 20,
  maxCallsPerSecond: trunk?.maxCallsPerSecond ?? 5,
  outbound: [...(trunk?.outbound ?? [{ pattern: '0.', strip: 1, prepend: '' }])],
  inbound: [...(trunk?.inbound ?? [])],
  defaultExtension: trunk?.defaultExtension ?? '',
  callerNumber: trunk?.callerNumber ?? '',
  callerIdentity: trunk?.callerIdentity ?? 'main',
  priority: trunk?.priority ?? 10,
  mediaEncryption: trunk?.mediaEncryption ?? 'none',
  keysInClear: trunk?.keysInClear ?? false,
  clearFallback: trunk?.clearFallback ?? false,
  nextTrunkStatuses: [...(trunk?.nextTrunkStatuses ?? DEFAULT_NEXT_TRUNK_STATUSES)],
});

/** What another administrator saves meanwhile is followed. @param trunk null begins with what most providers want */
export function useTrunkForm(trunk: Trunk | null): TrunkForm {
  const stored = valuesOf(trunk);
  const form = useForm<TrunkValues, SaveTrunk>({
    initialValues: stored,
    transformValues: bodyOf,
    validate: (values) => schemaResolver(SaveTrunk, { sync: true })(bodyOf(values)),
  });
  useRebase(form, stored, keyOfItem);
  return form;
}

/** Numbers from outside are told apart as they are dialled, rules by their patterns, other lists are of texts. */
function keyOfItem(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  const { number, pattern } = item as Partial<TrunkValues['inbound'][number] & TrunkValues['outbound'][number]>;
  return number === undefined ? pattern?.replace(/\s/g, '') : bare(number);
}

/**
 * As numbers are written on paper: `+49 (30) 123-45`. The `(0)` in `+49 (0)30 123` is for callers within the country, who
 * leave out what stands before it: it is no part of the international number.
 */
function bare(number: string): string {
  const international = /^\s*(\+|00)/.test(number);
  return (international ? number.replace('(0)', '') : number).replace(/[\s()/.-]/g, '');
}

export function bodyOf({ password, ...values }: TrunkValues): SaveTrunk {
  return {
    ...values,
    outbound: values.outbound.map((rule) => ({
      ...rule,
      pattern: rule.pattern.replace(/\s/g, ''),
      prepend: bare(rule.prepend),
    })),
    inbound: values.inbound.map(({ number, extension }) => ({ number: bare(number), extension: extension.trim() })),
    sourceAddresses: values.sourceAddresses.map((address) => address.trim()),
    callerNumber: bare(values.callerNumber),
    port: values.port === '' ? null : values.port,
    username: values.username.trim() === '' ? null : values.username,
    defaultExtension: values.defaultExtension.trim() === '' ? null : values.defaultExtension.trim(),
    ...(password === '' ? {} : { password }),
  };
}
