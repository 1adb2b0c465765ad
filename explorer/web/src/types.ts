// The JSON of the explorer's live feed and API, generated from the Go types by `go test ./explorer -rewrite`.

// GET, below /explorer/:
//   live → event stream of Hello and Frame: What happens, as it happens: server-sent events "hello" and then "frame", a few a second. `Last-Event-ID` resumes without a gap for as long as the node keeps the frames.
//   api/network → NetworkPage: The network and its state.
//   api/ticks?before=<tick>, limit=<1 to 200> → TickList: Ticks below `before`, newest first; the newest ones without it.
//   api/tick/{number} → TickPage: What a tick ordered, with outcomes and votes. `latest` is the newest.
//   api/tx/{hash} → TransactionPage: Everything about a transaction hash on all rollups.
//   api/bundle/{id} → BundlePage: Everything about a bundle.
//   api/rollups → RollupPage[]: All rollups; blocks and latest are empty.
//   api/rollup/{id} → RollupPage: A rollup with its newest blocks and entries.
//   api/rollup/{id}/block/{block} → BlockPage: A block by number or hash; `latest` is the newest sealed one.
//   api/validators → ValidatorList: The validators, by descending power.
//   api/validator/{address} → ValidatorPage: A validator by either of its addresses.
//   api/changes?before=<number>, limit=<1 to 100> → ChangeList: The changes of the network: all that wait, and those that are decided, with who signed them.
//   api/address/{address}?before=<from the page before>, limit=<1 to 100> → AddressPage: An account on all rollups, with its activity.
//   api/search?q=<text> → SearchPage: What a text may name: a tick, a hash, an address, a rollup.
// Answers other than 200 and 304 are a Failure.

/** 0x hex, lower case. */
export type Hex = `0x${string}`;

/** How far an entry has come. */
export type Level = "unknown" | "accepted" | "ordered" | "executed" | "attested" | "posted" | "final";

/** What became of a lane position: included, or the reason why it is void. */
export type OutcomeCode = "included" | "badSignature" | "nonceTooLow" | "nonceTooHigh" | "nonceMax" | "insufficientFunds" | "feeCapTooLow" | "tipAboveFeeCap" | "feeOverflow" | "intrinsicGas" | "floorDataGas" | "gasAboveCap" | "gasOverflow" | "initCodeTooLarge" | "senderNotEOA" | "txType" | "authorizations" | "blockFull" | "legReverted" | "otherLeg" | "commitment" | "assertion" | "parentTick" | "panic" | "zoneUnassigned" | "rejected" | "undecodable";

export type RollupKind = "evm" | "opstack" | "opaque";

export type Atomicity = "execution" | "inclusion";

/** EntryKind says what an entry of a lane does, as far as its bytes tell. */
export type EntryKind = "transfer" | "call" | "create" | "bytes";

/** ActivityType says what touched an account. */
export type ActivityType = "transaction" | "transfer";

/** Direction says on which side of an activity an account is. */
export type Direction = "in" | "out" | "self";

/** HitType says what was found by a search. */
export type HitType = "tick" | "transaction" | "bundle" | "block" | "address" | "rollup" | "validator";

/** ChangeState says what became of a change of the network. */
export type ChangeState = "pending" | "effective" | "refused" | "cancelled";

/** Hello is the first message of every stream (event "hello"): what does not change while it is open. */
export interface Hello {
  networkId: Hex;
  name: string;
  /** Version is the build of the node that serves the page. */
  version: string;
  /** ChainID is the chain id of the ordering engine. */
  chainId: string;
  /** Now is the node's clock. Pages show ages by it and not by their own. */
  now: number;
  /** SlotMs is the length of a slot: every rollup seals one block per slot that has a tick. */
  slotMs: number;
  /** FrameMs is the time between two frames. */
  frameMs: number;
  /** Resumed: the frames that follow continue where the stream with the Last-Event-ID broke off. If false, a page forgets what it has shown: the first frames that follow are the newest seconds. */
  resumed: boolean;
  rollups: RollupInfo[];
  zones: ZoneInfo[];
  /** Validators are those in force when the stream was opened, by descending power, and those that were jailed. */
  validators: ValidatorInfo[];
  /** TotalPower is that of those in force. */
  totalPower: number;
  /** Buckets are the upper bounds in ms of Distribution.buckets; the last bucket has none. */
  buckets: number[];
}

