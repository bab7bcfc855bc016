import { Grid, Stack } from '@mantine/core';
import { Page } from '../../ui/page.js';
import { useMe } from '../../api/queries.js';
import { Dialler } from './dialler.js';
import { Directory } from './directory.js';
import { MyCalls } from './my-calls.js';
import { MyLiveCalls } from './my-live-calls.js';

/** The user's phone: what goes on now, what was, and everyone to call. */
export function PhonePage() {
  const me = useMe();
  return (
    <Page
      title="Phone"
      description={
        me.extension === null
          ? 'You have no extension yet. An administrator can give you one.'
          : `Your extension is ${me.extension}`
      }
    >
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Dialler />
            <MyLiveCalls />
            <MyCalls />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Directory />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
