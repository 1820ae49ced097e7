import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './build/precompress';

// The server replaces this word by a fresh nonce in every answer with index.html.
const noncePlaceholder = '__CSP_NONCE__';

export default defineConfig({
  plugins: [react(), precompress()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: '../src/Slipway.Server/wwwroot',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (/node_modules\/(react|react-dom|scheduler|react-router)\//.test(id)) return 'react';
          return undefined;
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7300' } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
  },
});
