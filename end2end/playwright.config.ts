import { defineConfig } from '@playwright/test';

import { browser } from './support/browser';
import type { Options } from './support/fixtures';

// The same pages three times: as the server sent them to a browser without scripts, with scripts but before the wasm
// took over, and hydrated. Each mode has a server and a data directory of its own.
export default defineConfig<Options>({
  testDir: './tests',
  outputDir: './test-results',
  forbidOnly: true,
  fullyParallel: false,
  workers: 2,
  // A page that never finished was seen twice, under load; its cause is not yet found: tried again, reported as flaky.
  retries: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['html', { open: 'never', outputFolder: 'playwright-report' }]],
  use: {
    ...browser,
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'without JavaScript', testIgnore: ['**/hydrated/**', '**/accessibility.spec.ts'], use: { mode: 'no-script', javaScriptEnabled: false } },
    { name: 'before hydration', testIgnore: '**/hydrated/**', use: { mode: 'no-wasm' } },
    { name: 'hydrated', use: { mode: 'hydrated' } },
  ],
});
