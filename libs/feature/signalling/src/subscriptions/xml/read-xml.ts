/** One element as read, with its namespace worked out. */
export interface XmlElement {
  /** Namespace name; empty for none. */
  readonly namespace: string;
  readonly name: string;
  /** Attributes without prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All character data directly inside, joined. */
  readonly text: string;
}

export type XmlResult =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly offset: number; readonly reason: string };

/** Bounds of what strangers may send. */
const MAX_LENGTH = 32_768;
const MAX_DEPTH = 24;
const MAX_ELEMENTS = 1_000;
const MAX_ATTRIBUTES = 32;

const NAME = /[A-Za-z_\u00b7-\uffff][\w.\u00b7-\uffff-]*(?::[A-Za-z_\u00b7-\uffff][\w.\u00b7-\uffff-]*)?/y;
const SPACE = /[ \t\r\n]+/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

type Scope = ReadonlyMap<string, string>;
interface Open {
  readonly qualified: string;
  readonly scope: Scope;
  readonly element: {
    namespace: string;
    name: string;
    attributes: Map<string, string>;
    children: XmlElement[];
    text: string;
  };
}

class Malformed extends Error {}

/**
 * A small strict reader of XML 1.0 with namespaces. There is no document type, no entity but the five of §4.6, nothing external,
 * and everything is bounded: a body from the wire can neither grow nor reach out.
 */
export function readXml(text: string): XmlResult {
  if (text.length > MAX_LENGTH) return { ok: false, offset: MAX_LENGTH, reason: 'Too long' };
  const reader = new Reader(text);
  try {
    return { ok: true, root: reader.document() };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, offset: reader.at, reason: error.message };
    throw error;
  }
}

class Reader {
  at = 0;
  private count = 0;

  constructor(private readonly text: string) {}

  document(): XmlElement {
    if (this.text.startsWith('\ufeff')) this.at = 1;
    this.between();
    const stack: Open[] = [];
    let root = this.openTag(stack);
    while (stack.length > 0) root = this.content(stack) ?? root;
    this.between();
    if (this.at < this.text.length) throw new Malformed('Something behind the root element');
    return root;
  }

  /** Comments, processing instructions and white space around the root (§2.1). */
  private between(): void {
    for (;;) {
      this.match(SPACE);
      if (this.text.startsWith('<!--', this.at)) this.skipTo('-->', 4);
      else if (this.text.startsWith('<?', this.at)) this.skipTo('?>', 2);
      else return;
    }
  }

  /** One piece inside the innermost open element. @returns the root once it is closed */
  private content(stack: Open[]): XmlElement | undefined {
    const top = stack.at(-1);
    if (top === undefined) throw new Malformed('Nothing is open');
    const { text } = this;
    const next = text.indexOf('<', this.at);
    if (next < 0) throw new Malformed('The end is missing');
    if (next > this.at) {
      const data = text.slice(this.at, next);
      if (data.includes(']]>')) throw new Malformed('Stray ]]>');
      top.element.text += this.unescape(data);
      this.at = next;
    }
    if (text.startsWith('</', this.at)) return this.closeTag(stack);
    if (text.startsWith('<!--', this.at)) this.skipTo('-->', 4);
    else if (text.startsWith('<![CDATA[', this.at)) {
      const from = this.at + 9;
      this.skipTo(']]>', 9);
      top.element.text += text.slice(from, this.at - 3);
    } else if (text.startsWith('<?', this.at)) this.skipTo('?>', 2);
    else this.openTag(stack);
    return undefined;
  }

