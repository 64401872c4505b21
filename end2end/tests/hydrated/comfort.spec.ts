import { expect, hydrated, open, problems, test } from '../../support/fixtures';

// What a script adds: nothing here is the only way to anything.

test('moving between pages loads no document anew and complains about nothing', async ({ analyst, mode }) => {
  await open(analyst, '/dashboard', mode);
  await analyst.evaluate(() => Object.assign(window, { stillHere: true }));
  await analyst.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Catalog' }).click();
  await expect(analyst.getByRole('heading', { name: 'Catalog', level: 1 })).toBeVisible();
  await analyst.getByRole('link', { name: 'orders', exact: true }).click();
  await expect(analyst.getByRole('heading', { name: 'orders', level: 1 })).toBeVisible();
  await analyst.goBack();
  await expect(analyst.getByRole('heading', { name: 'Catalog', level: 1 })).toBeVisible();
  expect(await analyst.evaluate(() => 'stillHere' in window), 'the same document').toBe(true);
  expect(problems(analyst)).toEqual([]);
});

test('the slash key goes to the search', async ({ analyst, mode }) => {
  await open(analyst, '/catalog', mode);
  await analyst.keyboard.press('/');
  await expect(analyst.getByRole('searchbox', { name: 'Search tables' })).toBeFocused();
});

test('searching lists as one types', async ({ analyst, mode }) => {
  await open(analyst, '/catalog', mode);
  await analyst.getByRole('searchbox', { name: 'Search tables' }).pressSequentially('camp');
  await expect(analyst.getByRole('rowheader').getByRole('link')).toHaveText(['campaigns']);
  await expect(analyst).toHaveURL(/[?&]q=camp/);
});

test('a dialog holds the focus and gives it back', async ({ admin, mode }) => {
  await open(admin, '/admin/access', mode);
  await admin.getByRole('link', { name: 'New group' }).click();
  const dialog = admin.getByRole('dialog', { name: 'New group' });
  await expect(dialog).toBeVisible();
  await admin.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(admin).toHaveURL(/\/admin\/access(\?group=.*)?$/);
});

test('light and dark are switched and remembered', async ({ analyst, mode }) => {
  await open(analyst, '/dashboard', mode);
  await analyst.locator('summary', { hasText: /Account of/ }).click();
  await analyst.getByRole('button', { name: 'Switch light and dark' }).click();
  const theme = await analyst.locator('html').getAttribute('data-theme');
  expect(theme).toMatch(/light|dark/);
  await analyst.reload();
  await hydrated(analyst);
  await expect(analyst.locator('html')).toHaveAttribute('data-theme', theme!);
});
