import { hexToBigInt, size, type Address, type Hash, type Hex } from 'viem'
import { rlpUint, type RlpItem } from './rlp.js'

/**
 * How a value stands in JSON and in RLP. Reading is strict: a field that is missing, unknown or of another form is an
 * error that names it, so that two readers cannot take one file for two things.
 */
export type Codec<T> = {
  /** Reads a parsed JSON value. */
  json(value: unknown, path: string): T
  /** Reads an RLP item. */
  rlp(item: RlpItem, path: string): T
  /** Writes the RLP item. */
  toRlp(value: T): RlpItem
}

/** The type that a codec reads. */
export type Infer<C> = C extends Codec<infer T> ? T : never

/** A value that is not what a codec reads; `path` names it. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  constructor(
    readonly path: string,
    want: string,
  ) {
    super(`${path}: want ${want}`)
  }
}

const hexPattern = /^0x[0-9a-f]*$/i

/** A whole number from 0 to max, which must be a number that JavaScript holds exactly. */
export function uint(max: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  const want = `a whole number from 0 to ${max}`
  return {
    json(value, path) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max) throw new CodecError(path, want)
      return value
    },
    rlp(item, path) {
      if (typeof item !== 'string' || item.startsWith('0x00') || size(item) > 8) throw new CodecError(path, want)
      const n = item === '0x' ? 0n : hexToBigInt(item)
      if (n > BigInt(max)) throw new CodecError(path, want)
      return Number(n)
    },
    toRlp: rlpUint,
  }
}

/** Bytes as hexadecimal with 0x, of this length if one is given. */
export function bytes<T extends Hex = Hex>(length?: number): Codec<T> {
  const want = length === undefined ? 'bytes as hexadecimal with 0x' : `${length} bytes as hexadecimal with 0x`
  const read = (value: unknown, path: string): T => {
    if (typeof value !== 'string' || !hexPattern.test(value) || value.length % 2 === 1 || (length !== undefined && value.length !== 2 + 2 * length)) {
      throw new CodecError(path, want)
    }
    return value.toLowerCase() as T
  }
  return { json: read, rlp: read, toRlp: (value) => value }
}

export const hash = bytes<Hash>(32)
export const address = bytes<Address>(20)

/** A list of at most max elements. JSON may have null for an empty one, as Go writes it. */
export function list<T>(element: Codec<T>, max: number = Number.MAX_SAFE_INTEGER): Codec<T[]> {
  const read = <V>(values: unknown, path: string, one: (value: V, path: string) => T): T[] => {
    if (!Array.isArray(values) || values.length > max) throw new CodecError(path, `a list of at most ${max} elements`)
    return values.map((value, i) => one(value as V, `${path}[${i}]`))
  }
  return {
    json: (value, path) => read(value === null ? [] : value, path, element.json),
    rlp: (item, path) => read(item, path, element.rlp),
    toRlp: (values) => values.map(element.toRlp),
  }
}

/** A field that may be missing: null or nothing in JSON, the empty list in RLP. */
export function optional<T>(inner: Codec<T>): Codec<T | undefined> {
  return {
    json: (value, path) => (value === undefined || value === null ? undefined : inner.json(value, path)),
    rlp: (item, path) => (Array.isArray(item) && item.length === 0 ? undefined : inner.rlp(item, path)),
    toRlp: (value) => (value === undefined ? [] : inner.toRlp(value)),
  }
}

type Fields = Record<string, Codec<never> | Codec<any>>
type Struct<F extends Fields> = { [K in keyof F]: Infer<F[K]> }

/** An object with exactly these fields; in RLP the list of them, in this order. */
export function struct<F extends Fields>(fields: F): Codec<Struct<F>> {
  const names = Object.keys(fields)
  const build = (read: (name: string, i: number) => unknown): Struct<F> =>
    Object.fromEntries(names.map((name, i) => [name, read(name, i)])) as Struct<F>
  return {
    json(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CodecError(path, 'an object')
      const object = value as Record<string, unknown>
      for (const name of Object.keys(object)) {
        if (!Object.hasOwn(fields, name)) throw new CodecError(`${path}.${name}`, `one of the fields ${names.join(', ')}`)
      }
      return build((name) => fields[name]!.json(object[name], `${path}.${name}`))
    },
    rlp(item, path) {
      if (typeof item === 'string' || item.length !== names.length) throw new CodecError(path, `a list of ${names.length}`)
      return build((name, i) => fields[name]!.rlp(item[i]!, `${path}.${name}`))
    },
    toRlp: (value) => names.map((name) => fields[name]!.toRlp(value[name] as never)),
  }
}
