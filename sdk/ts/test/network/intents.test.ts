import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createPublicClient, erc20Abi, maxUint256, parseEther, webSocket, type Abi, type Address, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelCall, contractAddresses, decodeIntent, fillCall, intentSettlerAbi, lockstepActions, openForCall, orderId, unpadAddress,
  type Fill, type IntentMessage, type SignedIntent,
} from '../../src/index.js'
import { first, gateway, info, networkOf, rollupOf, second } from './network.js'

const [userIndex, solverIndex] = [8, 9]
const user = networkOf(userIndex)
const solver = networkOf(solverIndex)
const folder = 'test/network/generated-intents'
const settler = contractAddresses.intentSettler
let give: Address

/** The example of the README as a function. */
async function example(): Promise<(args: any) => Promise<{ signed: SignedIntent; status: string }>> {
  const text = /```ts intent\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))![1]!
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/intent.ts`, `import { parseEther } from 'viem'\nexport async function intent({ user, give }: any) {\n${text}\nreturn { signed, status, fills } }\n`)
  return (await import('./generated-intents/intent.js' as string)).intent
}

beforeAll(async () => {
  const { chain, wallet, reader } = rollupOf(solverIndex, first)
  const { abi, bytecode } = JSON.parse(readFileSync('../../demo/artifacts/node_modules/@uniswap/v2-periphery/build/ERC20.json', 'utf8')) as { abi: Abi; bytecode: string }
  const hash = await wallet.deployContract({ chain, abi, bytecode: `0x${bytecode.replace(/^0x/, '')}` as Hex, args: [parseEther('1000')] } as never)
  give = (await reader.waitForTransactionReceipt({ hash })).contractAddress!
  const transfer = { chain, address: give, abi: erc20Abi, functionName: 'transfer', args: [user.account.address, parseEther('100')] } as const
  await reader.waitForTransactionReceipt({ hash: await wallet.writeContract(transfer) })
  const approve = { chain, address: give, abi: erc20Abi, functionName: 'approve', args: [contractAddresses.permit2, maxUint256] } as const
  await reader.waitForTransactionReceipt({ hash: await rollupOf(userIndex, first).wallet.writeContract(approve) })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A bundle that fills an order with ether and takes its input. */
async function solve({ order, signature }: SignedIntent, outputAmount: bigint) {
  const fill: Fill = { filler: solver.account.address, inputAmount: decodeIntent(order).inputAmount, outputAmount, salt: `0x${'00'.repeat(32)}` }
  return solver.signBundle({
    legs: [
      { rollup: second, to: settler, data: fillCall(order, fill), value: outputAmount, gas: 600_000n, asserts: true },
      { rollup: first, to: settler, data: openForCall(order, signature, fill), gas: 900_000n, asserts: true },
    ],
  })
}

describe('an order', () => {
  test('of the README is filled by the solution that gives most, and told to whoever watches', async () => {
    const { reader } = rollupOf(userIndex, second)
    const before = await reader.getBalance({ address: user.account.address })
    const watcher = createPublicClient({ transport: webSocket(gateway.replace('http', 'ws')) }).extend(lockstepActions())
    const messages: IntentMessage[] = []
    let unwatch = () => {}
    const filled = new Promise<void>((resolve, reject) => {
      unwatch = watcher.watchIntents({ onError: reject, onIntent: (message) => messages.push(message) && message.event === 'filled' && resolve() })
    })
    const { signed, status } = await (await example())({ user, give })
    expect(status).toBe('open')
    expect(signed.id).toBe(orderId(signed.order))
    expect((await user.getIntents()).map((i) => i.orderId)).toContain(signed.id)

    const [worse, bundle] = [await solve(signed, parseEther('9.2')), await solve(signed, parseEther('9.5'))]
    expect(await solver.submitSolution({ orderId: signed.id, bundle: worse })).toMatchObject({ surplus: parseEther('0.2') })
    const solution = await solver.submitSolution({ orderId: signed.id, bundle })
    expect(solution).toEqual({ bundleId: bundle.id, inputAmount: parseEther('10'), outputAmount: parseEther('9.5'), surplus: parseEther('0.5') })
    await filled
    unwatch()
    expect(messages.filter((m) => m.intent.orderId === signed.id).map((m) => m.event)).toEqual(expect.arrayContaining(['opened', 'awarded', 'filled']))
    const view = await user.getIntent({ orderId: signed.id })
    expect(view).toMatchObject({ status: 'filled', left: 0n, fills: [{ bundleId: bundle.id, outputAmount: parseEther('9.5'), status: 'executed' }] })
    expect(unpadAddress(view.intent.recipient)).toBe(user.account.address.toLowerCase())
    expect(await user.waitForLevel({ id: bundle.id })).toMatchObject({ attempts: [{ outcome: 'included' }] })
    expect(await reader.getBalance({ address: user.account.address })).toBe(before + parseEther('9.5'))
    const taken = await rollupOf(userIndex, first).reader.readContract({ address: give, abi: erc20Abi, functionName: 'balanceOf', args: [user.account.address] })
    expect(taken).toBe(parseEther('90'))
    ;(await (watcher.transport as any).getRpcClient()).close()
  })

  test('is cancelled by a signature, and for good on its rollup', async () => {
    const deadline = Math.floor(Date.now() / 1000) + 600
    const signed = await user.signIntent({ give: { rollup: first, token: give, amount: 5n }, get: { rollup: second, token: 'ether', amount: 5n }, deadline })
    await user.submitIntent(signed)
    await expect(solver.cancelIntent({ orderId: signed.id })).rejects.toMatchObject({ reason: 'intentSignature' })
    expect(await user.cancelIntent({ orderId: signed.id })).toBe('cancelled')
    expect(await user.getIntent({ orderId: signed.id })).toMatchObject({ status: 'cancelled' })
    const bundle = await solve(signed, 6n)
    await expect(solver.submitSolution({ orderId: signed.id, bundle })).rejects.toMatchObject({ reason: 'intentState' })
    expect(await solver.simulateBundle(bundle)).toMatchObject({ ok: true }) // whoever saw the signature can still use it

    const { chain, wallet, reader } = rollupOf(userIndex, first)
    const hash = await wallet.sendTransaction({ chain, to: settler, data: cancelCall(signed.order) })
    expect((await reader.waitForTransactionReceipt({ hash })).status).toBe('success')
    expect(await reader.readContract({ address: settler, abi: intentSettlerAbi, functionName: 'stateOf', args: [signed.id] })).toEqual([2, 0n])
    expect(await solver.simulateBundle(bundle)).toMatchObject({ ok: false })
  })

  test('that cannot be is refused with a typed error', async () => {
    const wish = { give: { rollup: first, token: give, amount: 5n }, get: { rollup: second, token: 'ether' as const, amount: 5n } }
    const signed = await user.signIntent({ ...wish, deadline: Math.floor(Date.now() / 1000) + 600 })
    await expect(user.submitIntent({ ...signed, order: { ...signed.order, user: solver.account.address } })).rejects.toMatchObject({ reason: 'intentSignature' })
    const late = await user.signIntent({ ...wish, deadline: 1000 })
    await expect(user.submitIntent(late)).rejects.toMatchObject({ reason: 'intentDeadline', name: 'LockstepIntentDeadlineError' })
    const rich = await user.signIntent({ ...wish, give: { ...wish.give, amount: parseEther('5000') }, deadline: Math.floor(Date.now() / 1000) + 600 })
    await expect(user.submitIntent(rich)).rejects.toMatchObject({ reason: 'intentFunds' })
    await expect(user.getIntent({ orderId: signed.id })).rejects.toMatchObject({ reason: 'unknownIntent' })
  })
})

test('the contracts stand where the SDK says', async () => {
  for (const rollup of [first, second]) {
    const { reader } = rollupOf(userIndex, rollup)
    for (const address of Object.values(contractAddresses)) expect((await reader.getCode({ address }))?.length, `${address} on ${rollup}`).toBeGreaterThan(2)
  }
  expect(info.rollups.length).toBe(2)
})
