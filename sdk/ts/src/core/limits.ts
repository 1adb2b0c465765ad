/** Bounds of a proof, as in `proof/limits.go` and `core`. */
export const limits = {
  bytes: 8 << 20,
  handovers: 1024,
  rows: 1 << 16,
  ticks: 1 << 20,
  items: 1 << 16,
  nodes: 64,
  nodeBytes: 1024,
  validators: 128,
  power: 2 ** 52,
} as const