/** RollupInfo is what the registry says of a rollup. */
export interface RollupInfo {
  id: number;
  name: string;
  kind: RollupKind;
  /** Zone is missing if the rollup is executed in none. */
  zone?: number;
  /** RPC is the path of its Ethereum JSON-RPC at this node; missing if it has none. */
  rpc?: string;
}

/** ZoneInfo is a set of rollups that are executed jointly. */
export interface ZoneInfo {
  id: number;
  rollups: number[];
}

/** ValidatorInfo is a validator that is in force, or was jailed. */
export interface ValidatorInfo {
  /** Index is its place by descending power, which changes with the set. */
  index: number;
  /** Address is that of the key that signs checkpoints. */
  address: Hex;
  /** ConsensusAddress is the ordering engine's name for it: 20 bytes, hex without 0x. */
  consensusAddress: string;
  /** Power is zero for one that was jailed. */
  power: number;
}

/** Frame is what happened since the frame before (event "frame"). */
export interface Frame {
  /** Now is the node's clock when the frame was made. */
  now: number;
  head: Head;
  /** Ticks ascend. A run of empty ones is one row. */
  ticks?: TickRow[];
  /** Outcomes are the lane positions decided since, per rollup and tick in the order decided. */
  outcomes?: OutcomeRun[];
  /** Bundles are the bundles decided since. */
  bundles?: BundleOutcome[];
  /** Rebuilt: a zone executes again from a tick on; what frames said of outcomes from that tick on is void. */
  rebuilt?: ZoneTick[];
  /** Dropped counts entries, bundles and outcomes that were left out of this frame because there were too many. */
  dropped?: number;
  zones: ZoneState[];
  rollups: RollupState[];
  rates: Rates;
  /** Times and Validators and Pool come once a second. Validators are those in force, and those that were jailed. */
  times?: Times;
  validators?: ValidatorState[];
  pool?: PoolState;
}

/** Head is the newest tick. */
export interface Head {
  tick: number;
  time: number;
}

/** TickRow is a tick with content, or a run of empty ones. */
export interface TickRow {
  /** Number and Time (consensus time) are those of the tick, or of the last one of a run. */
  number: number;
  time: number;
  /** Empty is the length of a run of empty ticks; missing if the tick has content. */
  empty?: number;
  lanes?: LaneAdd[];
  /** Bundles are the first of the tick's, in order. */
  bundles?: BundleAdd[];
  /** BundleCount counts all of them. */
  bundleCount?: number;
}

/** LaneAdd is what a tick added to a lane. */
export interface LaneAdd {
  rollup: number;
  firstSeq: number;
  count: number;
  /** Legs is how many of them, the first ones, are legs of bundles. */
  legs?: number;
  /** Entries are the first few. */
  entries: EntryBrief[];
}

/** EntryBrief is an entry of a lane. */
export interface EntryBrief {
  seq: number;
  hash: Hex;
  /** Kind is "transfer" (no data), "call", "create" or "bytes" (of a rollup that is no EVM). */
  kind: EntryKind;
  /** Bundle and Leg say whose leg it is; missing for singles. */
  bundle?: Hex;
  leg?: number;
}

/** BundleAdd is a bundle that a tick ordered. */
export interface BundleAdd {
  id: Hex;
  atomicity: Atomicity;
  legs: LegPlace[];
}

/** LegPlace is where a leg of a bundle stands. */
export interface LegPlace {
  rollup: number;
  seq: number;
}

