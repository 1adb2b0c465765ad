import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { createPublicClient, http, type Hash } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { lockstepActions } from '../../src/index.js'

const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** A gateway's answer, as the node's own reference has it. */
const { methods } = JSON.parse(readFileSync(new URL('../../../../docs/reference/openrpc.json', import.meta.url), 'utf8')) as {
  methods: { name: string; examples?: { params: { value: unknown }[]; result: { value: unknown } }[] }[]
}
const example = methods.find((m) => m.name === 'lockstep_getFinality')!.examples![0]!

/** A gateway that gives that answer, or an error, and remembers what was asked. */
async function gateway(error?: object) {
  const asked: { method: string; params: unknown[] }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body)
      asked.push({ method, params })
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...(error ? { error } : { result: example.result.value }) }))
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return { asked, client: createPublicClient({ transport: http(`http://127.0.0.1:${port}`) }).extend(lockstepActions()) }
}

test('getFinality asks for a block by number, hash and tag', async () => {
  const { asked, client } = await gateway()
  const hash: Hash = `0x${'ab'.repeat(32)}`
  const finality = await client.getFinality({ rollup: 905, block: 1, depth: 10 })
  await client.getFinality({ rollup: 905, block: hash })
  await client.getFinality({ rollup: 905 })
  expect(asked.map((a) => a.method)).toEqual(Array(3).fill('lockstep_getFinality'))
  expect(asked.map((a) => a.params)).toEqual([example.params.map((p) => p.value), [905, hash], [905, 'latest']])
  expect(finality).toMatchObject({ status: 'safe', kind: 'opstack', number: 1, l1Depth: 10, orphaned: null, newest: { number: 2 } })
  expect(finality.checkpoint!.tick).toBeGreaterThanOrEqual(finality.tick)
})

test('what the gateway refuses is thrown by its reason', async () => {
  const { client } = await gateway({ code: 47600, message: 'no operator', data: { reason: 'noOperator', field: 'rollup' } })
  await expect(client.getFinality({ rollup: 901 })).rejects.toMatchObject({ name: 'LockstepNoOperatorError' })
})
