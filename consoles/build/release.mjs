// node build/release.mjs <folder>: every app, built and compressed, into a folder that replaces `dist` only when all of it is there.
import { build } from "vite"
import { compress } from "./compress.mjs"
import { APPS, configOf } from "./config.mjs"

const out = process.argv[2]
if (!out) throw new Error("name the folder to build into")
for (const app of APPS) {
  const config = await configOf(app)
  await build({ ...config, build: { ...config.build, outDir: `${out}/${app}` }, logLevel: "warn" })
}
await compress(out)
