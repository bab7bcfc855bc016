import type { Clock, Logger } from '@carillon/service-runtime';
import type { Credentials, UserAgent } from '@carillon/sip-stack';
import type { Trunk } from './trunk.js';

/** What trunks work with. */
export interface TrunkParts {
  readonly userAgent: UserAgent;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** One more call begins over it: the limit holds over all processes of signalling. */
  readonly started?: (trunkId: Trunk['trunkId']) => void;
  /** Opened only when it is needed. */
  readonly credentialsOf: (trunk: Trunk) => Credentials | undefined;
}
