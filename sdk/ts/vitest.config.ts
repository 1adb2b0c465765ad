import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// test/unit needs nothing; test/network is run by the Go test in test/sdk, which gives it a network.
export default defineConfig({
  resolve: { alias: { '@lockstep-network/sdk': here('./src/index.ts') } },
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
})
