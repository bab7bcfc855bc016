import { Page } from '../../ui/page.js';
import { LiveCallTable } from './live-call-table.js';

/** Every call of the organisation at this moment. */
export function LiveCallsPage() {
  return (
    <Page title="Live calls" description="As they happen, without reloading.">
      <LiveCallTable />
    </Page>
  );
}
