import { defineConfig } from "vite";

// Names and contents of the output depend on the sources and the lock file alone: `make test-explorer` builds again and compares.
export default defineConfig({
  base: "/explorer/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The verifier is the SDK's, from its sources; what it needs comes from this page's own packages.
  resolve: { alias: { viem: new URL("node_modules/viem", import.meta.url).pathname } },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // An inlined asset would be a data: URL, which the page's content security policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
