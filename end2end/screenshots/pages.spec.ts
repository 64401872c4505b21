import { join } from 'node:path';

import type { Page, TestInfo } from '@playwright/test';

import { open, test } from '../support/fixtures';

const OUT = join(import.meta.dirname, '../screenshots-out');

const ADMIN_PAGES = {
  home: '/dashboard',
  catalog: '/catalog',
  table: '/catalog/tables/orders',
  tables: '/admin/tables',
  upload: '/admin/tables?add=file',
  remove: '/admin/tables?remove=orders',
  access: '/admin/access',
  people: '/admin/users',
  tokens: '/tokens',
  install: '/install',
};

async function shoot(page: Page, name: string, testInfo: TestInfo): Promise<void> {
  await page.screenshot({ path: join(OUT, `${name}-${testInfo.project.name}.png`), fullPage: true });
}

test('pages of an admin', async ({ admin, mode }, testInfo) => {
  for (const [name, path] of Object.entries(ADMIN_PAGES)) {
    await open(admin, path, mode);
    await shoot(admin, `admin-${name}`, testInfo);
  }
});

test('pages of an analyst', async ({ analyst, mode }, testInfo) => {
  for (const [name, path] of Object.entries({ home: '/dashboard', catalog: '/catalog', table: '/catalog/tables/orders' })) {
    await open(analyst, path, mode);
    await shoot(analyst, `analyst-${name}`, testInfo);
  }
});

test('pages of somebody without grants, and without an account', async ({ visitor, mode, newcomer }, testInfo) => {
  await open(visitor, '/login', mode);
  await shoot(visitor, 'login', testInfo);
  // Written by the server alone: there is nothing to hydrate.
  await visitor.goto('/no-such-page');
  await shoot(visitor, 'missing', testInfo);
  await newcomer.signIn(visitor);
  for (const [name, path] of Object.entries({ home: '/dashboard', catalog: '/catalog', tokens: '/tokens' })) {
    await open(visitor, path, mode);
    await shoot(visitor, `empty-${name}`, testInfo);
  }
});
