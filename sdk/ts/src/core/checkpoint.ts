import { recoverAddress, type Address, type Hash, type Hex } from 'viem'
import { address, bytes, hash, list, struct, uint, type Infer } from './codec.js'
import { keccak, keccakText, taggedHash, u64, word } from './hash.js'
import { limits } from './limits.js'

/** A zone's newest attested result. */
export const attested = struct({ zone: uint(), tick: uint(), digest: hash })

/** The statement that the validators' Ethereum keys sign and that proofs end in. */
export const checkpoint = struct({
  networkId: hash,
  tick: uint(),
  time: uint(),
  ledgerRoot: hash,
  results: list(attested),
  validatorSet: hash,
})
export type Checkpoint = Infer<typeof checkpoint>

export const signedCheckpoint = struct({
  checkpoint,
  signatures: list(struct({ validator: address, signature: bytes() })),
})
export type SignedCheckpoint = Infer<typeof signedCheckpoint>

/** Who signs checkpoints, ascending by address. */
export const validatorSet = list(struct({ address, power: uint() }))
export type ValidatorSet = Infer<typeof validatorSet>

/** A checkpoint with the set that it names, which signs the checkpoints after it. */
export const handover = struct({ signed: signedCheckpoint, next: validatorSet })
export type Handover = Infer<typeof handover>

const domainType = 'EIP712Domain(string name,string version,bytes32 salt)'
const resultType = 'Result(uint64 zone,uint64 tick,bytes32 digest)'
const checkpointType = `Checkpoint(uint64 tick,uint64 time,bytes32 ledgerRoot,Result[] results,bytes32 validatorSet)${resultType}`

/** What the validators sign: the EIP-712 digest, with the networkId as the domain's salt. */
export function checkpointDigest(c: Checkpoint): Hash {
  const domain = keccak(keccakText(domainType), keccakText('Lockstep'), keccakText('1'), c.networkId)
  const results = c.results.map((r) => keccak(keccakText(resultType), word(r.zone), word(r.tick), r.digest))
  const statement = keccak(
    keccakText(checkpointType), word(c.tick), word(c.time), c.ledgerRoot, keccak(...results), c.validatorSet,
  )
  return keccak('0x1901', domain, statement)
}

/** Says what is wrong with a checkpoint in any network; undefined if nothing is. */
export function checkpointProblem(c: Checkpoint): string | undefined {
  if (c.tick === 0) return 'no tick'
  for (const [i, r] of c.results.entries()) {
    if (r.zone === 0 || (i > 0 && c.results[i - 1]!.zone >= r.zone)) return `results[${i}]: zone ${r.zone} is zero or not above the one before`
    if (r.tick > c.tick) return `results[${i}]: tick ${r.tick} is after the checkpoint's`
  }
  return undefined
}

/** keccak(tag ‖ for each member: address ‖ u64(power)): what a checkpoint names a set by. */
export function validatorSetHash(set: ValidatorSet): Hash {
  return taggedHash('validatorSet', ...set.flatMap((m) => [m.address, u64(m.power)]))
}

/** Says what is wrong with a set of validators; undefined if nothing is. */
export function validatorSetProblem(set: ValidatorSet): string | undefined {
  if (set.length === 0 || set.length > limits.validators) return `${set.length} validators, want 1 to ${limits.validators}`
  for (const [i, m] of set.entries()) {
    if (i > 0 && set[i - 1]!.address >= m.address) return `validators[${i}] is not above the one before`
    if (m.power === 0 || m.power >= limits.power) return `the power of ${m.address} is ${m.power}, want 1 to 2^52-1`
  }
  return undefined
}

/**
 * Says why a checkpoint is not signed by members of set with more than 2/3 of its power; undefined if it is. One signature
 * that is bad, out of order or of nobody in the set fails the whole.
 */
export async function signatureProblem(s: SignedCheckpoint, set: ValidatorSet): Promise<string | undefined> {
  const problem = checkpointProblem(s.checkpoint) ?? validatorSetProblem(set)
  if (problem) return problem
  const digest = checkpointDigest(s.checkpoint)
  const powers = new Map(set.map((m) => [m.address, BigInt(m.power)]))
  let signed = 0n
  for (const [i, { validator, signature }] of s.signatures.entries()) {
    if (i > 0 && s.signatures[i - 1]!.validator >= validator) return `signatures[${i}] is not of a validator above the one before`
    const signer = await recoverCheckpoint(digest, signature)
    if (signer === undefined) return `signatures[${i}] is not of the form R ‖ S ‖ V with low S and V 27 or 28`
    if (signer !== validator) return `signatures[${i}] is of ${signer}, not of ${validator}`
    const power = powers.get(validator)
    if (power === undefined) return `${validator} is not in the set that has to sign`
    signed += power
  }
  const total = [...powers.values()].reduce((sum, power) => sum + power, 0n)
  return 3n * signed > 2n * total ? undefined : `signed by ${signed} of ${total}`
}

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** The address of the key that signed a digest; undefined if the signature is not of the one form that is accepted. */
async function recoverCheckpoint(digest: Hash, signature: Hex): Promise<Address | undefined> {
  if (signature.length !== 2 + 2 * 65 || !/(1b|1c)$/.test(signature)) return undefined
  if (BigInt(`0x${signature.slice(66, 130)}`) > halfOrder) return undefined
  try {
    return (await recoverAddress({ hash: digest, signature })).toLowerCase() as Address
  } catch {
    return undefined // R or S is out of range, or R is not on the curve
  }
}
