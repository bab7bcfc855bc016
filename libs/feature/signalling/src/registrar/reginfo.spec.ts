import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement } from '../subscriptions/xml/read-xml.js';
import { testBinding } from '../testing/binding.js';
import { buildReginfo } from './reginfo.js';

const INSTANCE = 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6';

function read(text: string): XmlElement {
  const result = readXml(text);
  if (!result.ok) throw new Error('No XML');
  return result.root;
}

/** What a subscriber takes from a document (RFC 3680 §5.2). */
function gist(root: XmlElement) {
  return {
    namespace: root.namespace,
    version: root.attributes.get('version'),
    state: root.attributes.get('state'),
    registrations: root.children.map((one) => ({
      aor: one.attributes.get('aor'),
      state: one.attributes.get('state'),
      contacts: one.children.map((contact) => ({
        state: contact.attributes.get('state'),
        event: contact.attributes.get('event'),
        lasted: contact.attributes.get('duration-registered'),
        q: contact.attributes.get('q'),
        uri: contact.children.find(({ name }) => name === 'uri')?.text,
      })),
    })),
  };
}

/** The example of RFC 3680 §5.3. */
const EXAMPLE = `<?xml version="1.0"?>
<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full">
  <registration aor="sip:user@example.com" id="as9" state="active">
    <contact id="76" state="active" event="registered" duration-registered="7322" q="0.8">
      <uri>sip:user@pc887.example.com</uri>
    </contact>
    <contact id="77" state="terminated" event="expired" duration-registered="3600" q="0.5">
      <uri>sip:user@university.edu</uri>
    </contact>
  </registration>
</reginfo>`;

describe('reginfo', () => {
  it('says what the example of RFC 3680 §5.3 says', () => {
    const now = 10_000_000;
    const contacts = [
      {
        binding: testBinding('<sip:user@pc887.example.com>;q=0.8', { createdAt: now - 7_322_000 }),
        event: 'added',
        publicGruu: undefined,
      },
      {
        binding: testBinding('<sip:user@university.edu>;q=0.5', { createdAt: now - 3_600_000 }),
        event: 'expired',
        publicGruu: undefined,
      },
    ] as const;
    const ours = buildReginfo(
      {
        version: 0,
        state: 'full',
        registrations: [{ aor: 'sip:user@example.com', id: 'as9', state: 'active', contacts }],
      },
      now,
    );
    expect(gist(read(ours))).toEqual(gist(read(EXAMPLE)));
  });

  it('names a phone by its instance and public GRUU (RFC 5628)', () => {
    const binding = testBinding(`<sip:user@192.0.2.1>;+sip.instance="<${INSTANCE}>"`, { instance: INSTANCE, regId: 1 });
    const publicGruu = `sip:user@example.com;gr=${INSTANCE}`;
    const root = read(
      buildReginfo(
        {
          version: 3,
          state: 'partial',
          registrations: [
            {
              aor: 'sip:user@example.com',
              id: 'x',
              state: 'active',
              contacts: [{ binding, event: 'refreshed', publicGruu }],
            },
          ],
        },
        0,
      ),
    );
    const contact = root.children[0]?.children[0];
    expect(contact?.children.map(({ namespace, name, text }) => [namespace.split(':').at(-1), name, text])).toEqual([
      ['reginfo', 'uri', 'sip:user@192.0.2.1'],
      ['reginfo', 'unknown-param', `"<${INSTANCE}>"`],
      ['reginfo', 'unknown-param', '1'],
      ['gruuinfo', 'pub-gruu', ''],
    ]);
    expect(contact?.children[3]?.attributes.get('uri')).toBe(publicGruu);
  });
});
