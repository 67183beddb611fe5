import "@kit/theme/tokens.css"
import "@kit/theme/preference"
import { locale } from "@kit/words/locale"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App"
import { fromPage } from "./ask"
import "./shop.css"

// A link may name its language: whoever follows it has chosen.
const wanted = new URLSearchParams(location.search).get("lang")
if (wanted === "en" || wanted === "zh") locale.choose(wanted)

// What the server has answered already stands in the page.
const written = document.getElementById("answers")?.textContent
if (written) {
  for (const [path, value] of Object.entries(JSON.parse(written) as Record<string, unknown>)) fromPage(path, value)
}
const root = document.getElementById("root")
if (!root) throw new Error("index.html has no #root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
