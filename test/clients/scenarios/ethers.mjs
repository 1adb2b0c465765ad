// What applications do with ethers, each function a scenario. The only setting is cacheTimeout: ethers remembers answers
// for 250 ms, which is longer than a transaction takes here.
import assert from 'node:assert/strict'
import {
  Contract, ContractFactory, Interface, JsonRpcProvider, NonceManager, Transaction, Wallet, WebSocketProvider,
  isError, parseEther, parseUnits, verifyMessage, ZeroHash,
} from 'ethers'

const somebody = '0x00000000000000000000000000000000000000aa'

export async function connect(network) {
  const options = { cacheTimeout: -1 }
  const provider = new JsonRpcProvider(network.http, undefined, options)
  const socket = new WebSocketProvider(network.ws, undefined, options)
  const { abi, bytecode } = network.counter
  const wallet = (key, via = provider) => new Wallet(key, via)

  async function succeeded(sent) {
    const receipt = await (await sent).wait()
    assert.equal(receipt.status, 1)
    return receipt
  }
  const deployed = async user => (await new ContractFactory(abi, bytecode, user).deploy(5n)).waitForDeployment()

  const scenarios = {
    async 'time from send to receipt'(key) {
      const measured = {}
      for (const [name, via] of [['http', provider], ['ws', socket]]) {
        const user = wallet(key, via)
        await succeeded(user.sendTransaction({ to: somebody, value: 1n }))
        const begin = performance.now()
        await succeeded(user.sendTransaction({ to: somebody, value: 1n }))
        measured[name] = performance.now() - begin
      }
      return measured
    },

    async 'default settings'(key) {
      const user = new NonceManager(new Wallet(key, new JsonRpcProvider(network.http)))
      for (let i = 0; i < 3; i++) await succeeded(user.sendTransaction({ to: somebody, value: 1n }))
    },

    async 'transfer over HTTP'(key) {
      const user = wallet(key)
      const { address: to } = Wallet.createRandom()
      const receipt = await succeeded(user.sendTransaction({ to, value: parseEther('1') }))
      assert.equal(await provider.getBalance(to), parseEther('1'))
      const tx = await provider.getTransaction(receipt.hash)
      assert.deepEqual([tx.from, tx.blockNumber], [user.address, receipt.blockNumber])
    },

    async 'transfer over WebSocket'(key) {
      const user = wallet(key, socket)
      await succeeded(user.sendTransaction({ to: somebody, value: 1n }))
      assert.equal(await socket.getTransactionCount(user.address), 1)
    },

    async 'old transaction types'(key) {
      const user = wallet(key)
      for (const type of [0, 1]) assert.equal((await succeeded(user.sendTransaction({ to: somebody, type }))).type, type)
    },

    async 'deploy, read and write'(key) {
      const counter = await deployed(wallet(key))
      assert.equal(await counter.value(), 5n)
      assert.equal(await counter.increase.staticCall(2n), 7n)
      await succeeded(counter.increase(2n))
      assert.equal(await counter.value(), 7n) // at "latest", at once
    },

    async 'events of a contract'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const receipt = await succeeded(counter.increase(1n))
      assert.equal(receipt.logs[0].fragment.name, 'Increased')
      await sealed(receipt.blockNumber)
      const [event] = await counter.queryFilter(counter.filters.Increased(user.address), receipt.blockNumber)
      assert.deepEqual([...event.args], [user.address, 6n])
      assert.equal(event.blockHash, (await provider.getBlock(receipt.blockNumber)).hash)
    },

    async 'logs of the pending block'(key) {
      const counter = await deployed(wallet(key))
      await succeeded(counter.increase(1n))
      assert.equal((await counter.queryFilter('Increased', 0, 'pending')).length, 1)
    },

    async 'event filter that is polled'(key) {
      const counter = await deployed(wallet(key))
      const filter = await provider.send('eth_newFilter', [{ address: counter.target }])
      const { blockNumber } = await succeeded(counter.increase(1n))
      await sealed(blockNumber)
      assert.equal((await provider.send('eth_getFilterChanges', [filter])).length, 1)
      assert.deepEqual(await provider.send('eth_getFilterChanges', [filter]), [])
      assert.equal(await provider.send('eth_uninstallFilter', [filter]), true)
    },

    async 'event subscription over HTTP'(key) { await watches(wallet(key)) },
    async 'event subscription over WebSocket'(key) { await watches(wallet(key, socket)) },

    async 'new blocks'() {
      for (const via of [provider, socket]) {
        const [first, second] = await collect(2, take => via.on('block', take), () => via.off('block'))
        assert.equal(second, first + 1)
      }
    },

    async 'fee estimation'(key) {
      const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData()
      assert.ok(gasPrice > 0n && maxFeePerGas > maxPriorityFeePerGas)
      assert.equal((await provider.send('eth_feeHistory', ['0x4', 'latest', [50]])).reward.length > 0, true)
      assert.equal(await provider.estimateGas({ from: wallet(key).address, to: somebody, value: 1n }), 21000n)
    },

    async '20 sends at once'(key) {
      const user = wallet(key)
      const nonces = Array.from({ length: 20 }, (_, i) => 19 - i) // the last one first
      const receipts = await Promise.all(nonces.map(nonce => succeeded(user.sendTransaction({ to: somebody, value: 1n, nonce }))))
      assert.deepEqual(receipts.map(r => r.status), nonces.map(() => 1))
      const managed = new NonceManager(user)
      await Promise.all(nonces.map(() => succeeded(managed.sendTransaction({ to: somebody, value: 1n }))))
      assert.equal(await provider.getTransactionCount(user.address), 40)
    },

    async 'replacement by a higher fee'(key) {
      const user = wallet(key)
      const fees = n => ({ nonce: 1, gasLimit: 21000n, maxFeePerGas: parseUnits(`${n}`, 'gwei'), maxPriorityFeePerGas: parseUnits(`${n / 10}`, 'gwei') })
      const first = await user.sendTransaction({ to: somebody, value: 1n, ...fees(10) }) // waits in the pool: nonce 0 is missing
      await assert.rejects(user.sendTransaction({ to: somebody, value: 2n, ...fees(10.5) }), coded('REPLACEMENT_UNDERPRICED'))
      const waiting = first.wait()
      const replaced = assert.rejects(waiting, e => isError(e, 'TRANSACTION_REPLACED') && e.reason === 'repriced' && e.replacement.hash === second.hash)
      const second = await user.sendTransaction({ to: somebody, value: 1n, ...fees(20) })
      await succeeded(user.sendTransaction({ to: somebody, nonce: 0 }))
      await succeeded(second)
      await replaced
      assert.equal(await provider.getTransactionReceipt(first.hash), null)
    },

    async 'errors of the pool'(key) {
      const user = wallet(key)
      const send = tx => user.sendTransaction({ to: somebody, gasLimit: 21000n, ...tx })
      await succeeded(send({ nonce: 0 }))
      await assert.rejects(send({ nonce: 0, value: 1n }), coded('NONCE_EXPIRED'))
      await assert.rejects(send({ value: parseEther('1000') }), coded('INSUFFICIENT_FUNDS'))
      await assert.rejects(send({ gasLimit: 20999n }), /intrinsic gas too low/)
      await assert.rejects(send({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }), /max fee per gas less than block base fee/)
    },

    async 'custom error of a contract'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const tooMuch = e => {
        assert.equal(e.code, 'CALL_EXCEPTION')
        assert.equal(e.revert.name, 'TooMuch')
        assert.deepEqual([...e.revert.args], [101n, 100n])
        return true
      }
      await assert.rejects(counter.increase.staticCall(101n), tooMuch)
      await assert.rejects(counter.increase(101n), e => tooMuch({ ...e, revert: counter.interface.parseError(e.data) })) // found by the gas estimate
      const forced = await counter.increase(101n, { gasLimit: 100_000n }) // included and paid for, as on any chain
      await assert.rejects(forced.wait(), e => isError(e, 'CALL_EXCEPTION') && e.receipt.status === 0)
    },

    async 'access lists'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const data = new Interface(abi).encodeFunctionData('increase', [1n])
      const { accessList } = await provider.send('eth_createAccessList', [{ from: user.address, to: counter.target, data }])
      assert.deepEqual(accessList, [{ address: counter.target.toLowerCase(), storageKeys: [ZeroHash] }])
      for (const type of [1, 2]) assert.equal((await succeeded(user.sendTransaction({ type, to: counter.target, data, accessList }))).type, type)
      assert.equal(await counter.value(), 7n)
    },

    async 'delegation to a contract (EIP-7702)'(key) {
      const user = wallet(key)
      const counter = await deployed(user)
      const nonce = await user.getNonce()
      const authorization = await user.authorize({ address: counter.target, nonce: nonce + 1 }) // its sender is the account itself
      const data = counter.interface.encodeFunctionData('increase', [3n])
      const receipt = await succeeded(user.sendTransaction({ type: 4, nonce, to: user.address, data, authorizationList: [authorization], gasLimit: 200_000n }))
      assert.equal(receipt.type, 4)
      assert.equal(await new Contract(user.address, abi, provider).value(), 3n) // the contract's code on the account's own storage
    },

    async 'proofs of state'(key) {
      const counter = await deployed(wallet(key))
      const { blockNumber } = await succeeded(counter.increase(1n))
      await sealed(blockNumber)
      const { storageProof, accountProof } = await provider.send('eth_getProof', [counter.target, [ZeroHash], 'latest'])
      assert.equal(BigInt(storageProof[0].value), 6n)
      assert.ok(accountProof.length > 0)
    },

    async 'many requests in one batch'(key) {
      const { address } = wallet(key)
      const balances = await Promise.all(Array.from({ length: 100 }, () => provider.getBalance(address))) // one batch, by default
      assert.deepEqual([...new Set(balances)], [parseEther('10')])
    },

    async 'receipt in the same request'(key) {
      const user = wallet(key)
      const raw = await user.signTransaction(await user.populateTransaction({ to: somebody, value: 1n }))
      const receipt = await provider.send('eth_sendRawTransactionSync', [raw, 5000])
      assert.deepEqual([receipt.status, receipt.transactionHash], ['0x1', Transaction.from(raw).hash])
    },

    async 'block tags'() {
      const [pending, latest, safe, finalized, earliest] = await Promise.all(
        ['pending', 'latest', 'safe', 'finalized', 'earliest'].map(tag => provider.getBlock(tag)))
      assert.equal(earliest.number, 0)
      assert.ok(finalized.number <= safe.number && safe.number <= latest.number && latest.number <= pending.number)
      assert.equal((await provider.getBlock(latest.hash)).number, latest.number)
    },

    async 'another chain id'(key) {
      const user = wallet(key)
      await assert.rejects(user.sendTransaction({ to: somebody, chainId: 1, gasLimit: 21000n }), /chainId/)
      const signed = await user.signTransaction({ chainId: 1, to: somebody, gasLimit: 21000n, maxFeePerGas: parseUnits('10', 'gwei'), nonce: 0 })
      await assert.rejects(provider.broadcastTransaction(signed), /invalid chain id/)
    },

    async 'names without ENS'(key) {
      await assert.rejects(provider.resolveName('vitalik.eth'), coded('UNSUPPORTED_OPERATION'))
      await assert.rejects(wallet(key).sendTransaction({ to: 'vitalik.eth' }), coded('UNSUPPORTED_OPERATION'))
    },

    async 'wallet with a local account'(key) {
      const user = wallet(key)
      assert.equal(verifyMessage('hello', await user.signMessage('hello')), user.address)
      assert.equal((await provider.getNetwork()).chainId, BigInt(network.chainId))
      assert.deepEqual(await provider.listAccounts(), []) // a node is no wallet
    },

    async 'unknown methods'() {
      await assert.rejects(provider.send('anvil_mine', [1]), coded('UNSUPPORTED_OPERATION'))
    },
  }

  // sealed waits until a block is sealed: reads of blocks and logs at "latest" are of sealed blocks.
  async function sealed(blockNumber) {
    if (await provider.getBlockNumber() >= blockNumber) return
    await collect(1, take => socket.on('block', n => n >= blockNumber && take(n)), () => {})
  }

  async function watches(user) {
    const counter = await deployed(user)
    const listening = collect(2, take => counter.on('Increased', (by, value) => take(value)), () => counter.off('Increased'))
    await new Promise(resolve => setImmediate(resolve))
    await succeeded(counter.increase(1n))
    await succeeded(counter.increase(1n))
    assert.deepEqual(await listening, [6n, 7n])
  }

  async function fund(keys) {
    const bank = new NonceManager(wallet(network.bank))
    await Promise.all(keys.map(key => succeeded(bank.sendTransaction({ to: new Wallet(key).address, value: parseEther('10') }))))
  }

  return { fund, scenarios, close: async () => { provider.destroy(); await socket.destroy() } }
}

// collect takes n items from a subscription and ends it.
async function collect(n, subscribe, end) {
  const items = []
  await new Promise((resolve, reject) => {
    Promise.resolve(subscribe(item => { if (items.push(item) === n) resolve() })).catch(reject)
  })
  await end()
  return items.slice(0, n)
}

const coded = code => error => {
  assert.ok(isError(error, code), `want ${code}, have ${error.stack}`)
  return true
}
