import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// The oldest Electron we drive is 33 (scripts/electron-runtime.ts); nothing may need a newer Node or Chromium.
const nodeTarget = 'node20.18';
const chromeTarget = 'chrome130';

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      sourcemap: true,
      // What is not there need not be read at every start.
      minify: true,
      // Everything is bundled, so that the package needs no node_modules but the native one.
      externalizeDeps: false,
      rolldownOptions: {
        external: ['better-sqlite3'],
        input: { index: 'src/main/index.ts', 'store-worker': 'src/main/store/worker.ts' },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        // A sandboxed preload is one CommonJS file: https://www.electronjs.org/docs/latest/tutorial/sandbox
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      target: chromeTarget,
      minify: true,
      // Files, never data: addresses, so that the content security policy can stay strict.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: 'src/renderer/index.html' },
    },
  },
});
