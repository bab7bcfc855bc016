import { buildXml, element, type XmlNode } from './xml/build-xml.js';
import { readXml, type XmlElement } from './xml/read-xml.js';

export const PIDF_TYPE = 'application/pidf+xml';

const PIDF = 'urn:ietf:params:xml:ns:pidf';
const DATA_MODEL = 'urn:ietf:params:xml:ns:pidf:data-model';
const RPID = 'urn:ietf:params:xml:ns:pidf:rpid';

/** Activities of RFC 4480 §3.2 that phones show. */
export type Activity = 'on-the-phone' | 'away' | 'busy' | 'meeting' | 'do-not-disturb' | 'vacation' | 'unknown';

/** One way to reach someone (RFC 3863 §4.1.2). */
export interface PresenceTuple {
  readonly id: string;
  /** Undefined when the publisher does not say. */
  readonly open: boolean | undefined;
  readonly contact: string | undefined;
  readonly note: string | undefined;
  /** RFC 3339 */
  readonly since: string | undefined;
}

export interface PresenceDocument {
  readonly entity: string;
  readonly tuples: readonly PresenceTuple[];
  /** Of the person (RFC 4479 §3.2, RFC 4480). */
  readonly activities: readonly string[];
  readonly note: string | undefined;
}

/** Most tuples, activities and note characters that are taken from a phone. */
const MAX_TUPLES = 8;
const MAX_ACTIVITIES = 4;
const MAX_NOTE = 200;

/** RFC 3863 with the person of RFC 4479. */
export function buildPidf({ entity, tuples, activities, note }: PresenceDocument): string {
  const person: XmlNode[] =
    activities.length === 0
      ? []
      : [
          element(
            'dm:person',
            { id: 'p1' },
            element('rpid:activities', {}, ...activities.map((one) => element(`rpid:${one}`))),
          ),
        ];
  return buildXml(
    element(
      'presence',
      { xmlns: PIDF, 'xmlns:dm': DATA_MODEL, 'xmlns:rpid': RPID, entity },
      ...tuples.map(writeTuple),
      // RFC 3863 §4.1.1: notes come before extensions.
      ...(note === undefined ? [] : [element('note', {}, note)]),
      ...person,
    ),
  );
}

function writeTuple({ id, open, contact, note, since }: PresenceTuple): XmlNode {
  const optional = (name: string, text: string | undefined): XmlNode | undefined =>
    text === undefined ? undefined : element(name, {}, text);
  return element(
    'tuple',
    { id },
    element('status', {}, open === undefined ? undefined : element('basic', {}, open ? 'open' : 'closed')),
    optional('contact', contact),
    optional('note', note),
    optional('timestamp', since),
  );
}

/** Reads what a phone publishes. @returns undefined when it is no PIDF document */
export function readPidf(text: string): PresenceDocument | undefined {
  const result = readXml(text);
  if (!result.ok) return undefined;
  const { root } = result;
  const entity = root.attributes.get('entity');
  if (root.namespace !== PIDF || root.name !== 'presence' || entity === undefined) return undefined;
  return {
    entity,
    tuples: find(root, PIDF, 'tuple').slice(0, MAX_TUPLES).map(readTuple),
    activities: [...new Set(readActivities(root))].slice(0, MAX_ACTIVITIES),
    note: textOf(root, 'note'),
  };
}

function readTuple(tuple: XmlElement, index: number): PresenceTuple {
  const status = find(tuple, PIDF, 'status')[0];
  const basic = status === undefined ? undefined : textOf(status, 'basic')?.toLowerCase();
  return {
    id: tuple.attributes.get('id') ?? `t${index}`,
    open: basic === 'open' ? true : basic === 'closed' ? false : undefined,
    contact: textOf(tuple, 'contact'),
    note: textOf(tuple, 'note'),
    since: textOf(tuple, 'timestamp'),
  };
}

/** Of the person, or as older phones write them inside the tuple's status. Only names that can be written again. */
function readActivities(root: XmlElement): string[] {
  const places = [
    ...find(root, DATA_MODEL, 'person'),
    ...find(root, PIDF, 'tuple').flatMap((tuple) => [tuple, ...find(tuple, PIDF, 'status')]),
  ];
  return places
    .flatMap((place) => find(place, RPID, 'activities'))
    .flatMap(({ children }) => children)
    .filter(({ namespace, name }) => namespace === RPID && /^[a-z][a-z-]{1,30}$/.test(name))
    .map(({ name }) => name);
}

function find({ children }: XmlElement, namespace: string, name: string): XmlElement[] {
  return children.filter((child) => child.namespace === namespace && child.name === name);
}

function textOf(parent: XmlElement, name: string): string | undefined {
  const text = find(parent, PIDF, name)[0]?.text.trim().slice(0, MAX_NOTE);
  return text === '' ? undefined : text;
}
