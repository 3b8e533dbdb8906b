import { defineConfig } from 'vite';

// The hub that `vite` (for work on the page) stands in front of.
const hub = process.env.COMMONWATCH_SERVER ?? 'http://127.0.0.1:8710';

export default defineConfig({
  base: './',
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Nothing inline: the content security policy allows scripts, styles and fonts as files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map library alone is above the limit that Vite warns of; it comes after the list.
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/v1': { target: hub, ws: true, changeOrigin: true, rewriteWsOrigin: true }, '/tiles': hub } },
});
