import { defineConfig } from '@playwright/test';

import { browser } from './support/browser';
import type { Options } from './support/fixtures';

const schemes = ['light', 'dark'] as const;
const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

// `npm run screenshots`: every page as people see it, into screenshots-out/.
export default defineConfig<Options>({
  testDir: './screenshots',
  outputDir: './test-results',
  workers: 2,
  timeout: 120_000,
  reporter: 'list',
  projects: schemes.flatMap((colorScheme) =>
    sizes.map((viewport) => ({
      name: `${viewport.width}-${colorScheme}`,
      use: { ...browser, viewport, colorScheme, mode: 'hydrated' as const },
    })),
  ),
});
