import {
  keccak256, parseTransaction, recoverTransactionAddress,
  type AccessList, type Account, type Address, type Client, type Hash, type Hex, type LocalAccount, type SignedAuthorizationList,
  type TransactionSerializable, type TransactionSerialized,
} from 'viem'
import { parseAccount } from 'viem/accounts'
import { estimateFeesPerGas, estimateGas, getGasPrice, getTransactionCount } from 'viem/actions'
import { bundleId, type Atomicity, type Bundle, type SignedLeg } from '../core/bundle.js'
import { bundleCommitment, type CommittedLeg, type LegType } from '../core/commitment.js'
import { zeroHash } from '../core/hash.js'
import { SignBundleError } from '../errors/rpc.js'
import { getNetwork, simulateBundle } from './network.js'
import { type Network } from '../types.js'
import { type LockstepClient } from './request.js'
import { rollupClient, type RollupClients } from './rollup.js'

/** A leg that is yet to be signed. What is missing of nonce, fees and gas is asked of the rollup. */
export type UnsignedLeg = {
  /** Who signs; the client's account without one. It must be a local account. */
  account?: Account | undefined
  /** The rollup, by its chain id or as a chain of viem. */
  rollup: number | { id: number }
  /** @default 'eip7702' with an authorization list, else 'eip1559' */
  type?: LegType | undefined
  /** Missing or null for a deployment. */
  to?: Address | null | undefined
  value?: bigint | undefined
  data?: Hex | undefined
  nonce?: number | undefined
  gas?: bigint | undefined
  /** Of types legacy and eip2930. */
  gasPrice?: bigint | undefined
  maxFeePerGas?: bigint | undefined
  maxPriorityFeePerGas?: bigint | undefined
  accessList?: AccessList | undefined
  authorizationList?: SignedAuthorizationList | undefined
  /** Lets the bundle stand although this leg reverts. @default false */
  mayRevert?: boolean | undefined
  /** Lets the leg make assertions: its access list names the predeploy's marker besides the commitment. @default false */
  asserts?: boolean | undefined
}

export type SignBundleParameters = {
  /** @default 'execution' */
  atomicity?: Atomicity
  /** The consensus time (ms since the Unix epoch) from which on the bundle may be ordered. @default 0 */
  notBefore?: number
  /** The consensus time after which it may not. @default a minute after the newest tick's time */
  notAfter?: number
  /** In the order of execution. Legs that are signed already stand as they are. */
  legs: readonly (UnsignedLeg | SignedLeg)[]
  /**
   * Names the bundle's commitment in the access list of each leg that is signed here, so that the leg is valid in this bundle only.
   *
   * @default true for atomicity 'execution'; other bundles cannot be protected
   */
  protect?: boolean
}

/** A bundle with its id, and what its legs will be known by. */
export type SignedBundle = Bundle & {
  /** The bundle id, for `getStatus` and `waitForLevel`. */
  id: Hash
  commitment: Hash
  /** The legs' transaction hashes. */
  hashes: Hash[]
}

/** A leg with all that is signed but the commitment. */
type FilledLeg = Omit<UnsignedLeg, 'account' | 'rollup' | 'type'> & CommittedLeg & { account: LocalAccount; type: LegType }
type Draft = FilledLeg | (CommittedLeg & { tx: Hex })
/** Whether the leg's gas is an estimate for the leg by itself, and why there is none if it fails by itself. */
type Estimated = Draft & { estimated?: true; failure?: Error }

/** Gas is asked for with this commitment in the access list: it costs the same as any other. */
const anyCommitment: Hash = `0x${'ff'.repeat(32)}`

/**
 * Signs the legs of a bundle. Fills in what they lack of nonce, fees and gas, computes the commitment, puts it into each leg's access
 * list under the Lockstep predeploy, and gives the bundle as `sendBundle` takes it, with its id.
 *
 * Gas is estimated for each leg by itself. Where a leg works otherwise after those before it, it is measured in a simulation of the whole
 * bundle, for which the legs are signed once more.
 */
