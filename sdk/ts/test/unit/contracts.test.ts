import { readFileSync } from 'node:fs'
import { createClient, createWalletClient, custom, hashTypedData, http, recoverTypedDataAddress, zeroHash, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import {
  cancelCall, claimCall, claimedSlot, contractAddresses, decodeIntent, deliverCall, encodeIntent, fillCall, filledSlot, fillKey, getIntent, intentCancellation,
  intentOrder, intentTypedData, intentTypeHash, messageId, minOutput, openForCall, orderId, paidSlot, payCall, refundCall, sentSlot, signIntent,
  submitIntent, swapId, unpadAddress, watchIntents, type Fill, type Intent, type IntentOrder, type SwapTerms,
} from '../../src/index.js'

const read = (name: string) => JSON.parse(readFileSync(`vectors/${name}.json`, 'utf8')) as any
const intents = read('intents')

const orderOf = (v: any): IntentOrder => ({ ...v, nonce: BigInt(v.nonce), originChainId: BigInt(v.originChainId) })
const intentOf = (v: any): Intent => ({ ...v, inputAmount: BigInt(v.inputAmount), minOutput: BigInt(v.minOutput), destinationChainId: BigInt(v.destinationChainId) })
const fillOf = (v: any): Fill => ({ ...v, inputAmount: BigInt(v.inputAmount), outputAmount: BigInt(v.outputAmount) })
const lower = (value: unknown) => JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : typeof v === 'string' ? v.toLowerCase() : v)))

