import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env['MERIDIAN_URL'] ?? 'http://127.0.0.1:5199' },
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
  },
});
