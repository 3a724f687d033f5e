import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  define: { __WASM__: process.env.ENCOMPUTE_WASM ?? "{}" },
  build: {
    outDir: "dist",
    emptyOutDir: false, // build.mjs empties it, but for what git keeps there
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // data: URLs are not allowed as scripts or styles
  },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
