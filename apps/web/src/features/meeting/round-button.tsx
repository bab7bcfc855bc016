import { Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import classes from './meeting.module.css';

interface RoundButtonProps extends ComponentPropsWithRef<'button'> {
  label: string;
  /** `off`: a device that is off; `active`: something that goes on; `end`: leaving. */
  kind?: 'plain' | 'off' | 'active' | 'end';
  children: ReactNode;
}

/** A button of a meeting's bar. */
export function RoundButton({ label, kind = 'plain', children, ...rest }: RoundButtonProps) {
  return (
    <Tooltip label={label}>
      <button type="button" {...rest} aria-label={label} className={classes['round']} data-kind={kind}>
        {children}
      </button>
    </Tooltip>
  );
}
