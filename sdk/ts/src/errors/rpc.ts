import { BaseError } from 'viem'
import { rpcErrors, type RpcErrorReason } from '../gen/errors.js'
import { type ErrorView } from '../types.js'

export { rpcErrors, type RpcErrorReason }

/** What the network's methods say about an error beside its message. */
export type RpcErrorData = {
  reason: RpcErrorReason
  /** The path of the offending field, such as `legs[1].tx`. */
  field?: string
  /** The value given, and the value or range expected. */
  have?: string
  want?: string
  /** The id under which an internal error stands in the node's log. */
  requestId?: string
}

/** An error of the network's own methods. `reason` tells which one; {@link rpcErrors} has all of them. */
export class LockstepRpcError extends BaseError {
  override readonly name: string
  readonly reason: RpcErrorReason
  constructor(
    readonly code: number,
    message: string,
    readonly data: RpcErrorData,
    cause?: Error,
  ) {
    super(message, {
      ...(cause ? { cause } : {}),
      metaMessages: [
        ...(data.field ? [`Field: ${data.field}`] : []),
        ...(data.have ? [`Have:  ${data.have}`] : []),
        ...(data.want ? [`Want:  ${data.want}`] : []),
      ],
    })
    this.reason = data.reason
    this.name = Object.hasOwn(rpcErrors, data.reason) ? rpcErrors[data.reason].name : 'LockstepRpcError'
  }
}

/** The entry left the node's pool without being ordered; `code` and `reason` tell why. */
export class DroppedError extends BaseError {
  override readonly name = 'LockstepDroppedError'
  readonly code: number
  readonly reason: RpcErrorReason
  constructor(id: string, dropped: ErrorView) {
    super(`${id} was dropped before it was ordered: ${dropped.message}`)
    this.code = dropped.code
    this.reason = dropped.reason
  }
}

/** The time for {@link waitForLevel} is over. */
export class WaitForLevelTimeoutError extends BaseError {
  override readonly name = 'LockstepWaitForLevelTimeoutError'
}

/** A bundle that cannot be signed as it is. */
export class SignBundleError extends BaseError {
  override readonly name = 'LockstepSignBundleError'
}

/** An order of an intent that is none, or that cannot be what it says. */
export class IntentError extends BaseError {
  override readonly name = 'LockstepIntentError'
}

/** Whether an error is the one of the network's methods with this reason; any of them without one. */
export function isLockstepError<R extends RpcErrorReason>(error: unknown, reason?: R): error is LockstepRpcError & { reason: R } {
  return error instanceof LockstepRpcError && (reason === undefined || error.reason === reason)
}

/** An error of a request as this package throws it: typed, if it is one of the network's own. */
export function typedError(error: unknown): unknown {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code, data } = e as { code?: unknown; data?: unknown }
    if (typeof code === 'number' && code >= 47_000 && code <= 47_999 && hasReason(data)) {
      const message = 'details' in e && typeof e.details === 'string' ? e.details : e.message
      return new LockstepRpcError(code, message, data, error as Error)
    }
  }
  return error
}

function hasReason(data: unknown): data is RpcErrorData {
  return typeof data === 'object' && data !== null && 'reason' in data && typeof data.reason === 'string'
}