export async function signBundle(client: LockstepClient, parameters: SignBundleParameters, rollups?: RollupClients): Promise<SignedBundle> {
  const { atomicity = 'execution', notBefore = 0, legs, protect = atomicity === 'execution' } = parameters
  if (protect && atomicity !== 'execution') throw new SignBundleError('Only legs of a bundle with atomicity "execution" can be protected.')
  const { networkId, predeploy, head } = await getNetwork(client)
  const signing: Signing = {
    client, rollups: rollups ?? ((id) => rollupClient(client, id)), networkId, atomicity, notBefore,
    notAfter: parameters.notAfter ?? head.time + 60_000, predeploy: protect ? predeploy : undefined,
  }
  return sign(signing, await fill(signing, legs))
}

type Signing = {
  client: LockstepClient
  rollups: RollupClients
  networkId: Hash
  atomicity: Atomicity
  notBefore: number
  notAfter: number
  /** Whose storage keys protect the legs; undefined for unprotected ones. */
  predeploy: Predeploy | undefined
}

type Predeploy = Network['predeploy']

/** Signs legs that have everything. */
async function sign(s: Signing, legs: readonly Draft[]): Promise<SignedBundle> {
  const { networkId, atomicity, notBefore, notAfter } = s
  const commitment = s.predeploy ? bundleCommitment({ networkId, atomicity, notBefore, notAfter, legs }) : zeroHash
  const signed = await Promise.all(
    legs.map(async (leg): Promise<SignedLeg> => {
      const tx = 'tx' in leg ? leg.tx : await leg.account.signTransaction(transactionOf(leg, s.predeploy, commitment))
      return { rollup: leg.rollup, tx, mayRevert: leg.mayRevert ?? false }
    }),
  )
  const bundle = { atomicity, notBefore, notAfter, commitment, legs: signed }
  return { ...bundle, id: bundleId(bundle, networkId), hashes: signed.map(({ tx }) => keccak256(tx)) }
}

/** The transaction that a leg signs. */
function transactionOf(leg: FilledLeg, predeploy: Predeploy | undefined, commitment: Hash): TransactionSerializable {
  const { rollup, type, to, value, data, nonce, gas, authorizationList } = leg
  const fees = leg.gasPrice === undefined
    ? { maxFeePerGas: leg.maxFeePerGas, maxPriorityFeePerGas: leg.maxPriorityFeePerGas }
    : { gasPrice: leg.gasPrice }
  const accessList = protectedList(leg, predeploy, commitment)
  return {
    chainId: rollup, type, to: to ?? null, value, data, nonce, gas, ...fees, ...(type === 'legacy' ? {} : { accessList }),
    ...(authorizationList ? { authorizationList } : {}),
  } as TransactionSerializable
}

function protectedList({ accessList = [], asserts }: Pick<UnsignedLeg, 'accessList' | 'asserts'>, predeploy: Predeploy | undefined, commitment: Hash): AccessList {
  if (!predeploy) return accessList
  return [...accessList, { address: predeploy.address, storageKeys: asserts ? [predeploy.marker, commitment] : [commitment] }]
}

/** Fills in what legs lack. */
async function fill(s: Signing, legs: SignBundleParameters['legs']): Promise<Draft[]> {
  const nonces = new Map<string, number>()
  const drafts: Estimated[] = []
  for (const [i, leg] of legs.entries()) {
    drafts.push('tx' in leg ? await readLeg(leg) : await fillLeg(s, leg, nonces, `legs[${i}]`))
  }
  const failed = drafts.find((leg) => leg.failure)
  if (failed && s.atomicity !== 'execution') throw failed.failure
  const dependent = drafts.some((leg, i) => leg.estimated && drafts.findIndex(({ rollup }) => rollup === leg.rollup) < i)
  if (s.atomicity !== 'execution' || (!failed && !dependent)) return drafts
  if (!failed && (await simulateBundle(s.client, await sign(s, drafts))).ok) return drafts
  return estimateTogether(s, drafts)
}

/** Takes from a signed leg what a commitment binds. */
async function readLeg({ rollup, tx, mayRevert }: SignedLeg): Promise<Draft> {
  const parsed = parseTransaction(tx)
  const from = await recoverTransactionAddress({ serializedTransaction: tx as TransactionSerialized })
  return {
    rollup, tx, from, type: parsed.type as LegType, nonce: parsed.nonce ?? 0, to: parsed.to, value: parsed.value, data: parsed.data,
    gas: parsed.gas ?? 0n, authorizationList: 'authorizationList' in parsed ? parsed.authorizationList : undefined, mayRevert,
  }
}

