// npm run build [-- console shop pos]
import { build } from "vite"
import { APPS, configOf } from "./config.mjs"

const wanted = process.argv.slice(2)
for (const app of wanted.length ? wanted : APPS) {
  await build({ ...(await configOf(app)), logLevel: "warn" })
}
