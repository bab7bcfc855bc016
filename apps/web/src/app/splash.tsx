import { Center } from '@mantine/core';
import { LogoMark } from './logo.js';
import classes from './splash.module.css';

/** What is seen while the first page is on its way. */
export function Splash() {
  return (
    <Center mih="100dvh" role="status" aria-label="Carillon is loading">
      <div className={classes['swing']}>
        <LogoMark size={56} />
      </div>
    </Center>
  );
}
