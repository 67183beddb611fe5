/** What a browser has and jsdom lacks. */

import { cleanup } from "@testing-library/react"
import { afterEach } from "vitest"

window.matchMedia ??= (query) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Element.prototype.scrollTo ??= () => {}
// antd and its popups ask for sizes that only a real page has.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { get: () => 600 },
  offsetWidth: { get: () => 1000 },
})

afterEach(cleanup)
