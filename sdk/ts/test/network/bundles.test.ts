import { createPublicClient, getContractAddress, http, parseEther, webSocket, zeroAddress, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  DroppedError, isLockstepError, lockstepActions, LockstepRpcError, networkIdOf, rpcErrors, trustGenesis, verifyProof,
  WaitForLevelTimeoutError, type LevelMessage, type TickMessage,
} from '../../src/index.js'
import { first, gateway, info, networkOf, rollupOf, second } from './network.js'

const network = networkOf(0)
const somebody = '0x00000000000000000000000000000000000000aa'

/** Runs code that only reverts, as a deployment. */
const reverts: Hex = '0x60006000fd'

describe('the network', () => {
  test('has the id of its genesis', async () => {
    const genesis = await network.getGenesis()
    expect(networkIdOf(genesis)).toBe(info.networkId)
    expect(await network.getNetwork()).toMatchObject({ networkId: info.networkId })
    expect((await network.getTick()).number).toBeGreaterThan(0)
    await expect(network.getTick({ number: 1 })).resolves.toMatchObject({ number: 1 })
  })

  test('says in typed errors what is wrong', async () => {
    const error = await network.getTick({ number: 2 ** 40 }).catch((e: unknown) => e)
    expect(isLockstepError(error, 'unknownTick')).toBe(true)
    expect(error).toBeInstanceOf(LockstepRpcError)
    expect(error).toMatchObject({
      code: rpcErrors.unknownTick.code, name: 'LockstepUnknownTickError', data: { field: 'number', have: String(2 ** 40), want: expect.stringMatching(/^1 to/) },
    })
    const { id, ...old } = await network.signBundle({ notAfter: 1000, legs: [{ rollup: first, to: somebody }] })
    await expect(network.sendBundle(old)).rejects.toMatchObject({ reason: 'expired', name: 'LockstepExpiredError' })
    await expect(network.sendBundle({ ...old, legs: [] })).rejects.toMatchObject({ reason: 'noLegs', data: { field: 'legs' } })
    expect(await network.getStatus({ id })).toMatchObject({ kind: 'unknown', level: 'unknown', attempts: [] })
  })
})

describe('a bundle', () => {
  test('takes effect on both rollups, and is proven to somebody who trusts the genesis alone', async () => {
    const bundle = await network.signBundle({
      legs: [{ rollup: first, to: somebody, value: parseEther('1') }, { rollup: second, to: somebody, value: parseEther('2') }, { rollup: first, to: somebody }],
    })
    const simulation = await network.simulateBundle(bundle)
    expect(simulation).toMatchObject({ ok: true, bundleId: bundle.id, code: 'included' })
    expect(await network.sendBundle(bundle)).toBe(bundle.id)
    const status = await network.waitForLevel({ id: bundle.id })
    expect(status).toMatchObject({ kind: 'bundle', level: 'attested', attempts: [{ outcome: 'included' }] })
    expect(status.attempts[0]!.legs!.map((leg) => leg.txHash)).toEqual(bundle.hashes)

    const trust = trustGenesis(await network.getGenesis(), { networkId: info.networkId })
    const proof = await network.getInclusionProof({ id: bundle.id, wait: 8000 })
    const fact = await verifyProof(proof, trust)
    expect(fact.bundle).toMatchObject({ id: bundle.id, atomicity: 'execution', included: true })
    expect(fact.bundle?.legs.map((leg) => leg.txHash)).toEqual(bundle.hashes)
    const { seq } = fact.bundle!.legs[0]!
    const range = await verifyProof(await network.getLaneProof({ rollup: first, from: seq, to: seq + 1 }), trust)
    expect(range.range?.positions.find((p) => p.seq === seq)).toMatchObject({ txHash: bundle.hashes[0], bundle: bundle.id })
    const single = await verifyProof(await network.getInclusionProof({ rollup: first, seq }), trust)
    expect(single.transaction).toMatchObject({ txHash: bundle.hashes[0], decided: { code: 'included' } })
    const { wallet } = rollupOf(0, first)
    await expect(wallet.sendRawTransaction({ serializedTransaction: bundle.legs[0]!.tx as Hex })).rejects.toThrow(/Lockstep predeploy|nonce too low/)
  })

  test('has no effect if a leg reverts, and says which one and why', async () => {
    const bundle = await network.signBundle({ legs: [{ rollup: first, to: somebody, value: 1n }, { rollup: second, data: reverts, gas: 100_000n }] })
    expect(await network.simulateBundle(bundle)).toMatchObject({ ok: false, code: 'legReverted', failingLeg: 1, legs: [{ status: 'success' }, { status: 'reverted' }] })
    await network.sendBundle(bundle)
    const { attempts: [attempt] } = await network.waitForLevel({ id: bundle.id })
    expect(attempt).toMatchObject({ outcome: 'legReverted', failingLeg: 1, legs: [{ outcome: 'otherLeg' }, { outcome: 'legReverted' }] })
    const trust = trustGenesis(await network.getGenesis(), { networkId: info.networkId })
    expect((await verifyProof(await network.getInclusionProof({ id: bundle.id, wait: 8000 }), trust)).bundle).toMatchObject({ included: false })
  })

  test('stands although a leg reverts that may', async () => {
    const bundle = await network.signBundle({ legs: [{ rollup: first, to: somebody }, { rollup: second, data: reverts, gas: 100_000n, mayRevert: true }] })
    await network.sendBundle(bundle)
    const { attempts } = await network.waitForLevel({ id: bundle.id, level: 'executed' })
    expect(attempts[0]).toMatchObject({ outcome: 'included', legs: [{ reverted: false }, { reverted: true }] })
  })

  test('that cannot work is refused when it is signed', async () => {
    await expect(network.signBundle({ legs: [{ rollup: second, data: reverts }] })).rejects.toThrow(/legs\[0\] fails when the bundle is simulated/)
    await expect(network.signBundle({ atomicity: 'inclusion', legs: [{ rollup: second, data: reverts }] })).rejects.toThrow(/revert/)
  })

  test('of atomicity inclusion is not protected', async () => {
    const bundle = await network.signBundle({ atomicity: 'inclusion', legs: [{ rollup: first, to: somebody }, { rollup: second, type: 'legacy', to: somebody }] })
    await network.sendBundle(bundle)
    expect(await network.waitForLevel({ id: bundle.id })).toMatchObject({ attempts: [{ outcome: 'included' }] })
  })
})

