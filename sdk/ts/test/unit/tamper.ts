/** Makes the changes of vectors/tampered.txt, as proof/sdk_test.go does. */
export function tamper(value: unknown, path: string[], op: string): unknown {
  const [key, ...rest] = path
  if (key === undefined) return changed(value, op)
  if (Array.isArray(value)) {
    const i = Number(key)
    if (rest.length === 0) {
      if (op === 'drop') return value.toSpliced(i, 1)
      if (op === 'double') return value.toSpliced(i, 0, value[i])
      if (op === 'swap') return value.toSpliced(i - 1, 2, value[i], value[i - 1])
    }
    return value.with(i, tamper(value[i], rest, op))
  }
  const object = { ...(value as Record<string, unknown>) }
  if (op === 'remove' && rest.length === 0) delete object[key]
  else object[key] = tamper(object[key], rest, op)
  return object
}

function changed(value: unknown, op: string): unknown {
  if (typeof value === 'number') return value + Number(op)
  const text = value as string
  switch (op) {
    case 'rename':
      return text === 'included' ? 'nonceTooLow' : 'included'
    case 'flip first':
      return text.slice(0, 2) + flipped(text.slice(2, 4)) + text.slice(4)
    case 'flip last':
      return text.slice(0, -2) + flipped(text.slice(-2))
    case 'cut':
      return text.slice(0, -2)
  }
  throw new Error(`no change ${op}`)
}

/** A byte with its lowest bit changed. */
function flipped(byte: string): string {
  return (Number.parseInt(byte, 16) ^ 1).toString(16).padStart(2, '0')
}
