import type { TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";

import type { Hex } from "../types.ts";
import { eth } from "./chain.ts";
import type { Signer, Transaction } from "./signer.ts";

/** devSigner signs in the page with the public key material of a development account. */
export function devSigner(name: string, key: Hex): Signer {
  const account = privateKeyToAccount(key);
  return {
    kind: "devnet",
    name,
    address: account.address.toLowerCase() as Hex,
    sign: (typed: TypedDataDefinition) => account.signTypedData(typed),
    async send(rollup: number, { to, data }: Transaction): Promise<Hex> {
      const from = account.address;
      const [nonce, gas, price, tip] = await Promise.all([
        eth<Hex>(rollup, "eth_getTransactionCount", [from, "pending"]), eth<Hex>(rollup, "eth_estimateGas", [{ from, to, data }]),
        eth<Hex>(rollup, "eth_gasPrice", []), eth<Hex>(rollup, "eth_maxPriorityFeePerGas", []),
      ]);
      const raw = await account.signTransaction({
        type: "eip1559", chainId: rollup, nonce: Number(nonce), gas: (BigInt(gas) * 12n) / 10n, maxFeePerGas: BigInt(price) * 2n + BigInt(tip),
        maxPriorityFeePerGas: BigInt(tip), to, data, value: 0n,
      });
      return eth<Hex>(rollup, "eth_sendRawTransaction", [raw]);
    },
    onLost: () => () => undefined,
  };
}