/** OutcomeRun says that consecutive positions of a lane were decided alike. */
export interface OutcomeRun {
  rollup: number;
  firstSeq: number;
  count: number;
  /** Tick is the tick that decided them. */
  tick: number;
  outcome: OutcomeCode;
  reverted?: boolean;
}

/** BundleOutcome is what became of a bundle. */
export interface BundleOutcome {
  id: Hex;
  tick: number;
  /** Outcome is the failing leg's, or "included". */
  outcome: OutcomeCode;
  /** FailingLeg and Reason say why it is void. */
  failingLeg?: number;
  reason?: string;
}

/** ZoneTick names a tick of a zone. */
export interface ZoneTick {
  zone: number;
  tick: number;
}

/** ZoneState is how far a zone is. */
export interface ZoneState {
  id: number;
  /** Executed is this node's newest executed tick, Attested the newest tick whose results are attested. */
  executed: number;
  attested: number;
  /** Stopped: this node does not execute the zone any more. */
  stopped?: boolean;
}

/** RollupState is how far a rollup is. */
export interface RollupState {
  id: number;
  /** NextSeq is the lane's length. */
  nextSeq: number;
  /** Waiting counts the ordered positions without an outcome. */
  waiting?: number;
  /** Block and BlockHash name the newest sealed block; missing if this node does not execute the rollup. */
  block?: number;
  blockHash?: Hex;
  /** Tps1 and Tps10 are entries ordered per second over the last 1 s and 10 s. */
  tps1: number;
  tps10: number;
}

/** Rates are those of the whole network, per second over the last 1 s and 10 s. */
export interface Rates {
  ticks1: number;
  ticks10: number;
  tps1: number;
  tps10: number;
}

/** Times are how long entries took to reach their levels at this node, over the last 60 s. */
export interface Times {
  /** Accepted are measured from when this node took the entry from a client: what a user here waits. They are empty while nobody submits at this node. */
  accepted: LevelDistributions;
  /** Proposed are measured from the consensus time of the tick that ordered the entry, for all entries. */
  proposed: LevelDistributions;
}

/** LevelDistributions has one distribution for each level. */
export interface LevelDistributions {
  ordered: Distribution;
  executed: Distribution;
  attested: Distribution;
}

/** Distribution is a histogram of times with quantiles estimated from it, in ms; all zero if count is. */
export interface Distribution {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  /** Buckets count the entries between a bound of Hello.buckets and the one before it; there is one bucket more than bounds. */
  buckets: number[];
}

/** ValidatorState is what the votes of the newest ticks say about a validator. */
export interface ValidatorState {
  index: number;
  address: Hex;
  power: number;
  /** Votes holds a letter for each of the newest ticks, at most 64, the newest last: "1" the vote was handed on, "0" it was not, "-" the validator was not in the set. */
  votes: string;
  /** Share is the part of the newest ticks (at most 1000) whose commit has its vote, 0 to 1. */
  share: number;
  /** LastVote is the newest tick whose commit has its vote; Lag how many ticks that is behind the newest commit known. */
  lastVote: number;
  lag: number;
  /** Attests are the newest ticks whose results it has named, per zone. */
  attests?: ZoneTick[];
  /** Jailed: it signed twice and has left for good. */
  jailed?: boolean;
}

/** PoolState counts what waits at this node to be ordered. */
export interface PoolState {
  /** Pending transactions can be ordered now, queued ones wait for an earlier nonce. */
  pending: number;
  queued: number;
  bundles: number;
  bytes: number;
}

/** Failure is the body of every answer that is no success. */
export interface Failure {
  error: FailureDetail;
}

/** FailureDetail says what is wrong with a request, and what would be right. */
export interface FailureDetail {
  /** Status is the HTTP status. */
  status: number;
  message: string;
}

/** NetworkPage answers GET network. */
export interface NetworkPage extends Hello {
  /** Status is what lockstep_status answers. */
  status: NetworkStatus;
  /** Oldest is the oldest tick that this node keeps. */
  oldest: number;
}

