import { type Address, type Hash, type Hex, type RpcLog, type RpcTransactionReceipt } from 'viem'
import { type Atomicity } from './core/bundle.js'
import { type Intent, type IntentOrder } from './core/intent.js'
import { type RollupKind } from './core/genesis.js'
import { type OutcomeName } from './core/outcome.js'
import { type RpcErrorReason } from './gen/errors.js'

/** How far an entry has come: from `ordered` its order and from `attested` its result never goes back. */
export type Level = 'unknown' | 'accepted' | 'ordered' | 'executed' | 'attested' | 'posted' | 'final'

/** An error of the network's methods as part of an answer. */
export type ErrorView = { code: number; reason: RpcErrorReason; message: string }

/** What a node knows about a transaction hash or bundle id. */
export type Status = {
  id: Hash
  kind: 'transaction' | 'bundle' | 'unknown'
  /** The highest over all attempts; `accepted` while the entry only waits in the node's pool. */
  level: Level
  /** While the entry only waits, which validators say that they keep it; `safe`: losing this node does not lose it. */
  acceptedBy?: { validators: Address[]; power: number; total: number; safe: boolean }
  /** What a leg that came alone waits for; `held`: whether what has come would survive the loss of this node. */
  parked?: { commitment: Hash; missing: number[]; bundleId?: Hash; until: number; held?: boolean }
  /** Why the entry left the node's pool without being ordered. */
  dropped?: ErrorView
  /** All places at which the entry was ordered, ascending by tick. */
  attempts: Attempt[]
}

/** One place in the order: of a transaction, of a bundle, or of a leg. */
export type Attempt = {
  /** The lane position; a bundle as a whole has none. */
  rollup?: number
  seq?: number
  txHash?: Hash
  tick: number
  /** The consensus time of the tick, ms since the Unix epoch. */
  tickTime: number
  level: Level
  /** When the place reached its levels by the node's clock, as far as it remembers; ms since the Unix epoch. */
  times?: { ordered?: number; executed?: number; attested?: number }
  /** Missing until the place is decided. That of a bundle is the failing leg's, or `included`. */
  outcome?: OutcomeName
  decidedTick?: number
  reason?: string
  bundleId?: Hash
  /** The index of the leg that voided the bundle. */
  failingLeg?: number
  blockNumber?: number
  txIndex?: number
  reverted?: boolean
  gasUsed?: number
  receipt?: RpcTransactionReceipt
  /** A bundle's: `inclusion` says that its legs were ordered together and nothing more. */
  atomicity?: Atomicity
  /** On a chain that the network does not execute: the block of the operator's signed report that names the place, and where the report stands. */
  reported?: { number: number; hash: Hash; timestamp: number; seq: number; tick: number }
  /** The operator's stream says that it will be in block `blockNumber`; it may be taken back until a report is there. */
  preConfirmed?: boolean
  /** The places of a bundle's legs, in the bundle's order. */
  legs?: Attempt[]
}

/** What a bundle would do on the newest executed state. */
export type Simulation = {
  bundleId: Hash
  /** The bundle would take effect on this state. */
  ok: boolean
  /** The executed tick on whose state it ran. */
  tick: number
  /** Which rule of ordering refuses the bundle as it is now. */
  rule?: ErrorView
  /** That of the failing leg, or `included`. */
  code: OutcomeName
  failingLeg?: number
  reason?: string
  legs: SimulatedLeg[]
  /** Those that were checked after the last leg, in the order made, also those that hold; none if the bundle failed before. */
  assertions: SimulatedAssertion[]
}

/** What a leg asserted about a storage slot, and what was found there after the last leg. */
export type SimulatedAssertion = {
  /** Index of the leg that asserted. */
  leg: number
  /** As it was stated: a rollup of the bundle's zone, or the assertion fails. */
  chainId: Hex
  account: Address
  slot: Hash
  expected: Hash
  /** Zero also where nothing can be read, as `reason` says then. */
  found: Hash
  ok: boolean
  reason?: string
}

/** What would become of a leg. */
export type SimulatedLeg = {
  rollup: number
  txHash: Hash
  status: 'success' | 'reverted' | 'void' | 'notExecuted'
  code?: OutcomeName
  gasUsed: number
  /** The call's output, or the revert data. */
  returnData: Hex
  /** The decoded revert data of a reverted leg. */
  revertReason?: string
  /** Why a leg is void. */
  reason?: string
  logs: RpcLog[]
}

