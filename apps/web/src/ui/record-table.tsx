import { Box } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './record-table.module.css';

export interface Column<Row> {
  /** Also the label beside the value on small screens. Empty for actions. */
  header: string;
  render: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  /** CSS width on wide screens. */
  width?: string;
  /** For what is short and means little in pieces, such as a time: long names beside it break instead. */
  whole?: boolean;
}

interface RecordTableProps<Row> {
  /** What the table lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  testIdOf?: (row: Row) => string;
}

/** A table that becomes a list of cards on a phone-sized screen. Roles are given, since `display` would undo them. */
export function RecordTable<Row>({ label, columns, rows, keyOf, testIdOf }: RecordTableProps<Row>) {
  return (
    <Box className={classes['frame']}>
      <table className={classes['table']} role="table" aria-label={label}>
        <thead role="rowgroup" className={classes['head']}>
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.header}
                role="columnheader"
                scope="col"
                style={{
                  textAlign: column.align ?? 'left',
                  ...(column.width !== undefined && { width: column.width }),
                }}
              >
                {column.header === '' ? <span className={classes['hidden']}>Actions</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" data-testid={testIdOf?.(row)}>
              {columns.map((column) => (
                <td key={column.header} role="cell" data-label={column.header} data-align={column.align ?? 'left'}>
                  <div className={classes['value']} data-whole={column.whole}>
                    {column.render(row)}
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}