/** TickList answers GET ticks: the newest first. */
export interface TickList {
  ticks: TickBrief[];
  /** Oldest and Newest bound the ticks that this node keeps. */
  oldest: number;
  newest: number;
  /** Before asks for the next page (?before=); missing at the end. */
  before?: number;
}

/** TickBrief is a tick of a list, or a run of empty ones. */
export interface TickBrief {
  number: number;
  time: number;
  /** Empty is the length of a run of empty ticks, of which number and time are the last one's; missing if the tick has content. */
  empty?: number;
  entries: number;
  bundles: number;
  lanes: LaneCount[];
}

/** LaneCount is how many entries a tick added to a lane. */
export interface LaneCount {
  rollup: number;
  count: number;
}

/** TickPage answers GET tick/{number}. */
export interface TickPage {
  /** Tick is what lockstep_getTick answers. */
  tick: TickView;
  /** Bytes is the size of what was ordered. */
  bytes: number;
  /** Seen is when this node learned of the tick; missing if it does not remember. */
  seen?: number;
  /** Previous and Next are the nearest ticks with content, as far as this node looks; missing if there is none. */
  previous?: number;
  next?: number;
  /** Votes are those of this tick's commit; missing if this node does not remember. */
  votes?: TickVote[];
  /** Final: all that the tick ordered is attested, so that the answer does not change any more. */
  final: boolean;
}

/** TickVote is whether the commit of a tick has a validator's vote. */
export interface TickVote {
  index: number;
  address: Hex;
  power: number;
  signed: boolean;
}

/** TransactionPage answers GET tx/{hash}. */
export interface TransactionPage {
  /** Status is what lockstep_getStatus answers, with receipts. */
  status: Status;
  /** Accepted is when this node took the transaction from a client; missing if it did not, or forgot. */
  accepted?: number;
  /** Transactions are the ones of this hash, one for each rollup that ordered it. */
  transactions: DecodedTransaction[];
  /** Bundles are the bundles that it was a leg of. */
  bundles: Hex[];
  /** Final: the answer does not change any more. */
  final: boolean;
}

/** DecodedTransaction is an ordered transaction. */
export interface DecodedTransaction {
  rollup: number;
  hash: Hex;
  kind: EntryKind;
  /** Raw is what was ordered, byte for byte. */
  raw: Hex;
  /** Evm is missing if the rollup is no EVM. */
  evm?: EvmTransaction;
}

/** EvmTransaction are the fields of an Ethereum transaction. */
export interface EvmTransaction {
  /** Type is 0 to 4 (EIP-2718). */
  type: number;
  from: Hex;
  nonce: number;
  /** To is missing if the transaction creates Created. */
  to?: Hex;
  created?: Hex;
  /** Value, MaxFeePerGas and MaxPriorityFeePerGas are in wei. */
  value: Hex;
  gas: number;
  maxFeePerGas: Hex;
  maxPriorityFeePerGas: Hex;
  input: Hex;
  /** Protected: its access list names the Lockstep predeploy, so that it cannot be ordered outside of its bundle. */
  protected: boolean;
}

/** BundlePage answers GET bundle/{id}. */
export interface BundlePage {
  /** Status is what lockstep_getStatus answers, with receipts. */
  status: Status;
  /** Accepted is when this node took the bundle from a client; missing if it did not, or forgot. */
  accepted?: number;
  /** Bundle is missing until it is ordered. */
  bundle?: DecodedBundle;
  /** Final: the answer does not change any more. */
  final: boolean;
}

/** DecodedBundle is an ordered bundle. */
export interface DecodedBundle {
  id: Hex;
  atomicity: Atomicity;
  /** NotBefore and NotAfter bound the consensus time at which it may be ordered. */
  notBefore: number;
  notAfter: number;
  commitment: Hex;
  legs: DecodedLeg[];
}

/** DecodedLeg is a leg of a bundle. */
export interface DecodedLeg extends DecodedTransaction {
  mayRevert: boolean;
}

