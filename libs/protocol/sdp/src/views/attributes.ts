import type { Attribute } from '../session-description.js';

interface WithAttributes {
  readonly attributes: readonly Attribute[];
}

/** The first attribute of that name; undefined where absent, '' where it is a bare property. */
export function attributeValue({ attributes }: WithAttributes, name: string): string | undefined {
  for (const attribute of attributes) if (attribute.name === name) return attribute.value ?? '';
  return undefined;
}

const NONE: readonly string[] = [];

/** Every value of that name, in order. */
export function attributeValues({ attributes }: WithAttributes, name: string): readonly string[] {
  let values: string[] | undefined;
  for (const attribute of attributes) if (attribute.name === name) (values ??= []).push(attribute.value ?? '');
  return values ?? NONE;
}

export function hasAttribute({ attributes }: WithAttributes, name: string): boolean {
  for (const attribute of attributes) if (attribute.name === name) return true;
  return false;
}