  private openTag(stack: Open[]): XmlElement {
    if (this.text[this.at] !== '<' || this.text[this.at + 1] === '!') throw new Malformed('An element was expected');
    this.at += 1;
    this.count += 1;
    if (this.count > MAX_ELEMENTS || stack.length >= MAX_DEPTH) throw new Malformed('Too many elements');
    const qualified = this.name();
    const attributes = this.attributes();
    const scope = scopeOf(attributes, stack.at(-1)?.scope ?? new Map([['xml', XML_NAMESPACE]]));
    const { namespace, name } = resolve(qualified, scope);
    const plain = new Map([...attributes].filter(([key]) => !key.includes(':') && key !== 'xmlns'));
    const element: Open['element'] = { namespace, name, attributes: plain, children: [], text: '' };
    stack.at(-1)?.element.children.push(element);
    if (this.text.startsWith('/>', this.at)) this.at += 2;
    else if (this.text[this.at] === '>') {
      this.at += 1;
      stack.push({ qualified, scope, element });
    } else throw new Malformed('A tag does not end');
    return element;
  }

  private closeTag(stack: Open[]): XmlElement | undefined {
    this.at += 2;
    const top = stack.pop();
    if (top === undefined || this.name() !== top.qualified) throw new Malformed('Tags do not match');
    this.match(SPACE);
    if (this.text[this.at] !== '>') throw new Malformed('A tag does not end');
    this.at += 1;
    return stack.length === 0 ? top.element : undefined;
  }

  private attributes(): Map<string, string> {
    const attributes = new Map<string, string>();
    for (;;) {
      const spaced = this.match(SPACE) !== undefined;
      const character = this.text[this.at];
      if (character === '>' || character === '/' || character === undefined) return attributes;
      if (!spaced || attributes.size >= MAX_ATTRIBUTES) throw new Malformed('Bad attributes');
      const name = this.name();
      this.match(SPACE);
      if (this.text[this.at] !== '=') throw new Malformed('An attribute has no value');
      this.at += 1;
      this.match(SPACE);
      if (attributes.has(name)) throw new Malformed('An attribute is there twice');
      attributes.set(name, this.attributeValue());
    }
  }

  private attributeValue(): string {
    const quote = this.text[this.at];
    const end = quote === '"' || quote === "'" ? this.text.indexOf(quote, this.at + 1) : -1;
    if (end < 0) throw new Malformed('A value is not quoted');
    const raw = this.text.slice(this.at + 1, end);
    if (raw.includes('<')) throw new Malformed('Stray <');
    const value = this.unescape(raw.replaceAll(/[\t\r\n]/g, ' '));
    this.at = end + 1;
    return value;
  }

  private name(): string {
    const name = this.match(NAME);
    if (name === undefined) throw new Malformed('A name was expected');
    return name;
  }

  private unescape(text: string): string {
    if (!text.includes('&')) return text;
    return text.replaceAll(/&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|(\w{1,8}));|&/g, (whole, decimal, hex, entity) => {
      const known = typeof entity === 'string' ? ENTITIES[entity] : undefined;
      if (known !== undefined) return known;
      const code =
        typeof decimal === 'string' ? Number(decimal) : typeof hex === 'string' ? Number.parseInt(hex, 16) : 0;
      if (!isCharacter(code)) throw new Malformed(`Unknown reference ${whole}`);
      return String.fromCodePoint(code);
    });
  }

  private skipTo(end: string, from: number): void {
    const found = this.text.indexOf(end, this.at + from);
    if (found < 0) throw new Malformed(`${end} is missing`);
    this.at = found + end.length;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

/** XML 1.0 §2.2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

function scopeOf(attributes: ReadonlyMap<string, string>, outer: Scope): Scope {
  let scope: Map<string, string> | undefined;
  for (const [key, value] of attributes) {
    if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue;
    scope ??= new Map(outer);
    scope.set(key === 'xmlns' ? '' : key.slice(6), value);
  }
  return scope ?? outer;
}

function resolve(qualified: string, scope: Scope): { namespace: string; name: string } {
  const colon = qualified.indexOf(':');
  const prefix = colon < 0 ? '' : qualified.slice(0, colon);
  const namespace = scope.get(prefix);
  if (namespace === undefined && prefix !== '') throw new Malformed(`Unknown prefix ${prefix}`);
  return { namespace: namespace ?? '', name: qualified.slice(colon + 1) };
}