/** RollupPage answers GET rollup/{id}. */
export interface RollupPage extends RollupInfo {
  state: RollupState;
  /** LaneHead commits to everything that was ordered for the rollup. */
  laneHead: Hex;
  /** GasLimit is that of a block, BaseFee that of the open one in wei; missing if the rollup is no EVM. */
  gasLimit?: number;
  baseFee?: Hex;
  /** Safe is the newest sealed block that is attested; missing before the first. */
  safe?: number;
  /** Blocks are the newest sealed ones, newest first. */
  blocks: BlockBrief[];
  /** Latest are the newest entries of the lane, newest first. */
  latest: LaneRow[];
}

/** BlockBrief is a sealed block of a list. */
export interface BlockBrief {
  number: number;
  hash: Hex;
  time: number;
  transactions: number;
  gasUsed: number;
  gasLimit: number;
}

/** LaneRow is a lane position with what became of it. */
export interface LaneRow extends EntryBrief {
  tick: number;
  time: number;
  /** From is missing if the rollup is no EVM. */
  from?: Hex;
  to?: Hex;
  value?: Hex;
  /** Outcome is missing until the position is decided. */
  outcome?: OutcomeCode;
  reverted?: boolean;
}

/** BlockPage answers GET rollup/{id}/block/{number or hash}. */
export interface BlockPage extends BlockBrief {
  rollup: number;
  parentHash: Hex;
  stateRoot: Hex;
  baseFee: Hex;
  size: number;
  /** NextTick is the first tick whose effects are not in the block: the one that sealed it. */
  nextTick: number;
  /** Attested: the block is sealed and its seal is attested, so that it never changes. */
  attested: boolean;
  /** Txs are its transactions in order. */
  txs: BlockTransaction[];
}

/** BlockTransaction is a transaction of a block. */
export interface BlockTransaction {
  index: number;
  hash: Hex;
  kind: EntryKind;
  from: Hex;
  to?: Hex;
  value: Hex;
}

/** ValidatorList answers GET validators, ValidatorPage GET validator/{address}. */
export interface ValidatorList {
  validators: ValidatorPage[];
  totalPower: number;
  /** Commits is over how many of the newest ticks shares are counted. */
  commits: number;
}

/** ValidatorPage is a validator with what its votes say. */
export interface ValidatorPage extends ValidatorInfo {
  consensusKey: Hex;
  state: ValidatorState;
  /** JailedAt is the tick that brought evidence of its double signing; missing if there is none. */
  jailedAt?: number;
}

/** ChangeList answers GET changes. */
export interface ChangeList {
  /** Next is the number that the next change must have. */
  next: number;
  /** ProtocolVersion is the version of the rules that the network follows, ProtocolSince the first tick under them. */
  protocolVersion: number;
  protocolSince: number;
  /** TotalPower is that of the validators in force. */
  totalPower: number;
  /** Pending are all changes that wait, ascending. */
  pending: Change[];
  /** Changes are those that are decided, the newest first. */
  changes: Change[];
  /** Before asks for the next page (?before=); missing at the end. */
  before?: number;
}

/** ChangeBrief is what lockstep_getControl answers of a change of the network. */
export interface ChangeBrief {
  /** Sequence is the change's number. */
  sequence: number;
  /** Change says in words what it does. */
  change: string;
  state: ChangeState;
  /** Effective is the tick at or after which it takes effect, 0 for at once; ordered the one that ordered it; decided the one with which it took effect or was refused or given up, missing while it waits. */
  effective: number;
  ordered: number;
  decided?: number;
  /** Cancelled is the number of the change that gave it up. */
  cancelled?: number;
}

/** Change is a change of the network with what the tick that ordered it says; that is missing if this node does not keep it. */
export interface Change extends ChangeBrief {
  /** Time is the consensus time of the tick that ordered it. */
  time?: number;
  signers: ChangeSigner[];
  /** SignedPower is that of the signers by the validators in force now. */
  signedPower: number;
}

/** ChangeSigner has signed a change. */
export interface ChangeSigner {
  address: Hex;
  /** Power is what it has now; missing for one that is no validator now, as operators of rollups who have to agree. */
  power?: number;
}

