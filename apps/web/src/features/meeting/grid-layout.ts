export interface GridLayout {
  readonly columns: number;
  /** CSS pixels. */
  readonly tileWidth: number;
  readonly tileHeight: number;
}

const RATIO = 16 / 9;
/** On narrow, high screens tiles may be as high as they are wide. */
const MIN_RATIO = 1;

/** The number of columns that makes the tiles of `count` participants largest in a space of so many pixels. */
export function gridLayout(count: number, width: number, height: number, gap = 12): GridLayout {
  let best: GridLayout = { columns: 1, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const ratio = Math.min(RATIO, Math.max(MIN_RATIO, cellWidth / cellHeight));
    const tileWidth = Math.min(cellWidth, cellHeight * ratio);
    const tileHeight = tileWidth / ratio;
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight) {
      best = { columns, tileWidth: Math.floor(tileWidth), tileHeight: Math.floor(tileHeight) };
    }
  }
  return best;
}
