import { isToken } from './characters.js';
import { endOfComment, unescapeComment } from './comment.js';

/** One piece of User-Agent or Server (RFC 3261 §20.35, §20.41): a product, or a remark about it. */
export type Product = { readonly name: string; readonly version: string | undefined } | { readonly comment: string };

/** Most pieces looked at. */
const MAX_PIECES = 32;

/** `Name/1.2 (comment) Other` in order. @returns undefined when malformed, as many senders are: the text still counts */
export function parseProducts(text: string): readonly Product[] | undefined {
  const products: Product[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    if (products.length >= MAX_PIECES) return undefined;
    const end = text[at] === '(' ? endOfComment(text, at) : endOfWord(text, at);
    if (end < 0) return undefined;
    const piece = text.slice(at, end);
    at = end;
    if (piece.startsWith('(')) products.push({ comment: unescapeComment(piece.slice(1, -1)) });
    else {
      const slash = piece.indexOf('/');
      const name = slash < 0 ? piece : piece.slice(0, slash);
      const version = slash < 0 ? undefined : piece.slice(slash + 1);
      if (!isToken(name) || (version !== undefined && !isToken(version))) return undefined;
      products.push({ name, version });
    }
  }
  return products.length === 0 ? undefined : products;
}

export function buildProducts(products: readonly Product[]): string {
  return products.map(buildProduct).join(' ');
}

function buildProduct(product: Product): string {
  if ('comment' in product) return `(${product.comment.replace(/[\r\n]+/g, ' ').replace(/[()\\]/g, '\\$&')})`;
  return product.version === undefined ? product.name : `${product.name}/${product.version}`;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ' ' && text[at] !== '\t' && text[at] !== '(') at++;
  return at;
}
