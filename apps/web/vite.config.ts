import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = `http://127.0.0.1:${process.env['CARILLON_HTTP_PORT'] ?? '8080'}`;
const proxy = {
  '/api': { target: server },
  '/realtime': { target: server, ws: true },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@carillon/source', 'browser', 'import', 'module', 'default'] },
  server: { proxy, host: '127.0.0.1' },
  preview: { proxy, host: '127.0.0.1' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|react-router)[\\/]/, priority: 3 },
            { name: 'schemas', test: /node_modules[\\/]zod[\\/]|libs[\\/]core[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
});
