import { defineConfig } from "vitest/config";

const path = (relative: string): string => decodeURI(new URL(relative, import.meta.url).pathname);

const BANNER = `/*! Fitbit to Cardiogram, MIT. Bundled, with their licences in licenses.txt beside this file:
 * Lit, Copyright 2017 Google LLC, BSD-3-Clause; uPlot, Copyright (c) 2022 Leon Sorokin, MIT. */`;

export default defineConfig({
  root: path("src"),
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: true,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: path("src/main.ts"),
      preserveEntrySignatures: false,
      output: {
        format: "es",
        entryFileNames: "fitbit-cardiogram.js",
        codeSplitting: false,
        postBanner: BANNER,
        comments: false,
      },
    },
  },
  test: {
    root: path("../../.."),
    include: ["tests/frontend/**/*.test.ts"],
    environment: "node",
    // Milliseconds; far more than a busy machine takes.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