describe('orders of intents', () => {
  test('have the constants of the contracts', () => {
    expect(intentTypeHash).toBe(intents.orderDataType)
    expect(contractAddresses.permit2.toLowerCase()).toBe(intents.permit2)
  })

  test.each(intents.cases.map((c: any) => [c.name, c]))('%s: encoded, identified and called as in Go', (_, c) => {
    const [order, intent, fill] = [orderOf(c.order), intentOf(c.intent), fillOf(c.fill)]
    expect(encodeIntent(intent)).toBe(c.order.orderData)
    expect(lower(decodeIntent(order))).toEqual(lower(intent))
    expect(orderId(order)).toBe(c.orderId)
    expect(fillKey(order, fill)).toBe(c.fillKey)
    expect(filledSlot(c.fillKey)).toBe(c.filledSlot)
    expect(claimedSlot(c.fillKey)).toBe(c.claimedSlot)
    expect(minOutput(intent, fill.inputAmount)).toBe(BigInt(c.minOutput))
    const { openFor, claim, fill: fills, cancel, refund } = c.calls
    expect(openForCall(order, c.signature, fill)).toBe(openFor)
    expect(claimCall(order, fill, '0x0102')).toBe(claim)
    expect(fillCall(order, fill)).toBe(fills)
    expect(cancelCall(order)).toBe(cancel)
    expect(refundCall(order)).toBe(refund)
  })

  test.each(intents.cases.map((c: any) => [c.name, c]))('%s: signed to the same bytes, over what wallets show', async (_, c) => {
    const order = orderOf(c.order)
    const typed = intentTypedData(order)
    expect(hashTypedData(typed)).toBe(c.digest)
    expect(typed.primaryType).toBe(c.typedData.primaryType)
    expect({ ...typed.types }).toEqual((({ EIP712Domain: _, ...types }) => types)(c.typedData.types))
    const account = privateKeyToAccount(c.privateKey)
    const client = createClient({ transport: http('http://127.0.0.1:1') })
    const signed = await signIntent(client, { ...order, account })
    expect(signed).toEqual({ order, signature: c.signature, id: c.orderId })
    expect((await recoverTypedDataAddress({ ...typed, signature: c.signature })).toLowerCase()).toBe(c.order.user)
  })

  test('cost a share of the output for a part of the input, rounded up', () => {
    for (const { inputAmount, minOutput: least, part, want } of intents.prices) {
      expect(minOutput({ inputAmount: BigInt(inputAmount), minOutput: BigInt(least) }, BigInt(part))).toBe(BigInt(want))
    }
  })

  test('are made of what a user wants', async () => {
    const account = privateKeyToAccount(intents.cases[0].privateKey)
    const wish = {
      give: { rollup: 901, token: `0x${'11'.repeat(20)}` as Hex, amount: 5n }, get: { rollup: 902, token: 'ether' as const, amount: 3n }, deadline: 1_800_000_000,
    }
    const order = intentOrder({ ...wish, user: account.address })
    expect(order).toMatchObject({ originSettler: contractAddresses.intentSettler, user: account.address, originChainId: 901n, openDeadline: 1_800_000_000 })
    expect(order.nonce).toBeLessThan(1n << 255n)
    expect(intentOrder({ ...wish, user: account.address }).nonce).not.toBe(order.nonce)
    const intent = decodeIntent(order)
    expect(intent).toMatchObject({ outputToken: zeroHash, minOutput: 3n, escrow: false, partialFill: false })
    expect(unpadAddress(intent.recipient)).toBe(account.address.toLowerCase())
    expect(unpadAddress(intent.outputToken)).toBeUndefined()
    expect(() => intentOrder({ ...wish, user: account.address, get: { ...wish.get, rollup: 901 } })).toThrow('both are 901')
    expect(() => intentOrder({ ...wish, user: account.address, give: { ...wish.give, amount: 0n } })).toThrow('above zero')
    expect(() => decodeIntent({ ...order, orderDataType: zeroHash })).toThrow(intentTypeHash)
    const client = createWalletClient({ account, transport: http('http://127.0.0.1:1') })
    const signed = await signIntent(client, wish)
    expect(signed.order.user).toBe(account.address)
    await expect(signIntent(createClient({ transport: http('http://127.0.0.1:1') }), wish)).rejects.toThrow('no account')
    expect(() => watchIntents(client, { onIntent: () => undefined })).toThrow('WebSocket')
  })

  test('travel as quantities and come back as numbers', async () => {
    const c = intents.cases[0]
    const order = orderOf(c.order)
    const view = {
      orderId: c.orderId, signature: c.signature, status: 'open', left: '0xf4240', auction: { opensTick: 1, closesTick: 9 }, solutions: 0, intent: {},
      order: { ...c.order, nonce: '0x1', originChainId: '0x385', openDeadline: '0x6b49d23c', fillDeadline: '0x6b49d278' },
      fills: [{ bundleId: zeroHash, filler: `0x${'11'.repeat(20)}`, inputAmount: '0x5', outputAmount: '0x6', status: 'sent' }],
    }
    const asked: any[] = []
    const client = createClient({ transport: custom({ request: async ({ method, params }) => (asked.push([method, params]), method === 'lockstep_getIntent' ? view : c.orderId) }) })
    expect(await submitIntent(client, { order, signature: c.signature })).toBe(c.orderId)
    expect(asked[0]).toEqual(['lockstep_submitIntent', [{ order: { ...c.order, nonce: '0x1', originChainId: '0x385' }, signature: c.signature }]])
    const got = await getIntent(client, { orderId: c.orderId })
    expect(lower(got.order)).toEqual(lower(order))
    expect(got).toMatchObject({ left: 1_000_000n, fills: [{ inputAmount: 5n, outputAmount: 6n }], intent: { inputAmount: 1_000_000n } })
  })

  test('are cancelled by a signature that names the network', () => {
    const networkId: Hex = `0x${'12'.repeat(32)}`
    const digests = [networkId, zeroHash].map((id) => hashTypedData(intentCancellation({ orderId: intents.cases[0].orderId, networkId: id })))
    expect(new Set(digests).size).toBe(2)
  })
})

describe('swaps and messages', () => {
  test('have the ids, slots and calls of Go', () => {
    for (const { id, paidSlot: slot, payCall: call, first, second, deadline, salt } of read('swaps').swaps) {
      const side = (s: any) => ({ ...s, chainId: BigInt(s.chainId), amount: BigInt(s.amount) })
      const terms: SwapTerms = { first: side(first), second: side(second), deadline: BigInt(deadline), salt }
      expect(swapId(terms)).toBe(id)
      expect(paidSlot(id)).toBe(slot)
      expect(payCall(terms)).toBe(call)
    }
    for (const { id, sentSlot: slot, deliverCall: call, outbox, ...v } of read('messages').messages) {
      const message = { ...v, sourceChain: BigInt(v.sourceChain), destinationChain: BigInt(v.destinationChain), nonce: BigInt(v.nonce) }
      expect(messageId(message, outbox)).toBe(id)
      expect(sentSlot(id)).toBe(slot)
      expect(deliverCall(message)).toBe(call)
    }
  })
})
