import { fromRlp, size, type Hash, type Hex } from 'viem'
import { keccak } from '../core/hash.js'
import { limits } from '../core/limits.js'
import { type RlpItem } from '../core/rlp.js'

/**
 * The value at a 32-byte path of the Merkle-Patricia trie with this root. nodes are exactly those on the path, from the root
 * to the leaf, each of at least 32 bytes: the ledger's values are longer than that, so no node of a path is embedded in the
 * one before. Throws if they are not.
 */
export function ledgerValue(root: Hash, path: Hash, nodes: readonly Hex[]): Hex {
  if (nodes.length === 0 || nodes.length > limits.nodes) throw new Error(`${nodes.length} nodes, want 1 to ${limits.nodes}`)
  let [want, left]: [Hex, string] = [root, path.slice(2)]
  for (const [i, node] of nodes.entries()) {
    const bytes = size(node)
    const next = bytes >= 32 && bytes <= limits.nodeBytes && keccak(node) === want ? step(node, left) : undefined
    const last = i === nodes.length - 1
    if (next === undefined || (next.rest === '') !== last || (!last && size(next.item) !== 32)) {
      throw new Error(`nodes[${i}]: not a node of the path`)
    }
    ;[want, left] = [next.item, next.rest]
  }
  return want
}

/** Goes from a node along the path: to the hash of the next node, or with nothing left to the value. */
function step(node: Hex, path: string): { item: Hex; rest: string } | undefined {
  const items = fromRlp(node, 'hex') as RlpItem
  if (typeof items === 'string' || path === '') return undefined
  if (items.length === 17) {
    // All keys have the same length, so none ends in a branch.
    const item = items[Number.parseInt(path[0]!, 16)]!
    return path.length > 1 && typeof item === 'string' ? { item, rest: path.slice(1) } : undefined
  }
  if (items.length !== 2) return undefined
  const [key, item] = items as [RlpItem, RlpItem]
  const short = typeof key === 'string' ? compactKey(key) : undefined
  if (short === undefined || typeof item !== 'string') return undefined
  if (!path.startsWith(short.key) || short.leaf !== (short.key.length === path.length)) return undefined
  return { item, rest: path.slice(short.key.length) }
}

/** Decodes the hex-prefix encoding of a short node's key. */
function compactKey(encoded: Hex): { key: string; leaf: boolean } | undefined {
  const flags = Number.parseInt(encoded[2] ?? 'f', 16)
  if (flags > 3) return undefined
  const leaf = flags >= 2
  if (flags % 2 === 1) return { key: encoded.slice(3), leaf }
  return encoded[3] === '0' ? { key: encoded.slice(4), leaf } : undefined
}
