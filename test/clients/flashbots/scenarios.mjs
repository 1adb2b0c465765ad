// Sends bundles with Flashbots' own client and prints one JSON line for each scenario.
import { createRequire } from 'node:module'

// The client is a CommonJS module and needs ethers' objects from that same build.
const require = createRequire(import.meta.url)
const { JsonRpcProvider, Wallet } = require('ethers')
const { FlashbotsBundleProvider } = require('@flashbots/ethers-provider-bundle')

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { http, chainId, bank } = JSON.parse(Buffer.concat(chunks))

const provider = new JsonRpcProvider(http)
provider.pollingInterval = 100
const wallet = new Wallet(bank, provider)
const auth = Wallet.createRandom()
const network = { name: 'lockstep', chainId: BigInt(chainId) }
const flashbots = await FlashbotsBundleProvider.create(provider, auth, http, network)
const to = Wallet.createRandom().address
const uuid = 'aee09b46-31c6-46b5-bc3c-9d3f9ee4d7d7'

function check(is, what) {
  if (!is) throw new Error(`not true: ${what}`)
}

function refused(answer, text) {
  check(answer.error?.message.includes(text), `${JSON.stringify(answer.error)} names ${text}`)
}

async function sign(count, value = 1n) {
  const nonce = await provider.getTransactionCount(wallet.address)
  const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n }
  return Promise.all(Array.from({ length: count }, (_, i) => wallet.signTransaction({ chainId, type: 2, nonce: nonce + i, gasLimit: 21000n, to, value, ...fees })))
}

const ahead = async (blocks) => (await provider.getBlockNumber()) + blocks

const scenarios = {
  async 'simulate a bundle'() {
    const simulated = await flashbots.simulate(await sign(2), await ahead(2))
    check(simulated.results?.length === 2, `${JSON.stringify(simulated.error)} is two results`)
    check(simulated.results[0].fromAddress.toLowerCase() === wallet.address.toLowerCase(), 'the sender is told')
    check(simulated.totalGasUsed === 42000 && simulated.firstRevert === undefined, 'both transfers are executed')
    check(simulated.gasFees === 42000n * 10n ** 9n && simulated.coinbaseDiff === simulated.gasFees, `fees ${simulated.gasFees}, difference ${simulated.coinbaseDiff}`)
  },
  async 'a bundle is included in its blocks'() {
    // A loaded machine may need longer than one block to send, so the block is named with room.
    const target = await ahead(4)
    const bundle = await flashbots.sendRawBundle(await sign(2), target)
    check(bundle.bundleHash !== undefined, JSON.stringify(bundle))
    for (const tx of bundle.bundleTransactions) {
      const receipt = await provider.waitForTransaction(tx.hash, 1, 30_000)
      check(receipt.status === 1, 'the transfer succeeded')
    }
  },
  async 'a bundle is replaced and cancelled'() {
    const target = await ahead(60)
    const first = await flashbots.sendRawBundle(await sign(1, 5n), target, { replacementUuid: uuid })
    const second = await flashbots.sendRawBundle(await sign(1, 6n), target, { replacementUuid: uuid })
    check(first.bundleHash && second.bundleHash && first.bundleHash !== second.bundleHash, `${JSON.stringify(first)} ${JSON.stringify(second)}`)
    const cancelled = await flashbots.cancelBundles(uuid)
    check(JSON.stringify(cancelled.bundleHashes) === JSON.stringify([second.bundleHash]), `${JSON.stringify(cancelled)} is the second bundle`)
    const again = await flashbots.cancelBundles(uuid)
    check(again.bundleHashes?.length === 0, 'nothing is left to cancel')
  },
  async 'another signer cancels nothing'() {
    await flashbots.sendRawBundle(await sign(1, 7n), await ahead(60), { replacementUuid: uuid })
    const other = await FlashbotsBundleProvider.create(provider, Wallet.createRandom(), http, network)
    check((await other.cancelBundles(uuid)).bundleHashes?.length === 0, 'a stranger cancels nothing')
    check((await flashbots.cancelBundles(uuid)).bundleHashes?.length === 1, 'the signer does')
  },
  async 'errors name what is wrong'() {
    refused(await flashbots.sendRawBundle(await sign(1), 1), 'blockNumber')
    refused(await flashbots.sendRawBundle(await sign(1), await ahead(100_000)), 'too far away')
    const stranger = new Wallet(Wallet.createRandom().privateKey)
    const poor = await stranger.signTransaction({ chainId, type: 2, nonce: 0, gasLimit: 21000n, to, value: 1n, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n })
    refused(await flashbots.simulate([poor], await ahead(2)), 'insufficient funds')
  },
}

for (const [scenario, run] of Object.entries(scenarios)) {
  const result = { scenario }
  const start = Date.now()
  await run().catch((error) => (result.error = error.stack))
  console.log(JSON.stringify({ ...result, ms: Date.now() - start }))
}
provider.destroy()
