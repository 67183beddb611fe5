// Everything that shrinks is written twice more, as .br and .gz, so that the server never compresses while somebody waits.
import { readdir, readFile, writeFile } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"

const SHRINKS = /\.(css|html|js|json|map|svg|txt|wasm|webmanifest|xml)$/
const BYTES_MIN = 512
const WRITERS = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
}

/** Write the compressed twins of a folder's files, where they are worth it. */
export async function compress(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((one) => one.isFile() && SHRINKS.test(one.name))
    .map((one) => join(one.parentPath, one.name))
  const worker = async () => {
    for (let file = files.pop(); file; file = files.pop()) await twins(file)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

async function twins(file) {
  const bytes = await readFile(file)
  if (bytes.length < BYTES_MIN) return
  for (const [ending, write] of Object.entries(WRITERS)) {
    const small = await write(bytes)
    if (small.length < bytes.length) await writeFile(`${file}.${ending}`, small)
  }
}