/** AddressPage answers GET address/{address}: one account on all rollups. */
export interface AddressPage {
  address: Hex;
  accounts: AccountState[];
  /** Activity is the newest first, over all rollups; it holds what is attested. */
  activity: Activity[];
  /** Before asks for the next page of activity (?before=); missing at the end. */
  before?: string;
  /** Since is the oldest tick from which on activity is kept. */
  since: number;
}

/** AccountState is an account on one rollup, in its newest executed state. */
export interface AccountState {
  rollup: number;
  balance: Hex;
  nonce: number;
  /** CodeSize is 0 for an account without code; CodeHash and DelegatedTo (EIP-7702) are missing then. */
  codeSize: number;
  codeHash?: Hex;
  delegatedTo?: Hex;
}

/** Activity is a transaction from or to an account, or a transfer of a token. */
export interface Activity {
  /** Type is "transaction" or "transfer" (of an ERC-20 or ERC-721 token). */
  type: ActivityType;
  rollup: number;
  seq: number;
  tick: number;
  time: number;
  txHash: Hex;
  /** Direction is "in", "out" or "self". */
  direction: Direction;
  from: Hex;
  to?: Hex;
  /** Value is in wei, or in the token's smallest unit, or the id of an ERC-721 token. */
  value: Hex;
  /** Token is the contract of a transferred token. */
  token?: Hex;
  /** NFT: value is the id of an ERC-721 token. */
  nft?: boolean;
  outcome: OutcomeCode;
  reverted?: boolean;
  bundle?: Hex;
}

/** SearchPage answers GET search?q=: everything that the text may name, the likeliest first. */
export interface SearchPage {
  query: string;
  hits: Hit[];
}

/** Hit is something that was searched for. */
export interface Hit {
  type: HitType;
  /** ID is the number, hash or address; Rollup is that of a block. */
  id: string;
  rollup?: number;
  /** Label is a line for people. */
  label: string;
}

/** Status answers lockstep_getStatus and lockstep_waitFor. */
export interface Status {
  id: Hex;
  /** Kind is "transaction", "bundle", "commitment" of a bundle that was prepared or of which a leg is parked, or "unknown" if this node has never heard of the id. */
  kind: string;
  /** Level is the highest over all attempts; "accepted" while the entry only waits in this node's pool. */
  level: Level;
  /** Parked says what a protected transaction that came alone waits for, or what became of a prepared bundle if the id is a commitment. This node alone knows it. */
  parked?: ParkingView;
  /** AcceptedBy is, while the entry only waits, which validators say that they keep it. lockstep_waitFor does not ask. */
  acceptedBy?: Acceptance;
  /** Dropped says why the entry left this node's pool without being ordered. */
  dropped?: ErrorView;
  /** Attempts are all places at which the entry was ordered, ascending by tick. */
  attempts: Attempt[];
}

/** ErrorView is an error of this API as part of an answer. */
export interface ErrorView {
  code: number;
  reason: string;
  message: string;
}

