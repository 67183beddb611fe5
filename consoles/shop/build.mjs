/** The shop's few kilobytes of style stand in the page itself: the first paint waits for nothing else. */
const styleInPage = {
  name: "style-in-page",
  enforce: "post",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      if (!bundle) return html
      return html.replace(/<link rel="stylesheet"[^>]*href="\/shop\/([^"]+)"[^>]*>/g, (whole, name) => {
        const style = bundle[name]?.source
        return style ? `<style>${String(style).trim()}</style>` : whole
      })
    },
  },
}

export const plugins = [styleInPage]
