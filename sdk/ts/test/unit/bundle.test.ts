import { readFileSync } from 'node:fs'
import { createClient, custom, encodeEventTopics, parseTransaction, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import {
  assertionsAbi, assertStorage, bundleCommitment, bundleId, decodeBundle, encodeBundle, mappingSlot, signBundle, signCancellation, signReplacement, type CommittedLeg, type UnsignedLeg,
} from '../../src/index.js'

const read = (name: string) => JSON.parse(readFileSync(`vectors/${name}.json`, 'utf8')) as any[]
const bundles = read('bundles')
const predeploy = '0x4c6f636b73746570000000000000000000000001'

/** A leg of the vectors with its keys as accounts. */
async function legOf(v: any): Promise<UnsignedLeg & CommittedLeg> {
  const account = privateKeyToAccount(v.key)
  const delegations = await Promise.all(
    (v.delegations ?? []).map((d: any) => privateKeyToAccount(d.key).signAuthorization({ chainId: d.chainId, address: d.address, nonce: d.nonce })),
  )
  const fees = v.type === 'eip2930' ? { gasPrice: BigInt(v.maxFeePerGas) }
    : { maxFeePerGas: BigInt(v.maxFeePerGas), maxPriorityFeePerGas: BigInt(v.maxPriorityFeePerGas) }
  return {
    account, from: account.address, rollup: v.rollup, type: v.type, nonce: v.nonce, to: v.to, value: BigInt(v.value), data: v.data,
    gas: BigInt(v.gas), accessList: v.accessList, mayRevert: v.mayRevert, ...fees, ...(delegations.length ? { authorizationList: delegations } : {}),
  }
}

const assertions = JSON.parse(readFileSync('vectors/assertions.json', 'utf8'))

/** A client of a network that knows nothing but what signing asks for. */
const clientOf = (networkId: Hex) => createClient({ transport: custom({ request: async () => ({ networkId, predeploy: { address: predeploy, marker: assertions.marker }, head: { time: 1000 } }) }) })

describe('assertions', () => {
  test('are encoded as Go encodes them', () => {
    for (const { chainId, account, slot, value, calldata } of assertions.assertions) {
      expect(assertStorage({ chainId: BigInt(chainId), account, slot, value })).toBe(calldata)
    }
    expect(encodeEventTopics({ abi: assertionsAbi, eventName: 'StorageAsserted' })[0]).toBe(assertions.topic)
  })

  test('find the slots of mappings as Go does', () => {
    for (const { key, slot, at } of assertions.mappings) {
      expect(mappingSlot(key, slot)).toBe(at)
      expect(mappingSlot(key, BigInt(slot))).toBe(at)
    }
    expect(mappingSlot(predeploy, 1)).toBe(mappingSlot(`0x${predeploy.slice(2).padStart(64, '0')}`, 1n))
  })

  test('need the marker in the access list of the leg that asserts', async () => {
    const leg = { ...(await legOf(bundles[0].legs[0])), type: 'eip1559', maxFeePerGas: 1n, maxPriorityFeePerGas: 1n, accessList: [], gasPrice: undefined } as any
    const client = clientOf(`0x${'11'.repeat(32)}`)
    const { legs, commitment } = await signBundle(client, { legs: [{ ...leg, asserts: true }, { ...leg, nonce: 1 }] })
    const lists = legs.map(({ tx }) => parseTransaction(tx).accessList)
    expect(lists[0]).toEqual([{ address: predeploy, storageKeys: [assertions.marker, commitment] }])
    expect(lists[1]).toEqual([{ address: predeploy, storageKeys: [commitment] }])
    await expect(signBundle(client, { atomicity: 'inclusion', legs: [{ ...leg, asserts: true }] })).rejects.toThrow('can assert')
  })
})

describe('bundles', () => {
  test.each(bundles.map((b, i) => [i, b]))('%i has the commitment that Go computes', async (_, b) => {
    const legs = await Promise.all(b.legs.map(legOf))
    const { networkId, atomicity, notBefore, notAfter } = b
    expect(bundleCommitment({ networkId, atomicity, notBefore, notAfter, legs })).toBe(b.commitment)
  })

  test.each(bundles.map((b, i) => [i, b]))('%i has the encoding and the id that Go computes', (_, b) => {
    expect(encodeBundle(b.signed)).toBe(b.encoded)
    expect(bundleId(b.signed, b.networkId)).toBe(b.id)
    expect(decodeBundle(b.encoded)).toEqual({ parentTick: 0, bid: 0, ...b.signed })
  })

  const protectable = bundles.filter((b) => b.atomicity === 'execution').map((b, i) => [i, b])
  test.each(protectable)('%i is signed to the same bytes', async (_, b) => {
    const { atomicity, notBefore, notAfter } = b
    const signed = await signBundle(clientOf(b.networkId), { atomicity, notBefore, notAfter, legs: await Promise.all(b.legs.map(legOf)) })
    expect(signed.legs).toEqual(b.signed.legs)
    expect(signed).toMatchObject({ commitment: b.commitment, id: b.id })
  })

  test('with legs that are signed already keep them', async () => {
    const [b] = bundles
    const { atomicity, notBefore, notAfter, networkId } = b
    const own = await legOf(b.legs[0])
    const signed = await signBundle(clientOf(networkId), { atomicity, notBefore, notAfter, legs: [own, ...b.signed.legs.slice(1)] })
    expect(signed).toMatchObject({ id: b.id, legs: b.signed.legs })
  })

  test('commit to every field, in order', async () => {
    const leg = { ...(await legOf(bundles[0].legs[0])), to: `0x${'ab'.repeat(20)}` as const }
    const base = { networkId: `0x${'11'.repeat(32)}`, notBefore: 1, notAfter: 2, legs: [leg, { ...leg, nonce: 77 }] } as const
    const other = [
      { ...base, networkId: `0x${'12'.repeat(32)}` as const }, { ...base, atomicity: 'inclusion' as const }, { ...base, notBefore: 0 },
      { ...base, notAfter: 3 }, { ...base, legs: [...base.legs].reverse() },
      ...[
        { rollup: 5 }, { from: predeploy }, { type: 'legacy' as const }, { nonce: 9 }, { to: predeploy }, { to: null }, { value: 9n },
        { data: '0x99' as const }, { gas: 9n }, { mayRevert: !leg.mayRevert },
      ].map((change) => ({ ...base, legs: [{ ...leg, ...change } as CommittedLeg, base.legs[1]] })),
    ]
    expect(new Set([base, ...other].map((b) => bundleCommitment(b))).size).toBe(other.length + 1)
  })

  test('without an account, or that cannot be protected, are refused by name', async () => {
    const client = clientOf(`0x${'11'.repeat(32)}`)
    const { account, ...leg } = await legOf(bundles[0].legs[0])
    await expect(signBundle(client, { legs: [leg] })).rejects.toThrow(/legs\[0\] has no account/)
    await expect(signBundle(client, { legs: [{ ...leg, account: { address: account!.address, type: 'json-rpc' } }] })).rejects.toThrow(/legs\[0\].*local account/)
    await expect(signBundle(client, { legs: [{ ...leg, account, type: 'legacy' }] })).rejects.toThrow(/legs\[0\].*legacy/)
    await expect(signBundle(client, { atomicity: 'inclusion', protect: true, legs: [] })).rejects.toThrow(/execution/)
  })
})

describe('replacements', () => {
  test.each(read('replacements'))('and cancellations of $bundleId are signed as Go signs them', async (v) => {
    const client = clientOf(v.networkId)
    const account = privateKeyToAccount(v.key)
    const { uuid, nonce } = v.replacement
    expect(await signReplacement(client, v.bundleId, { account, uuid, nonce })).toEqual(v.replacement)
    expect(await signCancellation(client, { account, uuid, nonce: v.cancellation.nonce })).toEqual(v.cancellation)
    await expect(signCancellation(client, { account, uuid: 'mine', nonce })).rejects.toThrow(/UUID/)
  })
})
