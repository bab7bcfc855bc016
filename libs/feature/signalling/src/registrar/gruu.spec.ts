import { parseSipOrSipsUri } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { GruuSeal, newGruuId, publicGruu, readGruu } from './gruu.js';

const INSTANCE = 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
const seal = new GruuSeal('key of one organisation');
const at = { scheme: 'sip', host: 'example.com' } as const;

describe('public GRUUs (RFC 5627 §A.1)', () => {
  it('are those of the RFC (§9)', () => {
    const gruu = publicGruu({ ...at, user: 'callee' }, INSTANCE);
    expect(gruu).toBe(`sip:callee@example.com;gr=${INSTANCE}`);
    expect(readGruu(gruu, seal)).toEqual({ kind: 'public', user: 'callee', instance: INSTANCE });
  });

  it('escape what a parameter may not hold', () => {
    const odd = 'urn:x:a;b=<c> "é"';
    const gruu = publicGruu({ ...at, user: 'a' }, odd);
    expect(gruu).toBe('sip:a@example.com;gr=urn:x:a%3Bb%3D%3Cc%3E%20%22%C3%A9%22');
    expect(readGruu(gruu, seal)).toMatchObject({ instance: odd });
  });

  it('are none without gr', () => {
    expect(readGruu('sip:callee@example.com', seal)).toBeUndefined();
    expect(readGruu('tel:+123;gr=x', seal)).toBeUndefined();
  });
});

describe('temporary GRUUs (RFC 5627 §A.2)', () => {
  it('lead to their instance, and no two are alike', () => {
    const id = newGruuId();
    const gruus = Array.from({ length: 500 }, () => seal.temporaryGruu(at, id));
    expect(new Set(gruus).size).toBe(500);
    for (const gruu of gruus) {
      expect(readGruu(gruu, seal)).toEqual({ kind: 'temporary', gruuId: id });
      expect(parseSipOrSipsUri(gruu)?.user).toHaveLength(42);
    }
  });

  it('show nothing that two of one instance have in common', () => {
    const id = newGruuId();
    const users = [0, 1].map(() => parseSipOrSipsUri(seal.temporaryGruu(at, id))?.user?.slice(6) ?? '');
    const alike = [...(users[0] ?? '')].filter((character, index) => character === users[1]?.[index]).length;
    expect(alike).toBeLessThan(8);
  });

  it('are invalid where changed, cut, or made with another key', () => {
    const gruu = seal.temporaryGruu(at, newGruuId());
    const changed = gruu.replace(/tgruu\.(.)/, (_, first: string) => `tgruu.${first === 'A' ? 'B' : 'A'}`);
    for (const wrong of [changed, gruu.replace(/.@/, '@'), 'sip:tgruu.@example.com;gr'])
      expect(readGruu(wrong, seal)).toEqual({ kind: 'invalid' });
    expect(readGruu(gruu, new GruuSeal('another key'))).toEqual({ kind: 'invalid' });
  });
});
