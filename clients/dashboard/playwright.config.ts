import { defineConfig } from '@playwright/test';

// One worker and long patience: these run on small and busy machines, and nothing here asserts how
// long anything takes. A browser that shares two cores with other tests is now and then too late for a
// click: what fails is tried again in a new page, and then reported as flaky, not as passed.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 1,
  retries: 2,
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1100, height: 760 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
        '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
  },
});
