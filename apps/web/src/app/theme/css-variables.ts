import type { CSSVariablesResolver } from '@mantine/core';

/** Text on the tinted backgrounds of badges and alerts: background and text by colour. */
const TINTS = {
  light: {
    gray: ['#e9eeee', '#334042'],
    red: ['#ffe6e6', '#9b1c1c'],
    pink: ['#ffe3ee', '#8d1b4d'],
    blue: ['#dceeff', '#0f4a80'],
    teal: ['#d9f4ea', '#075c44'],
    yellow: ['#fff1c9', '#6f4a00'],
    orange: ['#ffead6', '#863a07'],
  },
  dark: {
    gray: ['#2c383a', '#c3cdce'],
    red: ['#46201f', '#ffb3b0'],
    pink: ['#451f30', '#ffb0cf'],
    blue: ['#182f4a', '#a9d2ff'],
    teal: ['#123a30', '#8be0c4'],
    yellow: ['#40320f', '#ffdc85'],
    orange: ['#452a14', '#ffc08f'],
  },
} as const;

const tints = (scheme: keyof typeof TINTS) =>
  Object.fromEntries(
    Object.entries(TINTS[scheme]).flatMap(([name, [background, text]]) => [
      [`--mantine-color-${name}-light`, background],
      [`--mantine-color-${name}-light-color`, text],
    ]),
  );

/**
 * Colours by scheme. Dimmed and placeholder text, errors and links keep at least 4.5:1 on every surface they are
 * put on (WCAG 2.2 §1.4.3); borders of fields keep 3:1 where they alone show the field (§1.4.11).
 */
export const cssVariables: CSSVariablesResolver = (theme) => ({
  variables: {
    '--carillon-presence-available': '#2f9e44',
    '--carillon-presence-away': '#e08e0b',
    '--carillon-presence-in-a-call': '#d6336c',
    '--carillon-presence-offline': '#8b989a',
  },
  light: {
    ...tints('light'),
    '--mantine-color-body': '#ffffff',
    '--carillon-canvas': '#f3f6f6',
    '--carillon-surface': '#ffffff',
    '--carillon-raised': '#ffffff',
    '--carillon-line': '#dde4e4',
    '--carillon-line-strong': '#8b989a',
    '--carillon-bubble': '#e4eaea',
    '--carillon-selected': '#e2f1f2',
    '--mantine-color-text': theme.black,
    '--mantine-color-dimmed': '#56646a',
    '--mantine-color-placeholder': '#66747a',
    '--mantine-color-error': '#c02626',
    '--mantine-color-anchor': '#0b6570',
    '--mantine-color-default-border': '#cfd8d9',
    '--mantine-color-gray-text': '#475557',
  },
  dark: {
    ...tints('dark'),
    '--mantine-color-body': '#171f21',
    '--carillon-canvas': '#0f1617',
    '--carillon-surface': '#171f21',
    '--carillon-raised': '#202a2c',
    '--carillon-line': '#2a3537',
    '--carillon-line-strong': '#6d7b7e',
    '--carillon-bubble': '#27332f',
    '--carillon-selected': '#123a40',
    '--mantine-color-text': '#e4eaeb',
    '--mantine-color-dimmed': '#a2aeb0',
    '--mantine-color-placeholder': '#93a0a2',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-anchor': '#74bfc6',
    '--mantine-color-default': '#202a2c',
    '--mantine-color-default-hover': '#2a3537',
    '--mantine-color-default-border': '#3d4a4d',
    '--mantine-color-gray-text': '#c3cdce',
  },
});
