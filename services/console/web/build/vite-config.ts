import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'

/** Code of a page, of the editor, of graphs and of charts is loaded when it is opened. */
export function viteConfig(root: string) {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), tailwind()],
    build: {
      target: 'es2023',
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      manifest: 'manifest.json',
      chunkSizeWarningLimit: 700,
    },
  } satisfies InlineConfig
}
