import { describe, expect, it } from 'vitest';
import { gridLayout } from './grid-layout.js';

describe('gridLayout', () => {
  it('gives one participant the whole width in 16:9', () => {
    const layout = gridLayout(1, 1600, 900);
    expect(layout).toEqual({ columns: 1, tileWidth: 1600, tileHeight: 900 });
  });

  it('stacks two on a phone and puts them side by side on a desktop', () => {
    expect(gridLayout(2, 336, 600).columns).toBe(1);
    expect(gridLayout(2, 1600, 700).columns).toBe(2);
  });

  it.each([1, 2, 3, 5, 9, 16, 25])('keeps %i tiles inside of the space', (count) => {
    const { columns, tileWidth, tileHeight } = gridLayout(count, 1280, 640, 12);
    const rows = Math.ceil(count / columns);
    expect(columns * tileWidth + (columns - 1) * 12).toBeLessThanOrEqual(1280);
    expect(rows * tileHeight + (rows - 1) * 12).toBeLessThanOrEqual(640);
    expect(tileWidth).toBeGreaterThan(100);
  });

  it('answers tiles of no size where there is no space yet', () => {
    expect(gridLayout(4, 0, 0)).toEqual({ columns: 1, tileWidth: 0, tileHeight: 0 });
  });
});
