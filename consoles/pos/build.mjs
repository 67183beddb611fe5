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
        { src: "icon-192.png", sizes: "192x192", type: "image/png" },
        { src: "icon-512.png", sizes: "512x512", type: "image/png" },
        { src: "icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
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
