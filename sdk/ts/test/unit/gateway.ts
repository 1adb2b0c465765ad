import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import { createPublicClient, http } from 'viem'
import { afterEach } from 'vitest'
import { lockstepActions } from '../../src/index.js'

const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

type Example = { params: { value: unknown }[]; result: { value: unknown } }

/** A gateway's answer to a method, as the node's own reference has it. */
export function exampleOf(method: string): { params: unknown[]; result: unknown } {
  const { methods } = JSON.parse(readFileSync(new URL('../../../../docs/reference/openrpc.json', import.meta.url), 'utf8')) as {
    methods: { name: string; examples?: Example[] }[]
  }
  const { params, result } = methods.find((m) => m.name === method)!.examples![0]!
  return { params: params.map((p) => p.value), result: result.value }
}

/** A gateway that gives one answer, or an error, and remembers what was asked. */
export async function gatewayWith(answer: { result: unknown } | { error: object }) {
  const asked: { method: string; params: unknown[] }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body)
      asked.push({ method, params })
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return { asked, client: createPublicClient({ transport: http(`http://127.0.0.1:${port}`) }).extend(lockstepActions()) }
}