/** Attempt is one place in the order: of a transaction, of a bundle, or of a leg. */
export interface Attempt {
  /** Rollup and Seq are the lane position; a bundle as a whole has none. */
  rollup?: number;
  seq?: number;
  txHash?: Hex;
  tick: number;
  /** TickTime is the consensus time of Tick. */
  tickTime: number;
  level: Level;
  /** Times say when the place reached its levels, as far as this node remembers. */
  times?: LevelTimes;
  /** Atomicity is a bundle's: "inclusion" says that its legs were ordered together and nothing more, so that one may have taken effect without the others. */
  atomicity?: Atomicity;
  /** Outcome is missing until the place is decided. That of a bundle is the failing leg's, or "included"; an inclusion bundle whose legs have different outcomes has none. */
  outcome?: OutcomeCode;
  /** DecidedTick is the tick that decided it. */
  decidedTick?: number;
  reason?: string;
  /** BundleID is the bundle that a transaction was a leg of at this place. */
  bundleId?: Hex;
  /** FailingLeg is the index of the leg that voided the bundle. */
  failingLeg?: number;
  /** Block, TxIndex, Reverted and GasUsed are those of an included transaction. */
  blockNumber?: number;
  txIndex?: number;
  reverted?: boolean;
  gasUsed?: number;
  /** Reported is what the operator of a chain that the network does not execute says became of the place. Level, outcome, blockNumber and decidedTick are its claim then. */
  reported?: ReportedView;
  /** PreConfirmed: the operator's stream says that the transaction will be in block blockNumber. It may be taken back until a report is there. */
  preConfirmed?: boolean;
  /** Receipt is what eth_getTransactionReceipt of the rollup answers. */
  receipt?: EthReceipt;
  /** Legs are the places of a bundle's legs, in the bundle's order. */
  legs?: Attempt[];
}

/** LevelTimes are times of this node's clock in ms since the Unix epoch, kept for the newest ticks since its start only; the consensus time of the order is TickTime. Levels that are not reached, or not remembered, are missing. */
export interface LevelTimes {
  ordered?: number;
  executed?: number;
  attested?: number;
}

/** NetworkStatus answers lockstep_status. */
export interface NetworkStatus {
  networkId: Hex;
  name: string;
  /** ChainID is the chain id of the ordering engine. */
  chainId: string;
  version: string;
  protocolVersion: number;
  /** Predeploy is what protected transactions name in their access lists. */
  predeploy: PredeployView;
  head: HeadView;
  /** Checkpoint is the newest complete one; missing before the first. */
  checkpoint?: CheckpointHead;
  validators: ValidatorView[];
  zones: ZoneView[];
  rollups: RollupView[];
  pool: PoolStats;
}

/** PredeployView is Lockstep's system contract, the same on every `evm` rollup. */
export interface PredeployView {
  address: Hex;
  /** Marker is the storage slot that must be warm for assertions. */
  marker: Hex;
}

/** HeadView is the newest tick. */
export interface HeadView {
  tick: number;
  time: number;
}

/** CheckpointHead names a complete checkpoint. */
export interface CheckpointHead {
  slot: number;
  tick: number;
  time: number;
  digest: Hex;
}

/** ValidatorView is a member of the ordering quorum. */
export interface ValidatorView {
  consensusKey: Hex;
  address: Hex;
  power: number;
}

/** ZoneView is how far a zone is. */
export interface ZoneView {
  id: number;
  rollups: number[];
  /** Executed is this node's newest executed tick; missing if it does not execute the zone. */
  executed?: number;
  /** Stopped says why this node does not execute the zone any more. */
  stopped?: string;
  /** Attested is the newest tick whose results are attested. */
  attested: number;
  attestedDigest: Hex;
}

/** RollupView is a rollup of the registry and how far its lane is. */
export interface RollupView {
  id: number;
  name: string;
  kind: RollupKind;
  zone?: number;
  /** NextSeq and LaneHead are the lane after the newest tick. */
  nextSeq: number;
  laneHead: Hex;
  /** FirstUnapplied, SealedBlock and SealedHash are missing if this node does not execute the rollup. */
  firstUnapplied?: number;
  sealedBlock?: number;
  sealedHash?: Hex;
  /** RPC is the path of the rollup's Ethereum JSON-RPC; missing if this node does not serve it. */
  rpc?: string;
  /** Retired: the validators have ended its order. */
  retired?: boolean;
}

/** TickView answers lockstep_getTick. */
export interface TickView {
  number: number;
  time: number;
  /** Lanes are the lanes that the tick moved, with their positions in execution order. */
  lanes: LaneView[];
  bundles: BundleView[];
  sections: Section[];
  /** Attested are the results that became attested with this tick. */
  attested: AttestedView[];
}

/** LaneView is what a tick added to a lane. */
export interface LaneView {
  rollup: number;
  firstSeq: number;
  count: number;
  root: Hex;
  head: Hex;
  /** Positions are the lane's new positions with their fates. */
  positions: Attempt[];
}

