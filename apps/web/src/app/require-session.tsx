import { Center } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation, useNavigate } from 'react-router';
import { api } from '../api/api.js';
import { ApiFailure } from '../api/api-failure.js';
import { meQuery } from '../api/queries.js';
import { RealtimeClient } from '../api/realtime-client.js';
import { RealtimeProvider } from '../api/realtime-context.js';
import { FirstLogin } from '../features/session/first-login.js';
import { ErrorState } from '../ui/error-state.js';
import { PresenceReport } from './presence-report.js';
import { RealtimeSync } from './realtime-sync.js';
import { Splash } from './splash.js';

/** Lets only logged-in users below it, with the realtime connection that all their pages share. */
export function RequireSession() {
  const me = useQuery(meQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const location = useLocation();
  const [realtime] = useState(() => new RealtimeClient());
  const next = encodeURIComponent(`${location.pathname}${location.search}`);

  useEffect(() => {
    api.onSessionLost = () => {
      queries.clear();
      void navigate(`/login?expired=1&next=${next}`, { replace: true });
    };
    return () => {
      api.onSessionLost = () => {};
    };
  }, [queries, navigate, next]);

  if (me.error instanceof ApiFailure && me.error.details.status === 401) {
    if (me.data !== undefined) return <Navigate to={`/login?expired=1&next=${next}`} replace />;
    return <Navigate to={location.pathname === '/' ? '/login' : `/login?next=${next}`} replace />;
  }
  if (me.data === undefined) {
    if (me.error === null) return <Splash />;
    return (
      <Center component="main" mih="100dvh" p="md">
        <ErrorState error={me.error} onRetry={() => void me.refetch()} what="Carillon" />
      </Center>
    );
  }
  if (me.data.mustChangePassword) return <FirstLogin />;
  return (
    <RealtimeProvider client={realtime}>
      <RealtimeSync />
      <PresenceReport />
      <Outlet />
    </RealtimeProvider>
  );
}