/** The network, and how far it and the asked node are. */
export type Network = {
  networkId: Hash
  name: string
  chainId: string
  version: string
  protocolVersion: number
  predeploy: { address: Address; marker: Hash }
  head: { tick: number; time: number }
  checkpoint?: { slot: number; tick: number; time: number; digest: Hash }
  validators: { consensusKey: Hex; address: Address; power: number }[]
  zones: { id: number; rollups: number[]; executed?: number; stopped?: string; attested: number; attestedDigest: Hash }[]
  rollups: Rollup[]
  pool: { pending: number; queued: number; bundles: number; bytes: number }
}

/** A rollup of the registry and how far its lane is. */
export type Rollup = {
  id: number
  name: string
  kind: RollupKind
  zone?: number
  nextSeq: number
  laneHead: Hash
  firstUnapplied?: number
  sealedBlock?: number
  sealedHash?: Hash
  /** The path of the rollup's Ethereum JSON-RPC; missing if the node does not serve it. */
  rpc?: string
}

/** A zone's result that became attested. */
export type Attested = { zone: number; tick: number; digest: Hash }

/** A bundle of a tick. */
export type TickBundle = {
  id: Hash
  atomicity: Atomicity
  notBefore: number
  notAfter: number
  commitment: Hash
  legs: { rollup: number; txHash: Hash; mayRevert: boolean }[]
}

/** What a tick ordered, with the fates of its positions as they are known now. */
export type Tick = {
  number: number
  time: number
  lanes: { rollup: number; firstSeq: number; count: number; root: Hash; head: Hash; positions: Attempt[] }[]
  bundles: TickBundle[]
  sections: { rollup: number; txs: Hash[] }[]
  attested: Attested[]
}

/** A complete checkpoint with the signatures of more than 2/3 of the power. */
export type CheckpointView = {
  networkId: Hash
  slot: number
  tick: number
  time: number
  ledgerRoot: Hash
  results: Attested[]
  validatorSet: Hash
  digest: Hash
  signatures: { address: Address; power: number; signature: Hex }[]
  signedPower: number
  totalPower: number
  signers: { address: Address; power: number }[]
  nextSigners: { address: Address; power: number }[]
  typedData: unknown
}

/** A block of a chain that keeps its own sequencer, as its operator told it, and where that stands in the order. */
export type ToldBlock = {
  rollup: number
  number: number
  hash: Hash
  parent: Hash
  /** In seconds, as in the block. */
  timestamp: number
  transactionsHash: Hash
  /** The block's L1 origin; zero if it is not known. */
  l1Number: number
  l1Hash: Hash
  /** Grows by one whenever the chain went back. */
  branch: number
  seq: number
  tick: number
  /** The consensus time of the tick, ms since the Unix epoch. */
  time: number
}

/** What may be concluded about a block of a chain that keeps its own sequencer. */
export type Finality = ToldBlock & {
  kind: RollupKind
  /**
   * `ordered`: that the operator told it is in the order for good. `proven`: a complete checkpoint covers that. `safe`: that, and the L1
   * origin is `wantedDepth` deep. `orphaned`: the operator has told another chain since. None of them says that the block is valid.
   */
  status: 'ordered' | 'proven' | 'safe' | 'orphaned'
  /** The newest complete checkpoint, if it covers the block's place. */
  checkpoint: { slot: number; tick: number; time: number; digest: Hash } | null
  /** How many L1 blocks the origin of the chain's newest block is above this one's. */
  l1Depth: number
  wantedDepth: number
  /** What took the block's place, and why: the L1 went back, or the operator broke its word on the same L1. */
  orphaned: { by: ToldBlock; cause: 'l1' | 'chain' | 'unknown' } | null
  /** The newest block that the operator told. */
  newest: ToldBlock
}

/** A change of the network that was ordered. */
export type Change = {
  sequence: number
  /** What it does, in words; `content` is its encoding. */
  change: string
  content: Hex
  /** `refused`: another change had made it impossible. `cancelled`: a later one gave it up. */
  state: 'pending' | 'effective' | 'refused' | 'cancelled'
  /** The tick at or after which it takes effect, 0 for at once. */
  effective: number
  /** The tick that ordered it. */
  ordered: number
  /** The tick with which it took effect, or was refused or given up. */
  decided?: number
  /** The sequence of the change that gave it up. */
  cancelled?: number
}

