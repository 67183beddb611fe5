/** A key of the whole page, while nobody is typing. */

import { useEffect } from "react"

export function useKey(key: string, press: () => void): void {
  useEffect(() => {
    function down(event: KeyboardEvent) {
      const typing = (event.target as HTMLElement).closest("input,textarea,select,[contenteditable=true]")
      if (event.key !== key || typing || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      press()
    }
    addEventListener("keydown", down)
    return () => removeEventListener("keydown", down)
  })
}
