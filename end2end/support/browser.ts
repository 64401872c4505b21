import { existsSync } from 'node:fs';

import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

// Debian's package; elsewhere Playwright's own browser, which `npx playwright install chromium` fetches.
const SYSTEM_BROWSER = '/usr/bin/chromium';

const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

// Chromium's own sandbox refuses to run as root, and in most containers.
const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** How every browser of these tests is started. */
export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: existsSync(SYSTEM_BROWSER) ? SYSTEM_BROWSER : undefined,
    args: [...QUIET, ...SANDBOX],
  },
};
