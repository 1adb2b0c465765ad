import { type Hash } from 'viem'
import { expect, test } from 'vitest'
import { exampleOf, gatewayWith } from './gateway.js'

const example = exampleOf('lockstep_getFinality')

test('getFinality asks for a block by number, hash and tag', async () => {
  const { asked, client } = await gatewayWith({ result: example.result })
  const hash: Hash = `0x${'ab'.repeat(32)}`
  const finality = await client.getFinality({ rollup: 905, block: 1, depth: 10 })
  await client.getFinality({ rollup: 905, block: hash })
  await client.getFinality({ rollup: 905 })
  expect(asked.map((a) => a.method)).toEqual(Array(3).fill('lockstep_getFinality'))
  expect(asked.map((a) => a.params)).toEqual([example.params, [905, hash], [905, 'latest']])
  expect(finality).toMatchObject({ status: 'safe', kind: 'opstack', number: 1, l1Depth: 10, orphaned: null, newest: { number: 2 } })
  expect(finality.checkpoint!.tick).toBeGreaterThanOrEqual(finality.tick)
})

test('what the gateway refuses is thrown by its reason', async () => {
  const { client } = await gatewayWith({ error: { code: 47600, message: 'no operator', data: { reason: 'noOperator', field: 'rollup' } } })
  await expect(client.getFinality({ rollup: 901 })).rejects.toMatchObject({ name: 'LockstepNoOperatorError' })
})
