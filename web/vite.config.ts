import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { mockServer } from "./mock/server.ts";

// CNNVIS_SERVER points the page under development at a real `cnnvis open`; without it invented runs are served.
const server = process.env.CNNVIS_SERVER;

export default defineConfig({
  // Relative addresses everywhere: the page must work behind /proxy/PORT/ as well as at the root.
  base: "./",
  plugins: [svelte(), ...(server ? [] : [mockServer()])],
  server: server ? { proxy: { "/api": server } } : {},
  worker: { format: "es" },
  build: {
    outDir: "../src/cnnvis/serve/page",
    emptyOutDir: true,
    target: "es2022",
    // Data addresses would need exceptions in the page's content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Beside the page, what a notebook loads: a module by itself, under a name that Python knows.
    rolldownOptions: {
      input: ["index.html", "src/notebook/widget.ts"],
      preserveEntrySignatures: "exports-only",
      output: {
        entryFileNames: ({ name }) => (name === "widget" ? "widget.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "mock/**/*.test.ts"], environment: "node" },
});
