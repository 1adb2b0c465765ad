import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  encodeProof, networkIdOf, parseProof, ProofError, trustCheckpoint, trustGenesis, validatorSetHash, validatorSetOf, verifyProof,
} from '../../src/proof/index.js'
import { tamper } from './tamper.js'

const vectors = JSON.parse(readFileSync('vectors/proofs.json', 'utf8'))
const trust = trustCheckpoint(vectors)
const proofs = new Map<string, any>(vectors.proofs.map((v: any) => [v.name, v]))

async function verdict(proof: unknown): Promise<string> {
  try {
    await verifyProof(proof, trust)
    return ''
  } catch (error) {
    if (error instanceof ProofError) return error.kind
    throw error
  }
}

describe('verifyProof', () => {
  test.each([...proofs.values()])('reads from $name what Go reads', async ({ proof, binary, fact }) => {
    expect(await verifyProof(proof, trust)).toEqual(fact)
    expect(await verifyProof(JSON.stringify(proof), trust)).toEqual(fact)
    expect(await verifyProof(binary, trust)).toEqual(fact)
    expect(encodeProof(parseProof(proof))).toBe(binary)
  })

  test('comes to the verdict of Go on every tampered proof', async () => {
    const lines = readFileSync('vectors/tampered.txt', 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1000)
    for (const line of lines) {
      const [name, change, want] = line.split(' | ') as [string, string, string | undefined]
      const at = change.indexOf(' ')
      const tampered = tamper(proofs.get(name).proof, change.slice(1, at).split('/'), change.slice(at + 1))
      expect(await verdict(tampered), line).toBe(want?.trim() ?? '')
    }
  })

  test('accepts no proof with another byte', async () => {
    const { binary } = proofs.get('included')
    for (let i = 2; i < binary.length; i += 2) {
      const byte = (Number.parseInt(binary.slice(i, i + 2), 16) ^ (1 << (i / 2) % 8)).toString(16).padStart(2, '0')
      expect(await verdict(binary.slice(0, i) + byte + binary.slice(i + 2)), `byte ${i / 2 - 1}`).not.toBe('')
    }
  })

  test('accepts no field that it does not know, and no field that is missing', async () => {
    for (const { proof } of proofs.values()) {
      for (const path of objectsOf(proof)) {
        const copy = structuredClone(proof)
        const object = path.reduce((value: any, key) => value[key], copy)
        object.more = 1
        expect(await verdict(copy), `${path} with another field`).toBe('format')
        delete object.more
        for (const field of Object.keys(object)) {
          if (['outcome', 'result', 'handovers'].includes(field)) continue // optional somewhere, and tampered with above
          const { [field]: value } = object
          delete object[field]
          expect(await verdict(copy), `${path} without ${field}`).toBe('format')
          object[field] = value
        }
      }
    }
  })

  test('believes a genesis, and no other network or set', async () => {
    const { proof } = proofs.get('included')
    const other = { ...trust, networkId: `0x${'ef'.repeat(32)}` as const }
    await expect(verifyProof(proof, other)).rejects.toMatchObject({ kind: 'network' })
    const strangers = trust.set.map((m, i) => ({ ...m, address: `0x${'0'.repeat(39)}${i + 1}` as const }))
    await expect(verifyProof(proof, { ...trust, set: strangers })).rejects.toMatchObject({ kind: 'checkpoint' })
  })

  test.each([null, 1, '', '0x', 'null', '{}', '{"version":2}', { version: 1 }, [], '0x0182', '0x0282c0'])('refuses %j', async (nonsense) => {
    expect(await verdict(nonsense)).toBe('format')
  })
})

describe('a genesis', () => {
  const genesis = JSON.parse(readFileSync('vectors/genesis.json', 'utf8')) as any[]

  test.each(genesis)('$name has the networkId and the set that Go computes', (v) => {
    expect(networkIdOf(v.genesis)).toBe(v.networkId)
    expect(networkIdOf(JSON.stringify(v.genesis))).toBe(v.networkId)
    expect(validatorSetOf(v.genesis)).toEqual(v.validators)
    expect(validatorSetHash(v.validators)).toBe(v.setHash)
    expect(trustGenesis(v.genesis, { networkId: v.networkId })).toEqual({ networkId: v.networkId, tick: 0, set: v.validators })
  })

  test('of another network is refused', () => {
    expect(() => trustGenesis(genesis[0].genesis, { networkId: genesis[1].networkId })).toThrow(/is of network/)
  })

  test('has another id with every field changed', () => {
    const { genesis: sample, networkId } = genesis[0]
    let changes = 0
    for (const path of leavesOf(sample)) {
      const copy = structuredClone(sample)
      const last = path.at(-1)!
      const object = path.slice(0, -1).reduce((value: any, key) => value[key], copy)
      const value = object[last]
      object[last] = typeof value === 'number' ? value + 1 : /^0x..+[0-9a-f]$/.test(value) ? value.slice(0, -1) + (value.endsWith('1') ? '2' : '1') : `${value}1`
      changes++
      let id: string | undefined
      try {
        id = networkIdOf(copy)
      } catch (error) {
        expect((error as Error).message, path.join('.')).toMatch(/want/)
      }
      expect(id, path.join('.')).not.toBe(networkId)
    }
    expect(changes).toBeGreaterThan(60)
  })
})

/** The paths of all objects in a value. */
function objectsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).flatMap(([key, v]) => objectsOf(v, [...path, key]))
  return Array.isArray(value) ? below : [path, ...below]
}

/** The paths of all numbers and strings in a value. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, v]) => leavesOf(v, [...path, key]))
}
