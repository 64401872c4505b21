import type { Page } from '@playwright/test';

import { expect, open, test } from '../support/fixtures';

const CSV = 'city,people,founded\nBrno,402739,1243-01-01\nPlzeň,185599,1295-01-01\n';

/** A name no other test has: the tests of a worker share one instance. */
function freshName(stem: string): string {
  return `${stem}_${Math.random().toString(36).slice(2, 8)}`;
}

async function upload(admin: Page, name: string, readers: RegExp): Promise<void> {
  await admin.getByRole('link', { name: 'Upload a file' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Upload a file' });
  await dialog.getByLabel('File').setInputFiles({ name: 'cities.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await dialog.getByLabel('Table name').fill(name);
  await dialog.getByRole('radio', { name: readers }).check();
  await dialog.getByRole('button', { name: 'Upload' }).click();
  await expect(admin.getByText(`Stored the file for ${name}`)).toBeVisible();
}

/** Reloads the list until the sync after an upload has published the table. */
async function published(admin: Page, name: string): Promise<void> {
  await expect(async () => {
    await admin.goto('/admin/tables');
    await expect(admin.getByRole('row', { name: new RegExp(name) })).toContainText('Fresh', { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
}

test('an uploaded file becomes a table that everybody finds in the catalog', async ({ admin, analyst, mode }) => {
  const name = freshName('cities');
  await open(admin, '/admin/tables', mode);
  await upload(admin, name, /Everyone who signs in/);
  await published(admin, name);

  await open(analyst, `/catalog/tables/${name}`, mode);
  const sample = analyst.getByRole('region', { name: 'Sample rows' }).last();
  await expect(sample).toContainText('Plzeň');
  await expect(analyst.getByRole('row', { name: /founded/ }).first()).toContainText('DATE');
});

test('a table is registered, edited and removed, its name typed to confirm', async ({ admin, mode }) => {
  const name = freshName('weather');
  await open(admin, '/admin/tables', mode);
  await admin.getByRole('link', { name: 'Register a table' }).click();
  const register = admin.getByRole('dialog', { name: 'Register a table' });
  await register.getByLabel('Name', { exact: true }).fill(name);
  await register.getByLabel('Source').fill('csv');
  await register.getByLabel('File').fill('weather-*.csv');
  await register.getByRole('radio', { name: /Only who is granted it/ }).check();
  await register.getByRole('button', { name: 'Register' }).click();
  await expect(admin.getByText(`Registered ${name}.`)).toBeVisible();

  await admin.getByRole('link', { name: `Edit ${name}` }).click();
  const edit = admin.getByRole('dialog', { name: `Edit ${name}` });
  await edit.getByLabel('Description').fill('Rain and sun by day');
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText(`Saved ${name}.`)).toBeVisible();

  await admin.getByRole('link', { name: `Remove ${name}` }).click();
  const remove = admin.getByRole('dialog', { name: `Remove ${name}` });
  await remove.getByLabel('Name of the table').fill('something else');
  await remove.getByRole('button', { name: 'Remove this table' }).click();
  await expect(admin.getByText(`Type ${name} to remove it. Nothing was removed.`)).toBeVisible();

  await remove.getByLabel('Name of the table').fill(name);
  await remove.getByRole('button', { name: 'Remove this table' }).click();
  await expect(admin.getByText(`Removed ${name}.`)).toBeVisible();
  await expect(admin.getByRole('link', { name: `Edit ${name}` })).toHaveCount(0);
});

test('syncing now says what came of it', async ({ admin, mode }) => {
  await open(admin, '/admin/tables', mode);
  await admin.getByRole('button', { name: 'Sync orders', exact: true }).click();
  await expect(admin.getByText('The sync has started.')).toBeVisible();
  await expect(async () => {
    // Without a script the page is asked again, as it says itself.
    if (mode !== 'hydrated') await admin.goto('/admin/tables');
    await expect(admin.getByRole('region', { name: 'Last sync' })).toContainText('Done', { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
});

test('an analyst has no business there', async ({ analyst }) => {
  const answer = await analyst.goto('/admin/tables');
  expect(answer?.status()).toBe(403);
  await expect(analyst.getByRole('heading', { name: 'This is not open to you' })).toBeVisible();
  await expect(analyst.getByRole('link', { name: 'Go to home' })).toBeVisible();
});
