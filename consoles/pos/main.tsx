import "@kit/theme/tokens.css"
import "./pos.css"
import { start } from "@kit/shell/start"
import { App } from "./till/App"

start(<App />)

// The till opens without a network: its own files are kept on the device. A new version waits until the till is opened anew.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  window.addEventListener("load", () => void navigator.serviceWorker.register(`${import.meta.env.BASE_URL}sw.js`))
}
