import { createServer, type Server } from 'node:http'
import { createPublicClient, http } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { session } from '../../src/index.js'

const servers: Server[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** A gateway that is at a tick and remembers what was asked for. */
async function gateway(tick: number) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers['lockstep-min-tick'] as string | undefined)
    response.setHeader('Lockstep-Tick', String(tick)).setHeader('Content-Type', 'application/json')
    response.end('{"jsonrpc":"2.0","id":1,"result":"0x385"}')
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address() as { port: number }
  return { asked, url: `http://127.0.0.1:${address.port}` }
}

test('a session asks every gateway for the newest tick that it has seen', async () => {
  const [ahead, before] = [await gateway(9), await gateway(7)]
  const s = session()
  for (const { url } of [ahead, before, ahead]) {
    expect(await createPublicClient({ transport: http(url, s) }).getChainId()).toBe(901)
  }
  expect(ahead.asked).toEqual([undefined, '9'])
  expect(before.asked).toEqual(['9'])
  expect(s.tick()).toBe(9)
  s.saw(12)
  s.saw(Number.NaN)
  expect(s.tick()).toBe(12)
})
