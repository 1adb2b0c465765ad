import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { getContract, maxUint256, parseEther, type Abi, type Address, type Hex } from 'viem'
import { afterAll, expect, test } from 'vitest'
import { first, gateway, info, rollupOf, second } from './network.js'

const artifacts = '../../demo/artifacts/node_modules/@uniswap'
const artifact = (path: string) => {
  const { abi, bytecode } = JSON.parse(readFileSync(`${artifacts}/${path}.json`, 'utf8')) as { abi: Abi; bytecode: string }
  return { abi, bytecode: (bytecode.startsWith('0x') ? bytecode : `0x${bytecode}`) as Hex }
}
const contracts = {
  factory: artifact('v2-core/build/UniswapV2Factory'), router: artifact('v2-periphery/build/UniswapV2Router02'),
  weth: artifact('v2-periphery/build/WETH9'), token: artifact('v2-periphery/build/ERC20'),
}

const deployer = 6
const trader = 7

/** Uniswap v2 on a rollup with a pool of 100 ETH and this many tokens; the trader gets 10 tokens of it. */
async function exchange(rollup: number, tokens: bigint) {
  const { chain, wallet, reader } = rollupOf(deployer, rollup)
  const deploy = async (c: { abi: Abi; bytecode: Hex }, args: unknown[]): Promise<Address> => {
    const hash = await wallet.deployContract({ chain, ...c, args } as never)
    return (await reader.waitForTransactionReceipt({ hash })).contractAddress!
  }
  const weth = await deploy(contracts.weth, [])
  const factory = await deploy(contracts.factory, [wallet.account.address])
  const router = await deploy(contracts.router, [factory, weth])
  const token = await deploy(contracts.token, [tokens * 10n])
  const write = async (address: Address, abi: Abi, functionName: string, args: unknown[], value = 0n) => {
    const hash = await wallet.writeContract({ chain, address, abi, functionName, args, value } as never)
    expect((await reader.waitForTransactionReceipt({ hash })).status).toBe('success')
  }
  await write(token, contracts.token.abi, 'approve', [router, maxUint256])
  const liquidity = [token, tokens, tokens, parseEther('100'), wallet.account.address, maxUint256]
  await write(router, contracts.router.abi, 'addLiquidityETH', liquidity, parseEther('100'))
  await write(token, contracts.token.abi, 'transfer', [info.accounts[trader]!.address, parseEther('10')])
  const { read } = getContract({ address: token, abi: contracts.token.abi, client: reader })
  return { rollup, weth, router, token, tokensOf: (who: Address) => read.balanceOf!([who]) as Promise<bigint> }
}

const folder = 'test/network/generated'
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the swap of README.md does what it says', async () => {
  const example = /```ts swap\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))![1]!
  const lines = example.trimEnd().split('\n')
  expect(lines.filter((line) => line !== '' && !line.startsWith('import')).length).toBeLessThanOrEqual(20)
  const names = 'key, gateway, cheap, dear, minTokens, minEther'
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/swap.ts`, [
    ...lines.filter((line) => line.startsWith('import')), `export async function swap({ ${names} }: any) {`,
    ...lines.filter((line) => !line.startsWith('import')), 'return { bundle, outcome } }',
  ].join('\n'))
  const { swap } = await import('./generated/swap.js')

  const [cheap, dear] = await Promise.all([exchange(first, parseEther('100')), exchange(second, parseEther('80'))])
  const { address: who, privateKey: key } = info.accounts[trader]!
  const [before, sold] = await Promise.all([cheap.tokensOf(who), dear.tokensOf(who)])
  const minTokens = parseEther('0.98')
  const done = await swap({ key, gateway, cheap, dear, minTokens, minEther: parseEther('1.2') })
  expect(done.outcome).toBe('included')
  expect(await cheap.tokensOf(who)).toBeGreaterThanOrEqual(before + minTokens)
  expect(await dear.tokensOf(who)).toBe(sold - minTokens)

  const greedy = swap({ key, gateway, cheap, dear, minTokens: parseEther('0.9'), minEther: parseEther('2') })
  await expect(greedy).rejects.toThrow(/legs\[2\] fails when the bundle is simulated.*INSUFFICIENT_OUTPUT_AMOUNT/s)
  expect(await dear.tokensOf(who)).toBe(sold - minTokens)
})
