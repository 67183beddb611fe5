// npm run dev -- console --port 5173    (JIUTONG_API names the server behind it)
import { parseArgs } from "node:util"
import { createServer } from "vite"
import { configOf } from "./config.mjs"

const { values, positionals } = parseArgs({ options: { port: { type: "string" } }, allowPositionals: true })
const config = await configOf(positionals[0] ?? "console")
const server = await createServer({ ...config, server: { ...config.server, port: Number(values.port ?? 5173) } })
await server.listen()
server.printUrls()
