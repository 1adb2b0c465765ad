import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'

const bundled = async (entry: string) =>
  (await build({ entryPoints: [entry], bundle: true, minify: true, write: false, platform: 'browser', format: 'iife', globalName: 'lockstep', metafile: true }))

test('the verifier runs in a browser, and needs nothing of Node.js', async () => {
  const { outputFiles, metafile } = await bundled('src/proof/index.ts')
  expect(Object.keys(metafile.inputs).filter((path) => path.startsWith('node:'))).toEqual([])
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    await page.addScriptTag({ content: outputFiles[0]!.text })
    const verdicts = await page.evaluate(async ([proofs, genesis]) => {
      const { networkIdOf, trustCheckpoint, verifyProof } = (globalThis as any).lockstep
      const vectors = JSON.parse(proofs!)
      const trust = trustCheckpoint(vectors)
      const facts = await Promise.all(vectors.proofs.map((v: any) => verifyProof(v.proof, trust)))
      const forged = structuredClone(vectors.proofs[0].proof)
      forged.transaction.place.seq += 1
      const kind = await verifyProof(forged, trust).then(() => 'accepted', (error: any) => error.kind)
      return { facts, kind, ids: JSON.parse(genesis!).map((g: any) => networkIdOf(g.genesis)) }
    }, [readFileSync('vectors/proofs.json', 'utf8'), readFileSync('vectors/genesis.json', 'utf8')])
    const want = JSON.parse(readFileSync('vectors/proofs.json', 'utf8')).proofs.map((v: any) => v.fact)
    expect(verdicts.facts).toEqual(want)
    expect(verdicts.kind).toBe('position')
    expect(verdicts.ids).toEqual(JSON.parse(readFileSync('vectors/genesis.json', 'utf8')).map((g: any) => g.networkId))
  } finally {
    await browser.close()
  }
})

test('the whole package bundles for browsers, and an application takes only what it uses', async () => {
  const whole = (await bundled('src/index.ts')).outputFiles[0]!.contents.length
  const verifier = (await bundled('src/proof/index.ts')).outputFiles[0]!.contents.length
  console.log(`minified: verifier ${Math.round(verifier / 1024)} KiB, everything ${Math.round(whole / 1024)} KiB`)
  expect(verifier).toBeLessThan(150 * 1024)
  expect(verifier).toBeLessThan(whole)
})
