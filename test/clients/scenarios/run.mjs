// Runs the scenarios of one client against a network: node run.mjs viem < network.json
//
// A client's module exports connect(network), which gives {fund(accounts), scenarios, close()}. Every scenario gets an
// account of its own with 10 ETH, so they run side by side; those whose names begin with "time" run first and alone. Each
// prints one line of JSON when it has ended: {scenario, ms, error} or {scenario, ms, measured}.
import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'

const patience = 60_000 // ms that one scenario may take on a loaded machine

const network = JSON.parse(await text(process.stdin))
const { connect } = await import(`./${process.argv[2]}.mjs`)
const client = await connect(network)

const wanted = new RegExp(network.run)
const scenarios = Object.entries(client.scenarios).filter(([name]) => wanted.test(name))
  .map(([name, play]) => ({ name, play, key: `0x${randomBytes(32).toString('hex')}` }))
await client.fund(scenarios.map(s => s.key))

const alone = s => s.name.startsWith('time')
for (const s of scenarios.filter(alone)) await run(s)
await Promise.all(scenarios.filter(s => !alone(s)).map(run))
await client.close()
process.exit() // whatever a client leaves behind, sockets or timers, does not keep the process alive

async function run({ name, play, key }) {
  const begin = performance.now()
  const result = { scenario: name }
  try {
    result.measured = await within(play(key))
  } catch (error) {
    result.error = error?.stack ?? String(error)
  }
  console.log(JSON.stringify({ ...result, ms: Math.round(performance.now() - begin) }))
}

function within(promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${patience} ms`)), patience)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
