import { VitePWA } from "vite-plugin-pwa"

export const plugins = [
  VitePWA({
    registerType: "prompt",
    injectRegister: false,
    filename: "sw.js",
    manifest: {
      name: "jiutong till 九通收银台",
      short_name: "Till",
      start_url: "/pos/",
      scope: "/pos/",
      display: "standalone",
      orientation: "any",
      background_color: "#fbfbf9",
      theme_color: "#0e7c86",
      icons: [
        { src: "/favicon.svg", sizes: "any", type: "image/svg+xml" },
        { src: "/apple-touch-icon.png", sizes: "180x180", type: "image/png" },
      ],
    },
    workbox: {
      // Everything the till is made of, signing in included; what it is told by the API is its own affair.
      globPatterns: ["**/*.{js,css,html,svg,woff2}"],
      maximumFileSizeToCacheInBytes: 4_000_000,
      navigateFallback: "/pos/index.html",
      navigateFallbackAllowlist: [/^\/pos\//],
      cleanupOutdatedCaches: true,
    },
  }),
]