/** BundleView is a bundle of a tick. */
export interface BundleView {
  id: Hex;
  atomicity: Atomicity;
  notBefore: number;
  notAfter: number;
  commitment: Hex;
  legs: LegView[];
}

/** LegView is a leg of a bundle. */
export interface LegView {
  rollup: number;
  txHash: Hex;
  mayRevert: boolean;
}

/** Section lists the single transactions that a tick ordered for a rollup. */
export interface Section {
  rollup: number;
  txs: Hex[];
}

/** AttestedView is a zone's result that became attested. */
export interface AttestedView {
  zone: number;
  tick: number;
  digest: Hex;
}

/** ParkingView answers lockstep_prepareBundle, and tells in lockstep_getStatus what a commitment, or a parked leg, waits for. */
export interface ParkingView {
  commitment: Hex;
  /** AccessList is what every leg's access list must hold, beside whatever else it names. */
  accessList: AccessEntry[];
  /** Prepared: this node knows the bundle. The fields from notBefore to missing are missing or empty until it does. */
  prepared: boolean;
  notBefore?: number;
  notAfter?: number;
  /** Legs are the bundle's, in its order. */
  legs: ParkedLegView[];
  /** Missing are the indexes of the legs that have not come. */
  missing: number[];
  /** BundleID is that of the bundle, once all legs were here, or somebody sent it; ask for its status. */
  bundleId?: Hex;
  /** Held is whether what has come would survive the loss of this node: false until the bundle is put together, then whether validators with more than a third of the power keep it, or it is ordered. It is missing where nobody was asked (lockstep_waitFor). */
  held?: boolean;
  /** Until is when what is parked is dropped, in ms since the Unix epoch. */
  until: number;
}

/** AccessEntry is an entry of an EIP-2930 access list. */
export interface AccessEntry {
  address: Hex;
  storageKeys: Hex[];
}

/** ParkedLegView is a leg of a prepared bundle. */
export interface ParkedLegView {
  rollup: number;
  type: number;
  from: Hex;
  nonce: number;
  to: Hex;
  gas: number;
  /** TxHash is missing until the leg has come. */
  txHash?: Hex;
}

/** Acceptance is who keeps an entry. Of validators with more than a third of the power at least one is honest and goes on to order it, whatever becomes of this node. */
export interface Acceptance {
  /** Validators have said that they keep the entry. */
  validators: Hex[];
  /** Power is theirs together, Total that of all validators. */
  power: number;
  total: number;
  /** Safe: it is more than a third, or the entry is ordered. */
  safe: boolean;
}

/** ReportedView is what a rollup's operator says of a lane position, in a signed entry of the lane. The network has ordered the claim, and nobody but the chain's own nodes has checked it. */
export interface ReportedView {
  /** Number, Hash and Timestamp (seconds) are those of the block that the position went into, or by which it was skipped. */
  number: number;
  hash: Hex;
  timestamp: number;
  /** Seq and Tick are where the report stands. */
  seq: number;
  tick: number;
}

/** PoolStats counts the entries of the pool. */
export interface PoolStats {
  /** Pending transactions can be ordered now, queued ones wait for an earlier nonce. */
  pending: number;
  queued: number;
  bundles: number;
  /** Bytes is the size of all of them. */
  bytes: number;
}

/** What eth_getTransactionReceipt answers: quantities are 0x hex. */
export interface EthReceipt {
  transactionHash: Hex;
  blockHash: Hex;
  blockNumber: Hex;
  transactionIndex: Hex;
  from: Hex;
  to: Hex | null;
  contractAddress: Hex | null;
  status: Hex;
  gasUsed: Hex;
  effectiveGasPrice: Hex;
  logs: EthLog[];
}

/** A log of a receipt. */
export interface EthLog {
  address: Hex;
  topics: Hex[];
  data: Hex;
  logIndex: Hex;
}
