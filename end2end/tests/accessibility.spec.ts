import { expectAccessible } from '../support/accessibility';
import { expect, open, problems, test } from '../support/fixtures';

// Axe is a script: this file stays out of the runs without JavaScript, whose markup is the same as before hydration.

const FOR_VISITORS = ['/login', '/setup', '/install'];
const FOR_ANALYSTS = ['/dashboard', '/catalog', '/catalog?q=nothing', '/catalog/tables/orders', '/tokens', '/install'];
const FOR_ADMINS = [
  '/dashboard',
  '/catalog/tables/orders',
  '/admin/tables',
  '/admin/tables?add=file',
  '/admin/tables?add=table',
  '/admin/tables?edit=orders',
  '/admin/tables?remove=orders',
  '/admin/access',
  '/admin/access?add=group',
  '/admin/users',
  '/admin/users?add=user',
];

for (const path of FOR_VISITORS) {
  test(`${path} is accessible to a visitor`, async ({ visitor, mode }) => {
    await open(visitor, path, mode);
    await expectAccessible(visitor);
  });
}

test('the page for an address that leads nowhere is accessible', async ({ visitor }) => {
  // Written by the server alone: there is nothing to hydrate.
  const answer = await visitor.goto('/no-such-page');
  expect(answer?.status()).toBe(404);
  await expect(visitor.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(visitor);
});

for (const path of FOR_ANALYSTS) {
  test(`${path} is accessible to an analyst`, async ({ analyst, mode }) => {
    await open(analyst, path, mode);
    await expectAccessible(analyst);
    if (mode === 'hydrated') expect(problems(analyst), 'what the browser complained about').toEqual([]);
  });
}

for (const path of FOR_ADMINS) {
  test(`${path} is accessible to an admin`, async ({ admin, mode }) => {
    await open(admin, path, mode);
    await expectAccessible(admin);
    if (mode === 'hydrated') expect(problems(admin), 'what the browser complained about').toEqual([]);
  });
}

test('the members of a group are accessible to an admin', async ({ admin, mode }) => {
  await open(admin, '/admin/access', mode);
  await admin.getByRole('navigation', { name: 'Groups' }).getByRole('link', { name: /Sales/ }).click();
  await admin.getByRole('link', { name: 'Members', exact: true }).click();
  await expect(admin).toHaveURL(/\/admin\/groups\//);
  await expect(admin.getByRole('heading', { name: 'Members' })).toBeVisible();
  await expectAccessible(admin);
});

test.describe('in the dark', () => {
  test.use({ colorScheme: 'dark' });
  for (const path of ['/dashboard', '/catalog', '/catalog/tables/orders', '/admin/tables', '/admin/access', '/tokens']) {
    test(`${path} is accessible`, async ({ admin, mode }) => {
      await open(admin, path, mode);
      await expectAccessible(admin);
    });
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });
  for (const path of ['/dashboard', '/catalog', '/catalog/tables/orders', '/admin/tables', '/admin/access', '/tokens']) {
    test(`${path} is accessible and needs no sideways scrolling`, async ({ admin, mode }) => {
      await open(admin, path, mode);
      await expectAccessible(admin);
      const overflow = await admin.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, 'pixels beyond the edge').toBeLessThanOrEqual(0);
    });
  }
});
