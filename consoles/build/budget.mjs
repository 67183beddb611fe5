// node build/budget.mjs [folder]: what a browser has to fetch, compressed, and whether it is within what we allow ourselves.
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const KB = 1000
/** Before anything is seen, of each app; and with any one page on top. Charts are large, and are fetched when there is one. */
const FIRST_MAX = { console: 450 * KB, shop: 120 * KB, pos: 400 * KB }
const LATER_MAX = 250 * KB
const LARGE = /echarts/

const folder = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url))
const over = []
for (const [app, max] of Object.entries(FIRST_MAX)) {
  const manifest = JSON.parse(await readFile(join(folder, app, ".vite/manifest.json"), "utf8"))
  const entries = Object.entries(manifest)
  const sum = async (files) => (await Promise.all([...files].map((file) => sent(app, file)))).reduce((a, b) => a + b, 0)

  const first = filesOf(
    manifest,
    entries.filter(([, chunk]) => chunk.isEntry).map(([name]) => name),
  )
  const size = await sum(first)
  say(`${app} at first`, size, max)
  for (const [, chunk] of entries.filter(
    ([name, chunk]) => chunk.file && !first.has(chunk.file) && !LARGE.test(name),
  )) {
    const later = await sum(new Set([chunk.file, ...(chunk.css ?? [])]))
    if (later > LATER_MAX) say(`${app} ${chunk.name ?? chunk.file}`, later, LATER_MAX)
  }
}
if (over.length) {
  process.stderr.write(`Too large: ${over.join(", ")}.\n`)
  process.exit(1)
}

/** The files of some chunks with everything they import at once. */
function filesOf(manifest, names) {
  const files = new Set()
  const queue = [...names]
  const seen = new Set()
  for (let name = queue.pop(); name; name = queue.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const chunk = manifest[name]
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    queue.push(...(chunk.imports ?? []))
  }
  return files
}

async function sent(app, file) {
  const path = join(folder, app, file)
  return stat(`${path}.gz`)
    .catch(() => stat(path))
    .then((found) => found.size)
}

function say(what, size, max) {
  process.stdout.write(`${what}: ${Math.ceil(size / KB)} kB of ${max / KB} kB\n`)
  if (size > max) over.push(what)
}
