// How each app is built and served while it is worked on. One package, three Vite roots, the kit shared by alias.
import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"

export const APPS = ["console", "shop", "pos"]
const HERE = fileURLToPath(new URL("..", import.meta.url))

/** The Vite configuration of one app; `plugins` are what it needs beyond React. */
export async function configOf(app) {
  if (!APPS.includes(app)) throw new Error(`no app ${app}: there are ${APPS.join(", ")}`)
  const own = await import(`../${app}/build.mjs`)
  const api = process.env.JIUTONG_API ?? "http://127.0.0.1:8000"
  return {
    configFile: false,
    root: `${HERE}${app}`,
    base: `/${app}/`,
    cacheDir: `${HERE}node_modules/.vite/${app}`,
    publicDir: `${HERE}kit/brand/public`,
    plugins: [react(), ...(own.plugins ?? [])],
    resolve: { alias: { "@kit": `${HERE}kit` } },
    build: {
      outDir: `${HERE}dist/${app}`,
      emptyOutDir: true,
      target: "es2022",
      manifest: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
    },
    server: {
      strictPort: true,
      proxy: { "/v1": api, "/media": api, "/health": api, "/ready": api },
      fs: { allow: [HERE] },
    },
  }
}
