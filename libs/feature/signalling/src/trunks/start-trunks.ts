import type { Database } from '@carillon/database';
import { OrganisationId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Credentials } from '@carillon/sip-stack';
import type { Directories } from '../routing/directories.js';
import type { Place } from '../processes/place.js';
import { shareTrunkStates } from '../processes/share-trunk-states.js';
import { handleTrunkCommands } from './trunk-commands.js';
import type { TrunkParts } from './trunk-parts.js';
import type { Trunk } from './trunk.js';
import { Trunks } from './trunks.js';

export interface StartTrunksOptions extends Omit<TrunkParts, 'credentialsOf'> {
  readonly database: Database;
  readonly directories: Directories;
  readonly bus: Bus;
  /** Our place among the processes that signalling runs in: the first one registers with providers and asks them. */
  readonly place: Place;
  readonly countCalls: (trunkId: Trunk['trunkId']) => number;
  /** @throws {CodedError} `IDENTITY.SECRET_UNREADABLE` */
  readonly unsealPassword: (sealed: string) => string;
}

export interface RunningTrunks {
  readonly trunks: Trunks;
  close(): Promise<void>;
}

/** Puts the trunks of every organisation to use, and keeps to what their admins change. */
export async function startTrunks(options: StartTrunksOptions): Promise<RunningTrunks> {
  const { database, directories, bus, countCalls, unsealPassword, place, ...shared } = options;
  const leads = place.own === 0;
  const credentialsOf = (trunk: Trunk): Credentials | undefined => {
    const { credentials } = trunk;
    if (credentials?.passwordSealed === undefined) return undefined;
    try {
      return { username: credentials.username, password: unsealPassword(credentials.passwordSealed) };
    } catch (error) {
      shared.logger.error({ error, trunk: trunk.name }, 'The password of a trunk cannot be read');
      return undefined;
    }
  };
  const trunks = new Trunks({ ...shared, credentialsOf }, countCalls, leads);
  const refresh = async (organisationId: OrganisationId): Promise<void> => {
    const directory = await directories.of(organisationId);
    if (directory !== undefined) trunks.keepTo(directory);
  };
  // A call may be routed by a directory that somebody else has just read.
  const stopReading = directories.onRead((directory) => trunks.keepTo(directory));
  const stopEvents = bus.subscribe('directory.changed', async ({ organisationId }) => {
    directories.invalidate(organisationId);
    await refresh(organisationId);
  });
  const stopCommands = leads ? handleTrunkCommands(bus, trunks) : (): void => undefined;
  const stopSharing = place.count > 1 ? shareTrunkStates({ trunks, bus, place, clock: shared.clock }) : stopCommands;
  const owners = await database.asSystem('whose trunks to put to use', (tx) =>
    tx.trunk.findMany({ distinct: ['organisationId'], select: { organisationId: true } }),
  );
  for (const { organisationId } of owners) await refresh(OrganisationId.parse(organisationId));
  return {
    trunks,
    close: async () => {
      stopReading();
      stopEvents();
      stopCommands();
      stopSharing();
      await trunks.close();
    },
  };
}
