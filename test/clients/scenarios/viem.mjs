// What applications do with viem, each function a scenario. Clients are made as viem's own documentation makes them; the
// only setting is the chain's block time, from which viem derives how often it polls.
import assert from 'node:assert/strict'
import {
  createPublicClient, createWalletClient, createTestClient, defineChain, encodeFunctionData, hexToBigInt, http, numberToHex,
  parseEther, parseGwei, recoverMessageAddress, webSocket,
  BaseError, ContractFunctionRevertedError, ExecutionRevertedError, FeeCapTooLowError, InsufficientFundsError,
  IntrinsicGasTooLowError, MethodNotFoundRpcError, NonceTooLowError, TransactionReceiptNotFoundError,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const somebody = '0x00000000000000000000000000000000000000aa'
const oneEther = parseEther('1')

export async function connect(network) {
  const chain = defineChain({
    id: network.chainId, name: 'rollup', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [network.http], webSocket: [network.ws] } }, blockTime: 1000,
  })
  const { abi, bytecode } = network.counter
  const client = createPublicClient({ chain, transport: http() })
  const socket = createPublicClient({ chain, transport: webSocket() })
  const wallet = (key, transport = http()) => createWalletClient({ account: privateKeyToAccount(key), chain, transport })
  const receiptOf = hash => client.waitForTransactionReceipt({ hash })

  async function succeeded(hash, via = client) {
    const receipt = await via.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    return receipt
  }
  async function deployed(user) {
    const { contractAddress } = await succeeded(await user.deployContract({ abi, bytecode, args: [5n] }))
    return { address: contractAddress, abi }
  }
  const increase = (user, counter, by = 1n) => user.writeContract({ ...counter, functionName: 'increase', args: [by] })
  const value = (counter, options) => client.readContract({ ...counter, functionName: 'value', ...options })

  const scenarios = {
    async 'time from send to receipt'(key) {
      const measured = {}
      for (const [name, transport, via] of [['http', http(), client], ['ws', webSocket(), socket]]) {
        const user = wallet(key, transport)
        await user.sendTransaction({ to: somebody, value: 1n }) // chain id and the like are known afterwards
        const begin = performance.now()
        await succeeded(await user.sendTransaction({ to: somebody, value: 1n }), via)
        measured[name] = performance.now() - begin
      }
      return measured
    },

    async 'transfer over HTTP'(key) {
      const user = wallet(key)
      const to = privateKeyToAccount(key.replace(/.$/, c => c === '1' ? '2' : '1')).address
      const hash = await user.sendTransaction({ to, value: oneEther })
      const receipt = await succeeded(hash)
      assert.equal(await client.getBalance({ address: to }), oneEther)
      const tx = await client.getTransaction({ hash })
      assert.equal(tx.from.toLowerCase(), user.account.address.toLowerCase())
      assert.equal(tx.blockNumber, receipt.blockNumber)
    },

    async 'transfer over WebSocket'(key) {
      const user = wallet(key, webSocket())
      await succeeded(await user.sendTransaction({ to: somebody, value: 1n }), socket)
      assert.equal(await socket.getTransactionCount({ address: user.account.address }), 1)
    },

    async 'old transaction types'(key) {
      const user = wallet(key)
      const legacy = await succeeded(await user.sendTransaction({ to: somebody, type: 'legacy' }))
      assert.equal(legacy.type, 'legacy')
      const eip2930 = await succeeded(await user.sendTransaction({ to: somebody, type: 'eip2930', accessList: [] }))
      assert.equal(eip2930.type, 'eip2930')
    },

    async 'deploy, read and write'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      assert.equal(await value(counter), 5n)
      const { result, request } = await client.simulateContract({ ...counter, account: user.account, functionName: 'increase', args: [2n] })
      assert.equal(result, 7n)
      await succeeded(await user.writeContract(request))
      assert.equal(await value(counter), 7n) // at "latest", at once
    },

    async 'events of a contract'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const { blockNumber, logs } = await succeeded(await increase(user, counter))
      assert.equal(logs.length, 1)
      await sealed(blockNumber)
      const events = await client.getContractEvents({ ...counter, eventName: 'Increased', args: { by: user.account.address }, fromBlock: blockNumber })
      assert.deepEqual(events.map(e => e.args), [{ by: user.account.address, value: 6n }])
      assert.equal(events[0].blockHash, (await client.getBlock({ blockNumber })).hash)
    },

    async 'logs of the pending block'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      await succeeded(await increase(user, counter))
      const logs = await client.getLogs({ address: counter.address, fromBlock: 0n, toBlock: 'pending' })
      assert.equal(logs.length, 1)
    },

    async 'event filter that is polled'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const filter = await client.createContractEventFilter({ ...counter, eventName: 'Increased' })
      const { blockNumber } = await succeeded(await increase(user, counter))
      await sealed(blockNumber)
      const changes = await client.getFilterChanges({ filter })
      assert.deepEqual(changes.map(e => e.args.value), [6n])
      assert.deepEqual(await client.getFilterChanges({ filter }), [])
      assert.equal(await client.uninstallFilter({ filter }), true)
    },

    async 'event subscription over HTTP'(key) { await watches(wallet(key), client) },
    async 'event subscription over WebSocket'(key) { await watches(wallet(key), socket) },

    async 'new blocks'() {
      for (const via of [client, socket]) {
        const [first, second] = await collect(2, (onBlock, onError) => via.watchBlocks({ onBlock, onError }))
        assert.equal(second.number, first.number + 1n)
        assert.equal(second.parentHash, first.hash)
      }
    },

    async 'fee estimation'(key) {
      const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas()
      assert.ok(maxFeePerGas > maxPriorityFeePerGas)
      assert.ok(await client.getGasPrice() > 0n)
      const history = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] })
      assert.equal(history.baseFeePerGas.length, history.reward.length + 1)
      assert.equal(await client.estimateGas({ account: privateKeyToAccount(key), to: somebody, value: 1n }), 21000n)
    },

    async '20 sends at once'(key) {
      const user = wallet(key)
      const nonces = Array.from({ length: 20 }, (_, i) => 19 - i) // the last one first
      const hashes = await Promise.all(nonces.map(nonce => user.sendTransaction({ to: somebody, value: 1n, nonce, gas: 21000n })))
      const receipts = await Promise.all(hashes.map(receiptOf))
      assert.ok(receipts.every(r => r.status === 'success'))
      assert.equal(await client.getTransactionCount({ address: user.account.address }), 20)
    },

    async 'replacement by a higher fee'(key) {
      const user = wallet(key)
      const fees = n => ({ nonce: 1, gas: 21000n, maxFeePerGas: parseGwei(`${n}`), maxPriorityFeePerGas: parseGwei(`${n / 10}`) })
      const first = await user.sendTransaction({ to: somebody, value: 1n, ...fees(10) }) // waits in the pool: nonce 0 is missing
      await assert.rejects(user.sendTransaction({ to: somebody, value: 2n, ...fees(10.5) }), /replacement transaction underpriced/)
      const replaced = []
      const waiting = client.waitForTransactionReceipt({ hash: first, onReplaced: r => replaced.push(r.reason) })
      await nextBlock() // viem looks at what it waits for once per block
      const second = await user.sendTransaction({ to: somebody, value: 1n, ...fees(20) })
      await user.sendTransaction({ to: somebody, nonce: 0, gas: 21000n })
      assert.equal((await succeeded(second)).transactionHash, second)
      assert.equal((await waiting).transactionHash, second)
      assert.deepEqual(replaced, ['repriced'])
      await assert.rejects(client.getTransactionReceipt({ hash: first }), TransactionReceiptNotFoundError)
    },

    async 'errors of the pool'(key) {
      const user = wallet(key)
      const send = tx => user.sendTransaction({ to: somebody, gas: 21000n, ...tx })
      await succeeded(await send({ nonce: 0 }))
      await assert.rejects(send({ nonce: 0, value: 1n }), caused(NonceTooLowError))
      await assert.rejects(send({ value: parseEther('1000') }), caused(InsufficientFundsError))
      await assert.rejects(send({ gas: 20999n }), caused(IntrinsicGasTooLowError))
      await assert.rejects(send({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }), caused(FeeCapTooLowError))
    },

    async 'custom error of a contract'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const tooMuch = error => {
        const { data } = error.walk(e => e instanceof ContractFunctionRevertedError)
        assert.equal(data.errorName, 'TooMuch')
        assert.deepEqual(data.args, [101n, 100n])
        return true
      }
      await assert.rejects(client.simulateContract({ ...counter, account: user.account, functionName: 'increase', args: [101n] }), tooMuch)
      await assert.rejects(increase(user, counter, 101n), tooMuch) // found by the gas estimate, nothing is sent
      const data = encodeFunctionData({ abi, functionName: 'increase', args: [101n] })
      await assert.rejects(client.call({ to: counter.address, data }), caused(ExecutionRevertedError))
      const forced = await user.sendTransaction({ to: counter.address, data, gas: 100_000n }) // included and paid for, as on any chain
      assert.equal((await receiptOf(forced)).status, 'reverted')
    },

    async 'access lists'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const data = encodeFunctionData({ abi, functionName: 'increase', args: [1n] })
      const { accessList } = await client.createAccessList({ account: user.account, to: counter.address, data })
      assert.equal(accessList[0].address.toLowerCase(), counter.address.toLowerCase())
      assert.deepEqual(accessList[0].storageKeys, [numberToHex(0, { size: 32 })])
      for (const type of ['eip2930', 'eip1559']) {
        const receipt = await succeeded(await user.sendTransaction({ type, to: counter.address, data, accessList }))
        assert.equal(receipt.type, type)
      }
      assert.equal(await value(counter), 7n)
    },

    async 'delegation to a contract (EIP-7702)'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const authorization = await user.signAuthorization({ contractAddress: counter.address, executor: 'self' })
      const data = encodeFunctionData({ abi, functionName: 'increase', args: [3n] })
      const receipt = await succeeded(await user.sendTransaction({ authorizationList: [authorization], to: user.account.address, data }))
      assert.equal(receipt.type, 'eip7702')
      assert.equal(await value({ address: user.account.address, abi }), 3n) // the contract's code on the account's own storage
    },

    async 'proofs of state'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const { blockNumber } = await succeeded(await increase(user, counter))
      await sealed(blockNumber)
      const proof = await client.getProof({ address: counter.address, storageKeys: [numberToHex(0, { size: 32 })] })
      assert.equal(proof.storageProof[0].value, 6n)
      assert.ok(proof.accountProof.length > 0 && proof.storageProof[0].proof.length > 0)
    },

    async 'simulated blocks and calls'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const call = { ...counter, functionName: 'increase', args: [1n] }
      const [one, two] = await client.simulateBlocks({ blocks: [
        { calls: [{ ...call, account: user.account, to: counter.address }] }, { calls: [{ ...call, account: user.account, to: counter.address }] },
      ] })
      assert.deepEqual([one.calls[0].result, two.calls[0].result], [6n, 7n])
      assert.equal(two.number, one.number + 1n)
      const { results } = await client.simulateCalls({ account: user.account.address, calls: [{ to: counter.address, abi, functionName: 'value' }] })
      assert.equal(results[0].result, 5n)
    },

    async 'many reads in one call'(key) {
      const counter = await deployed(wallet(key))
      const read = { ...counter, functionName: 'value' }
      const results = await client.multicall({ contracts: [read, read, read], allowFailure: false, deployless: true })
      assert.deepEqual(results, [5n, 5n, 5n])
    },

    async 'many requests in one batch'(key) {
      const batched = createPublicClient({ chain, transport: http(network.http, { batch: { batchSize: 100, wait: 5 } }) })
      const balances = await Promise.all(Array.from({ length: 100 }, () => batched.getBalance({ address: privateKeyToAccount(key).address })))
      assert.deepEqual([...new Set(balances)], [parseEther('10')])
    },

    async 'receipt in the same request'(key) {
      const user = wallet(key)
      const request = await user.prepareTransactionRequest({ to: somebody, value: 1n })
      const begin = performance.now()
      const receipt = await user.sendRawTransactionSync({ serializedTransaction: await user.signTransaction(request), timeout: 5000 })
      assert.equal(receipt.status, 'success')
      assert.equal((await user.sendTransactionSync({ to: somebody, value: 1n })).status, 'success')
      return { first: performance.now() - begin }
    },

    async 'block tags'() {
      const [pending, latest, safe, finalized, earliest] = await Promise.all(
        ['pending', 'latest', 'safe', 'finalized', 'earliest'].map(blockTag => client.getBlock({ blockTag })))
      assert.equal(earliest.number, 0n)
      assert.ok(finalized.number <= safe.number && safe.number <= latest.number)
      assert.ok(pending.number === null || pending.number > 0n)
      const { number, hash } = await client.getBlock({ blockHash: latest.hash })
      assert.deepEqual([number, hash], [latest.number, latest.hash])
    },

    async 'another chain id'(key) {
      const user = privateKeyToAccount(key)
      const serializedTransaction = await user.signTransaction({ chainId: 1, to: somebody, nonce: 0, gas: 21000n, maxFeePerGas: parseGwei('10') })
      await assert.rejects(client.sendRawTransaction({ serializedTransaction }), /invalid chain id/)
      // A wallet that is set up for another chain asks the node to fill in what is missing, and signs for the node's chain.
      const elsewhere = createWalletClient({ account: user, chain: { ...chain, id: 1 }, transport: http(network.http) })
      assert.equal((await elsewhere.prepareTransactionRequest({ to: somebody })).chainId, network.chainId)
    },

    async 'names without ENS'(key) {
      await assert.rejects(client.getEnsAddress({ name: 'vitalik.eth' }), /does not support contract "ensUniversalResolver"/)
      await assert.rejects(wallet(key).sendTransaction({ to: 'vitalik.eth' }), /Address "vitalik.eth" is invalid/)
    },

    async 'wallet with a local account'(key) {
      const user = wallet(key)
      const signature = await user.signMessage({ message: 'hello' })
      assert.equal(await recoverMessageAddress({ message: 'hello', signature }), user.account.address)
      assert.ok(await client.verifyMessage({ address: user.account.address, message: 'hello', signature }))
      assert.equal(await user.getChainId(), network.chainId)
      assert.deepEqual(await user.getAddresses(), [user.account.address])
      await assert.rejects(user.switchChain({ id: 1 }), caused(MethodNotFoundRpcError)) // a node is no wallet
    },

    async 'unknown methods'() {
      const test = createTestClient({ chain, mode: 'anvil', transport: http() })
      await assert.rejects(test.mine({ blocks: 1 }), caused(MethodNotFoundRpcError))
    },
  }

  // sealed waits until a block is sealed: reads of blocks and logs at "latest" are of sealed blocks.
  async function sealed(blockNumber) {
    await collect(1, (take, onError) => client.watchBlockNumber({
      emitOnBegin: true, poll: true, onError, onBlockNumber: n => n >= blockNumber && take(n),
    }))
  }

  const nextBlock = () => collect(1, (take, onError) => client.watchBlockNumber({ poll: true, onBlockNumber: take, onError }))

  async function watches(user, via) {
    const counter = await deployed(user)
    const events = collect(2, (take, onError) =>
      via.watchContractEvent({ ...counter, eventName: 'Increased', onLogs: logs => logs.forEach(take), onError }))
    await succeeded(await increase(user, counter))
    await succeeded(await increase(user, counter))
    assert.deepEqual((await events).map(e => e.args.value), [6n, 7n])
  }

  async function fund(keys) {
    const bank = wallet(network.bank)
    const nonce = await client.getTransactionCount({ address: bank.account.address })
    const hashes = await Promise.all(keys.map((key, i) => bank.sendTransaction({
      to: privateKeyToAccount(key).address, value: parseEther('10'), nonce: nonce + i, gas: 21000n,
    })))
    await Promise.all(hashes.map(hash => succeeded(hash)))
  }

  return { fund, scenarios, close: async () => (await socket.transport.getRpcClient()).close() }
}

// collect takes n items from a subscription and ends it.
function collect(n, subscribe) {
  return new Promise((resolve, reject) => {
    const items = []
    const end = subscribe(item => {
      if (items.length < n) items.push(item)
      if (items.length === n) queueMicrotask(() => { end(); resolve(items) })
    }, reject)
  })
}

// caused accepts an error that has a certain class somewhere in its chain of causes.
const caused = type => error => {
  assert.ok(error instanceof BaseError && error.walk(e => e instanceof type), `want ${type.name}, have ${error.stack}`)
  return true
}
