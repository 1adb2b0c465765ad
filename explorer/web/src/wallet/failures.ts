import { ApiError } from "../api.ts";

/** WalletError says what is wrong and what to do, in words for the person at the page. */
export class WalletError extends Error {}

/** codeOf is the code of a wallet's error (EIP-1193, EIP-1474), also where another error is around it. */
export function codeOf(error: unknown): number | undefined {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { originalError?: { code?: unknown } } };
  const inner = data?.originalError?.code;
  return typeof inner === "number" ? inner : typeof code === "number" ? code : undefined;
}

/** explain says in words what went wrong, and what can be done about it. */
export function explain(error: unknown): string {
  if (error instanceof WalletError) return error.message;
  if (error instanceof ApiError) {
    if (error.status === 0) return "The gateway does not answer. Try again when it is back.";
    return `The gateway refused it: ${error.message}.${error.want === undefined ? "" : ` It wants ${error.want}.`}`;
  }
  switch (codeOf(error)) {
    case 4001:
      return "You rejected it in the wallet. Nothing was sent.";
    case 4100:
      return "The wallet does not let this page use the account. Connect it again.";
    case 4200:
      return "The wallet cannot do this.";
    case 4900:
    case 4901:
      return "The wallet is not connected to the chain.";
    case 4902:
      return "The wallet does not know the rollup, and did not take it as a new chain.";
    case -32002:
      return "The wallet is still asking about an earlier request. Open it and answer there.";
  }
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === "string" && message !== "" ? `The wallet says: ${message}` : "The wallet refused it and gave no reason.";
}
