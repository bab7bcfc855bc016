import type { Attribute } from '../session-description.js';

interface WithAttributes {
  readonly attributes: readonly Attribute[];
}

/** The first attribute of that name; undefined where absent, '' where it is a bare property. */
export function attributeValue(section: WithAttributes, name: string): string | undefined {
  const found = section.attributes.find((attribute) => attribute.name === name);
  return found === undefined ? undefined : (found.value ?? '');
}

/** Every value of that name, in order. */
export function attributeValues(section: WithAttributes, name: string): string[] {
  return section.attributes.filter((attribute) => attribute.name === name).map((attribute) => attribute.value ?? '');
}

export function hasAttribute(section: WithAttributes, name: string): boolean {
  return section.attributes.some((attribute) => attribute.name === name);
}
