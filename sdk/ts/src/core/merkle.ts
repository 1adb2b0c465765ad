import { type Hash } from 'viem'
import { keccak, zeroHash } from './hash.js'

/** Bounds the length of a path: trees have fewer than 2^32 leaves. */
export const maxMerkleDepth = 32

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/** The RFC 6962 tree head over leaves, with keccak256; no leaves give the zero hash. */
export function merkleRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return zeroHash
  if (leaves.length === 1) return leafHash(leaves[0]!)
  const k = 2 ** (31 - Math.clz32(leaves.length - 1))
  return nodeHash(merkleRoot(leaves.slice(0, k)), merkleRoot(leaves.slice(k)))
}

/** Whether leaf stands at place i of the n leaves under root (RFC 9162 §2.1.3.2). */
export function verifyMerklePath(root: Hash, leaf: Hash, i: number, n: number, path: readonly Hash[]): boolean {
  if (i >= n || path.length > maxMerkleDepth) return false
  // Places may be above 2^32, where JavaScript's bit operators end.
  let [at, last, node] = [BigInt(i), BigInt(n) - 1n, leafHash(leaf)]
  for (const sibling of path) {
    if (last === 0n) return false
    if ((at & 1n) === 1n || at === last) {
      node = nodeHash(sibling, node)
      while ((at & 1n) === 0n && at !== 0n) [at, last] = [at >> 1n, last >> 1n]
    } else {
      node = nodeHash(node, sibling)
    }
    ;[at, last] = [at >> 1n, last >> 1n]
  }
  return last === 0n && node === root
}

/** Leads from a leaf to a root without naming the leaf's place: bit i of left says that sibling i is the left one. */
export type MerkleBranch = { left: number; siblings: Hash[] }

/** The root that a branch leads to from a leaf; undefined if it is too long or names sides that it does not have. */
export function branchRoot(branch: MerkleBranch, leaf: Hash): Hash | undefined {
  const left = BigInt(branch.left)
  if (branch.siblings.length > maxMerkleDepth || left >> BigInt(branch.siblings.length) !== 0n) return undefined
  return branch.siblings.reduce(
    (node, sibling, i) => ((left >> BigInt(i)) & 1n ? nodeHash(sibling, node) : nodeHash(node, sibling)),
    leafHash(leaf),
  )
}

function leafHash(leaf: Hash): Hash {
  return keccak(leafPrefix, leaf)
}

function nodeHash(left: Hash, right: Hash): Hash {
  return keccak(nodePrefix, left, right)
}
