import { request } from '@playwright/test';

import { expect, open, test } from '../support/fixtures';

test('a token is shown once, works, and stops working when revoked', async ({ visitor, mode, newcomer, instance }) => {
  await newcomer.signIn(visitor);
  await open(visitor, '/tokens', mode);
  await visitor.getByLabel('What is it for').fill('nightly report');
  await visitor.getByLabel('Expires').selectOption('30');
  await visitor.getByRole('button', { name: 'Create' }).click();

  const shown = visitor.getByRole('status').filter({ hasText: 'Copy it now' });
  await expect(shown).toBeVisible();
  const token = (await shown.locator('code').innerText()).trim();
  const client = await request.newContext({
    baseURL: instance.address,
    extraHTTPHeaders: { Authorization: `Bearer ${token}` },
  });
  expect((await client.get('/api/catalog/tables')).status()).toBe(200);

  await open(visitor, '/tokens', mode);
  await expect(visitor.getByText('Copy it now'), 'shown once').toHaveCount(0);
  await visitor.getByRole('link', { name: 'Revoke nightly report' }).click();
  await visitor.getByRole('dialog').getByRole('button', { name: 'Revoke this token' }).click();
  await expect(visitor.getByText('Revoked nightly report.')).toBeVisible();
  expect((await client.get('/api/catalog/tables')).status()).toBe(401);
  await client.dispose();
});
