import type { IvrMenu } from '@carillon/contracts';
import { IvrMenuId, newId } from '@carillon/domain';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderStored } from '../../testing/render-stored.js';
import { serve } from '../../testing/serve.js';
import { TestPage } from '../../testing/test-page.js';
import { MenuEditor } from './menu-editor.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('MenuEditor', () => {
  it('draws each key as it is added, and asks for its target before it saves', async () => {
    const fetcher = vi.fn<typeof fetch>();
    vi.stubGlobal('fetch', fetcher);
    render(<TestPage path="/" element={<MenuEditor menu={null} users={[]} groups={[]} />} />);
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Name/), 'Main');
    await user.type(screen.getByLabelText(/^Extension/), '1200');
    await user.type(screen.getByLabelText(/What callers hear/), 'Welcome');
    await user.click(screen.getByRole('button', { name: 'Add a key' }));
    await user.click(screen.getByRole('button', { name: 'Add a key' }));

    const tree = within(screen.getByRole('list', { name: 'What each key does' }));
    expect(tree.getAllByText('Ring a group: not chosen')).toHaveLength(2);
    expect(screen.getByRole('group', { name: 'Key 2' })).toBeTruthy();

    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getAllByText('Choose where this key leads')).toHaveLength(2);
    expect(fetcher).not.toHaveBeenCalled();
  });

  it('saves its keys beside those that another administrator has saved meanwhile', async () => {
    const menu: IvrMenu = {
      ...{ ivrMenuId: newId(IvrMenuId), name: 'Main', extension: '1200', welcomeText: 'Welcome', operatorUserId: null },
      ...{ timeoutSeconds: 5, maxRetries: 2, entries: [{ digit: '1', action: { kind: 'repeat' } }] },
    };
    const fetcher = serve({ PUT: [200, menu] });
    const store = renderStored(menu, (stored) => <MenuEditor menu={stored} users={[]} groups={[]} />);
    const user = userEvent.setup();
    await user.click(screen.getByRole('button', { name: 'Add a key' }));
    await user.click(within(screen.getByRole('group', { name: 'Key 2' })).getByRole('combobox', { name: 'Action' }));
    await user.click(await screen.findByRole('option', { name: 'Hang up' }));
    store({
      ...{ ...menu, welcomeText: 'Good morning' },
      entries: [...menu.entries, { digit: '9', action: { kind: 'dial-extension' } }],
    });
    await screen.findByRole('group', { name: 'Key 9' });
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(fetcher).toHaveBeenCalled());
    const body = fetcher.mock.calls[0]?.[1]?.body;
    expect(JSON.parse(typeof body === 'string' ? body : '')).toMatchObject({
      welcomeText: 'Good morning',
      entries: [
        { digit: '1', action: { kind: 'repeat' } },
        { digit: '2', action: { kind: 'hang-up' } },
        { digit: '9', action: { kind: 'dial-extension' } },
      ],
    });
  });

  it('marks what the contract refuses beside its field', async () => {
    render(<TestPage path="/" element={<MenuEditor menu={null} users={[]} groups={[]} />} />);
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Extension/), '1');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText(/An extension has 2 to 8 digits/)).toBeTruthy();
  });
});
