import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: { target: 'safari16', chunkSizeWarningLimit: 2000, assetsInlineLimit: 0 },
  test: {
    environment: 'jsdom',
    // A busy machine is slow, not wrong.
    testTimeout: 20_000,
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
  },
});
