import { useMediaQuery } from '@mantine/hooks';
import { Suspense } from 'react';
import { Outlet, useNavigation } from 'react-router';
import { SkeletonRows } from '../../ui/loaded.js';
import { BottomBar } from './bottom-bar.js';
import { ConnectionBanner } from './connection-banner.js';
import classes from './shell.module.css';
import { Shortcuts } from './shortcuts.js';
import { SideNavigation } from './side-navigation.js';

/** Navigation beside the page on wide screens, below it on phones. */
export function Shell() {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const busy = useNavigation().state === 'loading';
  return (
    <div className={classes['shell']}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      {!narrow && <SideNavigation />}
      <main id="content" className={classes['content']} tabIndex={-1} aria-busy={busy}>
        {busy && <div className={classes['progress']} aria-hidden />}
        <ConnectionBanner />
        <Suspense fallback={<SkeletonRows />}>
          <Outlet />
        </Suspense>
      </main>
      {narrow && <BottomBar />}
      <Shortcuts />
    </div>
  );
}
