// Checks a complete checkpoint, the answer of lockstep_getCheckpoint on standard input, with ethers: digest, signatures, power.
// The types are written down here again, from docs/spec/formats.md, so that they are not taken on trust.
import { readFileSync } from 'node:fs'
import { TypedDataEncoder, verifyTypedData } from 'ethers'

const types = {
  Checkpoint: [
    { name: 'tick', type: 'uint64' },
    { name: 'time', type: 'uint64' },
    { name: 'ledgerRoot', type: 'bytes32' },
    { name: 'results', type: 'Result[]' },
    { name: 'validatorSet', type: 'bytes32' },
  ],
  Result: [
    { name: 'zone', type: 'uint64' },
    { name: 'tick', type: 'uint64' },
    { name: 'digest', type: 'bytes32' },
  ],
}

const answer = JSON.parse(readFileSync(0, 'utf8'))
const domain = { name: 'Lockstep', version: '1', salt: answer.networkId }
const { tick, time, ledgerRoot, results, validatorSet } = answer
const message = { tick, time, ledgerRoot, results, validatorSet }

const digest = TypedDataEncoder.hash(domain, types, message)
const given = { ...answer.typedData.types }
delete given.EIP712Domain
const typed = TypedDataEncoder.hash(answer.typedData.domain, given, answer.typedData.message)
const signers = answer.signatures.map((s) => verifyTypedData(domain, types, message, s.signature))

const power = new Map(answer.signers.map((m) => [m.address.toLowerCase(), m.power]))
let signed = 0
for (const address of new Set(signers)) signed += power.get(address.toLowerCase()) ?? 0
const total = answer.signers.reduce((sum, m) => sum + m.power, 0)

console.log(JSON.stringify({ digest, typed, signers, quorum: 3 * signed > 2 * total }))
