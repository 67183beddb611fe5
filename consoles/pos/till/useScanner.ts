import { useEffect } from "react"
import type { ScanQueue, ScanRouter } from "../scan/router"

/** Takes the last `count` characters back out of a field: they were a scan, not typing. */
function takeBack(target: EventTarget | null, count: number): void {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) || !count) return
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(target), "value")?.set
  set?.call(target, target.value.slice(0, Math.max(target.value.length - count, 0)))
  target.dispatchEvent(new Event("input", { bubbles: true }))
}

/** Listens to the keyboard before anybody else does: what is a scan goes to the screen in front and nowhere else. */
export function useScanner(router: ScanRouter, scans: ScanQueue): void {
  useEffect(() => {
    let silence: ReturnType<typeof setTimeout> | undefined
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
      const heard = router.hear(event.key, event.timeStamp)
      if (heard.kind === "typing") {
        if (router.settings.suffix !== "none") return
        clearTimeout(silence)
        const { target } = event
        silence = setTimeout(() => {
          const late = router.fallSilent(performance.now())
          if (late.kind !== "scan") return
          takeBack(target, late.typed)
          void scans.put(late.code)
        }, router.settings.gapMs + 30)
        return
      }
      event.preventDefault()
      event.stopImmediatePropagation()
      if (heard.kind === "scan") {
        takeBack(event.target, heard.typed)
        void scans.put(heard.code)
      }
    }
    window.addEventListener("keydown", onKey, true)
    return () => {
      clearTimeout(silence)
      window.removeEventListener("keydown", onKey, true)
    }
  }, [router, scans])
}
