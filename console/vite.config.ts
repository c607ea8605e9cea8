/**
 * How the console is built: into `dist/`, every file but index.html named by its hash, nothing
 * inlined, so that a strict Content-Security-Policy needs no exception.
 */
import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  // `npm run dev -w console` beside a server on the default address.
  server: { proxy: { '/admin': 'http://127.0.0.1:9001' } },
});

/** Cloudscape's fonts stand as `data:` in its style sheet, which `font-src 'self'` refuses. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = String(file.source).replaceAll(
          /url\(['"]?data:font\/woff2;base64,([A-Za-z0-9+/=]+)['"]?\)/g,
          (_url, base64: string) => {
            const source = Buffer.from(base64, 'base64');
            const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
            this.emitFile({ type: 'asset', fileName: `assets/font-${hash}.woff2`, source });
            return `url(font-${hash}.woff2)`;
          },
        );
      }
    },
  };
}
