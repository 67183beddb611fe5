// How each app is built and served while it is worked on. One package, three Vite roots, the kit shared by alias.
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"

export const APPS = ["console", "shop", "pos"]
const HERE = fileURLToPath(new URL("..", import.meta.url))

/** What every app has in its head: a page names `kit/shell/head.html` in a comment and gets it. */
const head = {
  name: "head",
  transformIndexHtml: {
    order: "pre",
    handler: async (html) =>
      html.replace("<!-- kit/shell/head.html -->", await readFile(`${HERE}kit/shell/head.html`, "utf8")),
  },
}

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
    plugins: [react(), head, ...(own.plugins ?? [])],
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
