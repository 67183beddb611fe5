import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const here = fileURLToPath(new URL(".", import.meta.url))

export default defineConfig({
  resolve: { alias: { "@kit": `${here}kit` } },
  test: {
    environment: "jsdom",
    include: ["{kit,console,shop,pos}/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 30_000,
    setupFiles: [`${here}build/vitest.setup.ts`],
  },
})
