import {
  ActionIcon,
  Badge,
  Button,
  Card,
  createTheme,
  Drawer,
  Loader,
  Menu,
  Modal,
  Notification,
  Paper,
  Table,
  Tooltip,
  type MantineColorsTuple,
} from '@mantine/core';

/** The patina of old bells: the one accent. Shade 7 carries white text at 6.6:1. */
const verdigris: MantineColorsTuple = [
  '#e9f6f7',
  '#d2eaec',
  '#a6d6da',
  '#74bfc6',
  '#45a5ae',
  '#1f8b96',
  '#11757f',
  '#0b6570',
  '#084f58',
  '#053d45',
];

/** Neutrals with a breath of the accent, so that nothing looks plain grey beside it. */
const gray: MantineColorsTuple = [
  '#f6f8f8',
  '#eef2f2',
  '#e1e7e7',
  '#d0d8d9',
  '#b3bebf',
  '#8b989a',
  '#5e6c6e',
  '#475557',
  '#2f3b3d',
  '#1a2325',
];
const dark: MantineColorsTuple = [
  '#e4eaeb',
  '#c3cdce',
  '#a2aeb0',
  '#7a888b',
  '#3d4a4d',
  '#2c383a',
  '#202a2c',
  '#171f21',
  '#0f1617',
  '#0a0f10',
];

export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 7 },
  colors: { verdigris, gray, dark },
  white: '#ffffff',
  black: '#142022',
  autoContrast: true,
  luminanceThreshold: 0.32,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  fontFamily:
    'ui-sans-serif, "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Liberation Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.45' },
    },
  },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
    Badge: Badge.extend({
      defaultProps: { variant: 'light', radius: 'sm' },
      styles: { root: { textTransform: 'none', fontWeight: 600, fontSize: '0.78rem' } },
    }),
    Button: Button.extend({ styles: { label: { fontWeight: 600 } } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', size: 'lg', closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 650, fontSize: '1.1875rem', overflowWrap: 'anywhere' } },
    }),
    Loader: Loader.extend({ defaultProps: { size: 'sm' } }),
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 650, fontSize: '1.125rem', overflowWrap: 'anywhere' } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } }),
    Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: true } }),
  },
});
