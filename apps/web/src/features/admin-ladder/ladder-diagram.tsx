import type { Ladder, LadderMessage } from '@carillon/contracts';
import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { useWidth } from '../../ui/use-width.js';
import { formatDelta, kindOf, sayEntry, seconds, titleOf } from './describe-entry.js';
import classes from './ladder.module.css';
import { layOutLadder, type LadderColumn, type LadderFilter, type LadderRow } from './layout-ladder.js';

export interface LadderViewProps {
  readonly ladder: Ladder;
  readonly filter: LadderFilter;
  /** Index of the open entry. */
  readonly opened: number | null;
  readonly onOpen: (index: number) => void;
  readonly onClose: () => void;
}

const ARROW = 9;
/** Of titles, on the average. */
const TITLE_CHARACTER = 7.9;

/** The ladder as arrows between columns. Arrow keys walk, Enter opens, Escape closes. */
export function LadderDiagram({ ladder, filter, opened, onOpen, onClose }: LadderViewProps) {
  const { ref, width: available } = useWidth<HTMLDivElement>();
  const body = useRef<SVGSVGElement>(null);
  const { columns, rows, width, height, step: apart } = layOutLadder(ladder, filter, available);
  // Beside a message there is less room: notes take more lines, and what is below them moves.
  useLayoutEffect(() => {
    if (opened !== null) body.current?.querySelector(`[data-index="${opened}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [opened, available]);
  const nameOf = (id: string) => columns.find((column) => column.id === id)?.label ?? id;
  const messages = rows.filter(({ entry }) => entry.kind === 'message');
  const reachable = messages.some(({ index }) => index === opened) ? opened : (messages[0]?.index ?? null);
  const walk = (event: KeyboardEvent, index: number) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Enter' || event.key === ' ') onOpen(index);
    if (event.key === 'Escape') onClose();
    if (step === undefined && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    const at = messages.findIndex((row) => row.index === index);
    const next = messages[Math.max(0, Math.min(messages.length - 1, at + (step ?? 0)))];
    if (next === undefined || step === undefined) return;
    onOpen(next.index);
    body.current?.querySelector<SVGGElement>(`[data-index="${next.index}"]`)?.focus();
  };
  return (
    <div ref={ref} className={classes['scroller']} data-testid="ladder-diagram">
      <svg width={width} height={58} className={classes['heads']} aria-hidden>
        {columns.map((column) => (
          <Head key={column.id} column={column} apart={apart} />
        ))}
      </svg>
      <svg
        ref={body}
        width={width}
        height={height}
        role="group"
        aria-label="Ladder diagram: messages from top to bottom"
      >
        {columns.map(({ id, x }) => (
          <line
            key={id}
            x1={x}
            x2={x}
            y1={0}
            y2={height}
            className={classes['lifeline']}
            data-own={id === 'carillon'}
          />
        ))}
        {rows.map((row) =>
          row.entry.kind === 'message' ? (
            <Message
              key={row.index}
              {...{ row, width, apart, nameOf, onOpen }}
              isOpened={row.index === opened}
              isReachable={row.index === reachable}
              onKeyDown={(event) => walk(event, row.index)}
            />
          ) : (
            <Note key={row.index} row={row} width={width} />
          ),
        )}
      </svg>
    </div>
  );
}

function Head({ column: { x, label, detail, kind }, apart }: { column: LadderColumn; apart: number }) {
  const fitting = Math.floor((apart - 6) / 7.6);
  return (
    <g className={classes['headText']} data-own={kind === 'carillon'}>
      <text x={x} y={24} textAnchor="middle" className={classes['headName']}>
        <Shortened text={label} most={fitting} />
      </text>
      <text x={x} y={43} textAnchor="middle" className={classes['headDetail']}>
        <Shortened text={detail ?? WHAT[kind]} most={fitting} />
      </text>
    </g>
  );
}

const WHAT = { caller: 'Caller', carillon: 'This system', callee: 'Called', application: 'Inside Carillon' } as const;

interface MessageProps {
  readonly row: LadderRow;
  readonly width: number;
  /** Pixels from one column to the next. */
  readonly apart: number;
  readonly nameOf: (participant: string) => string;
  readonly isOpened: boolean;
  /** The one that Tab leads to. */
  readonly isReachable: boolean;
  readonly onOpen: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function Message({ row, width, apart, nameOf, isOpened, isReachable, onOpen, onKeyDown }: MessageProps) {
  const { entry, y, height, from, to } = row;
  if (entry.kind !== 'message' || from === undefined || to === undefined) return null;
  const line = y + height - 10;
  const kind = kindOf(entry);
  // Half a column to either side of an arrow is free, and badges need some of it.
  const whole = titleOf(entry);
  const title = shorten(whole, Math.floor((Math.abs(to - from) + apart - 40) / TITLE_CHARACTER));
  return (
    <>
      <g
        role="button"
        tabIndex={isReachable ? 0 : -1}
        aria-pressed={isOpened}
        aria-label={sayEntry(entry, nameOf)}
        data-index={row.index}
        data-kind={kind}
        data-opened={isOpened}
        className={classes['message']}
        onClick={() => onOpen(row.index)}
        onKeyDown={onKeyDown}
      >
        {title !== whole && <title>{whole}</title>}
        <rect x={2} y={y} width={width - 4} height={height} rx={6} className={classes['hit']} />
        <text x={(from + to) / 2} y={line - 8} textAnchor="middle" className={classes['title']}>
          {title}
        </text>
      </g>
      <MessageArrow {...{ row, entry, from, to, line, kind, title }} />
    </>
  );
}

interface MessageArrowProps {
  readonly row: LadderRow;
  readonly entry: LadderMessage;
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly kind: string;
  readonly title: string;
}

/** What the name of the message says already, for eyes alone. */
function MessageArrow({ row: { y, height, offset, delta }, entry, from, to, line, kind, title }: MessageArrowProps) {
  const tip = to > from ? -1 : 1;
  const beside = (from + to) / 2 + (title.length * TITLE_CHARACTER) / 2 + 8;
  return (
    <g aria-hidden className={classes['drawn']} data-kind={kind}>
      <Times {...{ y, height, offset, delta }} />
      {entry.sdp && <Badge x={beside} y={line - 20} text="SDP" />}
      {entry.repeats > 0 && (
        <Badge x={beside + (entry.sdp ? 38 : 0)} y={line - 20} text={`×${entry.repeats + 1}`} isRepeat />
      )}
      <line x1={from} x2={to + tip * ARROW} y1={line} y2={line} className={classes['line']} />
      <polygon
        points={`${to},${line} ${to + tip * ARROW},${line - 5} ${to + tip * ARROW},${line + 5}`}
        className={classes['tip']}
      />
    </g>
  );
}

function Badge({ x, y, text, isRepeat = false }: { x: number; y: number; text: string; isRepeat?: boolean }) {
  const width = text.length * 7.5 + 10;
  return (
    <g data-repeat={isRepeat}>
      <rect x={x} y={y} width={width} height={16} rx={4} className={classes['badge']} />
      <text x={x + width / 2} y={y + 12} textAnchor="middle" className={classes['badgeText']}>
        {text}
      </text>
    </g>
  );
}

function Note({ row: { entry, lines, y, height, from, to, offset, delta }, width }: { row: LadderRow; width: number }) {
  if (entry.kind !== 'note') return null;
  const left = 92;
  const textHeight = lines.length * 18 + 8;
  const line = y + height - 7;
  return (
    <g data-category={entry.category} className={classes['note']}>
      <Times {...{ y, height: textHeight, offset, delta }} />
      <rect x={left} y={y + 3} width={width - left - 12} height={textHeight} rx={8} className={classes['band']} />
      {lines.map((text, index) => (
        <text key={index} x={(left + width - 12) / 2} y={y + 20 + index * 18} textAnchor="middle">
          {text}
        </text>
      ))}
      {from !== undefined && to !== undefined && (
        <>
          <line x1={from} x2={to - ARROW} y1={line} y2={line} className={classes['inner']} />
          <polygon
            points={`${to},${line} ${to - ARROW},${line - 5} ${to - ARROW},${line + 5}`}
            className={classes['tip']}
          />
        </>
      )}
    </g>
  );
}

function Times({ y, height, offset, delta }: { y: number; height: number; offset: number; delta: number }) {
  const base = y + height / 2 + 1;
  return (
    <g className={classes['times']}>
      <text x={80} y={base} textAnchor="end">
        {seconds(offset)}
      </text>
      <text x={80} y={base + 13} textAnchor="end" className={classes['delta']}>
        {offset === 0 ? '' : formatDelta(delta)}
      </text>
    </g>
  );
}

/** Where it is cut, the whole is shown to who points at it. */
function Shortened({ text, most }: { text: string; most: number }) {
  const shown = shorten(text, most);
  return (
    <>
      {shown !== text && <title>{text}</title>}
      {shown}
    </>
  );
}

const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
