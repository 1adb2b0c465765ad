import { type Hex } from 'viem'
import { expect, test } from 'vitest'
import { exampleOf, gatewayWith } from './gateway.js'

test('getControl lists the changes, from the first one or another on', async () => {
  const example = exampleOf('lockstep_getControl')
  const { asked, client } = await gatewayWith({ result: example.result })
  const control = await client.getControl({ from: 1 })
  await client.getControl()
  expect(asked).toEqual([example.params, []].map((params) => ({ method: 'lockstep_getControl', params })))
  expect(control).toMatchObject({ next: 2, changes: [{ sequence: 1, change: 'set maxBundleLegs to 16', state: 'pending', effective: 40 }] })
  expect(control.changes[0]!.decided).toBeUndefined()
})

test('submitControl brings a signed change', async () => {
  const example = exampleOf('lockstep_submitControl')
  const { asked, client } = await gatewayWith({ result: example.result })
  const receipt = await client.submitControl({ control: example.params[0] as Hex })
  expect(asked).toEqual([{ method: 'lockstep_submitControl', params: example.params }])
  expect(receipt).toEqual({ sequence: 1, change: 'set maxBundleLegs to 16', digest: expect.stringMatching(/^0x[0-9a-f]{64}$/) })
})

test('a change that too few have signed is refused by that name', async () => {
  const { client } = await gatewayWith({ error: { code: 47802, message: 'too few validators have signed', data: { reason: 'controlQuorum' } } })
  await expect(client.submitControl({ control: '0x01' })).rejects.toMatchObject({ name: 'LockstepControlQuorumError' })
})