describe('waiting', () => {
  const fresh = async (account = 1) => {
    const other = networkOf(account)
    const { time } = (await other.getNetwork()).head
    return { other, bundle: await other.signBundle({ notBefore: time + 60_000, notAfter: time + 120_000, legs: [{ rollup: first, to: somebody }] }) }
  }

  test('ends by itself, by a signal, and when a bundle is replaced or cancelled', async () => {
    const { other, bundle } = await fresh()
    const uuid = crypto.randomUUID()
    expect(await other.replaceBundle(bundle, { uuid, nonce: 1 })).toBe(bundle.id)
    expect(await other.getStatus({ id: bundle.id })).toMatchObject({ level: 'accepted' })
    await expect(other.waitForLevel({ id: bundle.id, level: 'ordered', timeout: 300 })).rejects.toBeInstanceOf(WaitForLevelTimeoutError)
    const controller = new AbortController()
    const aborted = other.waitForLevel({ id: bundle.id, signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })

    const { bundle: better } = await fresh()
    const replaced = expect(other.waitForLevel({ id: bundle.id })).rejects.toMatchObject({ name: 'LockstepDroppedError', reason: 'replaced' })
    await other.replaceBundle(better, { uuid, nonce: 2 })
    await replaced
    await expect(other.replaceBundle(bundle, { uuid, nonce: 1 })).rejects.toMatchObject({ reason: 'replacementNonce' })
    expect(await other.cancelBundle({ uuid, nonce: 3 })).toBe(better.id)
    await expect(other.waitForLevel({ id: better.id })).rejects.toBeInstanceOf(DroppedError)
  })
})

describe.each(['http', 'webSocket'])('watchTicks over %s', (kind) => {
  test('tells every tick once, in order', async () => {
    const transport = kind === 'http' ? http(gateway) : webSocket(gateway.replace('http', 'ws'))
    const client = createPublicClient({ transport }).extend(lockstepActions())
    const seen: TickMessage[] = []
    const errors: Error[] = []
    const other = networkOf(kind === 'http' ? 2 : 3)
    let id: string | undefined
    await new Promise<void>((resolve, reject) => {
      const send = async () => {
        const bundle = await other.signBundle({ legs: [{ rollup: first, to: zeroAddress }] })
        id = bundle.id
        await other.sendBundle(bundle)
      }
      const unwatch = client.watchTicks({
        pollingInterval: 100,
        onTick(tick) {
          if (seen.push(tick) === 1) send().catch(reject) // what is ordered before the first tick that is told may have no place among them
          if (id === undefined || !tick.bundles?.some((b) => b.id === id)) return
          unwatch()
          resolve()
        },
        onError: (error) => errors.push(error),
      })
    })
    expect(errors).toEqual([])
    for (const [i, tick] of seen.entries()) if (i > 0) expect(tick.number - (tick.empty ?? 1)).toBe(seen[i - 1]!.number)
    expect(seen.at(-1)?.lanes?.[0]).toMatchObject({ rollup: first, count: 1 })
    if (kind === 'webSocket') (await (client.transport as any).getRpcClient()).close()
  })
})

test('watchLevels tells every level of a bundle, and ends', async () => {
  const client = createPublicClient({ transport: webSocket(gateway.replace('http', 'ws')) }).extend(lockstepActions())
  const other = networkOf(5)
  const bundle = await other.signBundle({ legs: [{ rollup: first, to: somebody }, { rollup: second, to: somebody }] })
  const levels: LevelMessage[] = []
  const ended = new Promise<void>((resolve, reject) => {
    client.watchLevels({ id: bundle.id, onError: reject, onLevel: (message) => levels.push(message) && message.final && resolve() })
  })
  await other.sendBundle(bundle)
  await ended
  expect(levels.at(-1)).toMatchObject({ type: 'level', id: bundle.id, kind: 'bundle', level: 'attested', outcome: 'included' })
  expect(levels.map((l) => l.level)).toEqual(expect.arrayContaining(['ordered', 'executed', 'attested']))
  ;(await (client.transport as any).getRpcClient()).close()
  expect(() => other.watchLevels({ id: bundle.id, onLevel: () => undefined })).toThrow(/WebSocket/)
})

test('legs that only work after others get gas by a simulation', async () => {
  // The first leg deploys a contract, the second calls it where it will be: by itself it would be a call of nobody.
  const { reader } = rollupOf(4, first)
  const other = networkOf(4)
  const nonce = await reader.getTransactionCount({ address: other.account.address })
  const to = getContractAddress({ from: other.account.address, nonce: BigInt(nonce) })
  const answers: Hex = '0x600a600c600039600a6000f3602a60005260206000f3' // a contract that answers 42
  const bundle = await other.signBundle({ legs: [{ rollup: first, data: answers, gas: 200_000n }, { rollup: first, to }] })
  await other.sendBundle(bundle)
  expect(await other.waitForLevel({ id: bundle.id })).toMatchObject({ attempts: [{ outcome: 'included', legs: [{}, { reverted: false }] }] })
})