/** The changes of the network by its validators. */
export type Control = {
  /** The sequence that the next control entry must have. */
  next: number
  /** The version of the rules that the network follows, and the first tick under them. */
  protocolVersion: number
  protocolSince: number
  /** Ascending by sequence, at most 100. */
  changes: Change[]
}

/** What a gateway says of a control entry that it took. */
export type ControlReceipt = {
  sequence: number
  /** The EIP-712 hash that was signed. */
  digest: Hash
  change: string
}

/** A tick as a subscription tells it; `empty` counts the consecutive ticks without entries that it stands for. */
export type TickMessage = {
  type: 'tick' | 'empty'
  number: number
  time: number
  /** When the node learned of the tick by its own clock; ms since the Unix epoch. */
  seen: number
  empty?: number
  lanes?: { rollup: number; firstSeq: number; count: number; head: Hash; txs: Hash[] }[]
  bundles?: TickBundle[]
  attested?: Attested[]
}

/** The outcomes that a node knows of a tick. */
export type ExecutedMessage = {
  type: 'executed'
  zone: number
  tick: number
  attested: number
  seen: number
  outcomes: {
    rollup: number
    seq: number
    txHash: Hash
    outcome: OutcomeName
    reverted?: boolean
    reason?: string
    bundleId?: Hash
    blockNumber?: number
    txIndex?: number
  }[]
}

/** Takes back what the node claimed of results of a zone from a tick on; they were not attested. */
export type RebuiltMessage = { type: 'rebuilt'; zone: number; tick: number }

/** The subscription ends with this error; `resumeFrom` is the tick from which to subscribe again. */
export type ErrorMessage = { type: 'error'; error: ErrorView; resumeFrom?: number }

/** The level of an entry, as `lockstep_subscribe("levels", id)` sends it. */
export type LevelMessage = {
  type: 'level'
  id: Hash
  kind: 'transaction' | 'bundle' | 'unknown'
  level: Level
  /** The tick that ordered it, and its consensus time. */
  tick?: number
  tickTime?: number
  /** The tick that decided it. */
  decidedTick?: number
  /** When the node learned of the level by its own clock; ms since the Unix epoch. */
  time?: number
  outcome?: OutcomeName
  reverted?: boolean
  failingLeg?: number
  reason?: string
  /** Why the entry left the node's pool without being ordered. */
  dropped?: ErrorView
  /** This is the last message. */
  final?: boolean
}

/** Where an order of an intent stands at the asked gateway: `pending` while a solution of it is on its way. */
export type IntentStatus = 'open' | 'pending' | 'filled' | 'cancelled' | 'expired'

/** An order of an intent as a gateway knows it. */
export type IntentView = {
  orderId: Hash
  order: IntentOrder
  signature: Hex
  status: IntentStatus
  intent: Intent
  /** How much of the input is not filled yet. */
  left: bigint
  /** The window in which solutions are taken; after the tick at which it closes the winner is sent. */
  auction: { opensTick: number; closesTick: number }
  /** How many solutions this auction has so far. */
  solutions: number
  /** The bundles that were sent for the order, in the order in which they were. */
  fills: IntentFill[]
  /** Why the order is as it is. */
  reason?: string
  /** False: the gateway's book is its own, and the order is lost with it. */
  held?: boolean
}

/** A bundle that was sent for an order. */
export type IntentFill = {
  bundleId: Hash
  filler: Address
  inputAmount: bigint
  outputAmount: bigint
  /** The tick that ordered it. */
  tick?: number
  status: 'sent' | 'executed' | 'void'
  reason?: string
}

/** What `lockstep_subscribe("intents")` tells. */
export type IntentMessage = { event: 'opened' | 'awarded' | 'filled' | 'reopened' | 'closed'; intent: IntentView }

/** A solution as the auction has it. */
export type IntentSolution = {
  bundleId: Hash
  inputAmount: bigint
  outputAmount: bigint
  /** The output above the least that the user asked for: who offers most wins. */
  surplus: bigint
}

/** What `lockstep_subscribe("ticks")` sends. */
export type FeedMessage = TickMessage | ExecutedMessage | RebuiltMessage | ErrorMessage
