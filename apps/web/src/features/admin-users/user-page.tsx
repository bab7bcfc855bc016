import { Anchor, Badge, Grid, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useParams } from 'react-router';
import { call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { keyOf } from '../../api/query-keys.js';
import { Loaded } from '../../ui/loaded.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { Page } from '../../ui/page.js';
import { DeviceList } from './device-list.js';
import { UserAccess } from './user-access.js';
import { UserForm } from './user-form.js';

/** One user: who they are, their phones, and their access. */
export function UserPage() {
  const { userId = '' } = useParams();
  // Of the list that led here.
  const { search } = useLocation();
  const user = useQuery({
    queryKey: keyOf('getUser', userId),
    queryFn: ({ signal }) => call('getUser', { params: { userId }, signal }),
  });
  if (user.error instanceof ApiFailure && user.error.details.status === 404)
    return (
      <Page title="User">
        <MissingRecord what="user" way={{ pathname: '/admin/users', search }} />
      </Page>
    );
  return (
    <Page
      title={user.data?.displayName ?? 'User'}
      description={
        <Group gap="xs" component="span">
          <Anchor component={Link} to={{ pathname: '/admin/users', search }} size="sm">
            All users
          </Anchor>
          {user.data?.disabled === true && <Badge color="gray">Disabled</Badge>}
        </Group>
      }
    >
      <Loaded query={user} what="this user">
        {(data) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 5 }}>
              <UserForm key={data.userId} user={data} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Stack gap="lg">
                <DeviceList user={data} />
                <UserAccess user={data} />
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </Page>
  );
}