async function fillLeg(s: Signing, leg: UnsignedLeg, nonces: Map<string, number>, name: string): Promise<Estimated> {
  const account = parseAccount(leg.account ?? s.client.account ?? missing(`${name} has no account, and the client has none either.`))
  if (account.type !== 'local') throw new SignBundleError(`${name}: the account ${account.address} cannot sign transactions here; it must be a local account.`)
  const type = leg.type ?? (leg.authorizationList ? 'eip7702' : 'eip1559')
  if (s.predeploy && type === 'legacy') throw new SignBundleError(`${name}: a transaction of type legacy has no access list to be protected by.`)
  if (leg.asserts && !s.predeploy) throw new SignBundleError(`${name}: only protected legs of a bundle with atomicity "execution" can assert.`)
  const rollup = typeof leg.rollup === 'number' ? leg.rollup : leg.rollup.id
  const client = () => Promise.resolve(s.rollups(rollup)) // asked for only by what is missing
  const sender = `${rollup}/${account.address}`
  const nonce = leg.nonce ?? nonces.get(sender) ?? (await getTransactionCount(await client(), { address: account.address, blockTag: 'pending' }))
  nonces.set(sender, nonce + 1)
  const filled = { ...leg, ...(await fees(client, leg, type)), rollup, account, type, nonce, from: account.address }
  if (leg.gas !== undefined) return { ...filled, gas: leg.gas }
  try {
    return { ...filled, gas: await estimate(await client(), filled, s.predeploy), estimated: true }
  } catch (error) {
    return { ...filled, gas: 0n, estimated: true, failure: error as Error }
  }
}

function missing(text: string): never {
  throw new SignBundleError(text)
}

async function fees(client: () => Promise<Client>, leg: UnsignedLeg, type: LegType): Promise<Pick<UnsignedLeg, 'gasPrice' | 'maxFeePerGas' | 'maxPriorityFeePerGas'>> {
  if (type === 'legacy' || type === 'eip2930') return { gasPrice: leg.gasPrice ?? (await getGasPrice(await client())) }
  const { maxFeePerGas, maxPriorityFeePerGas } = leg
  if (maxFeePerGas !== undefined && maxPriorityFeePerGas !== undefined) return { maxFeePerGas, maxPriorityFeePerGas }
  const estimated = await estimateFeesPerGas(await client(), { chain: null, type: 'eip1559' })
  const tip = maxPriorityFeePerGas ?? estimated.maxPriorityFeePerGas
  return { maxFeePerGas: maxFeePerGas ?? estimated.maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas !== undefined && tip > maxFeePerGas ? maxFeePerGas : tip }
}

async function estimate(client: Client, leg: Omit<FilledLeg, 'gas'>, predeploy: Predeploy | undefined): Promise<bigint> {
  return estimateGas(client, {
    account: leg.account.address, to: leg.to ?? null, value: leg.value, data: leg.data,
    accessList: protectedList(leg, predeploy, anyCommitment), authorizationList: leg.authorizationList,
  } as Parameters<typeof estimateGas>[1])
}

/** The gas limit with which legs run whose gas is measured by a simulation; every rollup takes it. */
const simulatedGas = 3_000_000n

/** Gives estimated legs twice what they need in a simulation of the whole bundle: refunds are off that, and a later block may cost more. */
async function estimateTogether(s: Signing, drafts: Estimated[]): Promise<Draft[]> {
  const generous = drafts.map((leg) => (leg.estimated ? { ...leg, gas: simulatedGas } : leg))
  const { ok, code, failingLeg, reason, rule, legs } = await simulateBundle(s.client, await sign(s, generous))
  if (ok) return drafts.map((leg, i) => (leg.estimated ? { ...leg, gas: 2n * BigInt(legs[i]!.gasUsed) } : leg))
  const failed = drafts.find((leg) => leg.failure)
  if (!failed) return drafts // each leg works by itself: whether they do together is not for the estimate to say
  const name = failingLeg === undefined ? 'The bundle' : `legs[${failingLeg}]`
  throw new SignBundleError(`${name} fails when the bundle is simulated: ${rule?.message ?? reason ?? code}`, { cause: failed.failure as Error })
}
