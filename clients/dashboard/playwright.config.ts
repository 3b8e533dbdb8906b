import { defineConfig } from '@playwright/test';

// One worker and long patience: these run on small and busy machines, and nothing here asserts how
// long anything takes, but for the budget of an update, which the page reports itself.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 1,
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
