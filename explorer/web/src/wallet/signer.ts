import { getTypesForEIP712Domain, serializeTypedData, type TypedDataDefinition } from "viem";

import { live } from "../live.ts";
import { base } from "../router.ts";
import type { Hex } from "../types.ts";
import { rpcPath } from "./chain.ts";
import { codeOf, WalletError } from "./failures.ts";
import type { Announced, Provider } from "./providers.ts";

/** Transaction is what a wallet is asked to sign and send. */
export interface Transaction {
  readonly to: Hex;
  readonly data: Hex;
}

/** Signer is an account that can sign: in a wallet of the browser, or a development account in the page. */
export interface Signer {
  readonly kind: "injected" | "devnet";
  readonly name: string;
  readonly address: Hex;
  /** sign signs typed data (EIP-712); the wallet is on the rollup first, since wallets refuse data for another chain. */
  sign(typed: TypedDataDefinition, rollup: number | undefined): Promise<Hex>;
  /** send signs a transaction on a rollup and sends it; gives its hash. */
  send(rollup: number, transaction: Transaction): Promise<Hex>;
  /** onLost calls back when the wallet has another account, or none; the result ends that. */
  onLost(listener: (address: Hex | undefined) => void): () => void;
}

/** connect asks a wallet for its account; quietly only if it was allowed before. */
export async function connect(wallet: Announced, quietly = false): Promise<Signer | undefined> {
  const accounts = (await wallet.provider.request({ method: quietly ? "eth_accounts" : "eth_requestAccounts" })) as Hex[];
  const address = accounts[0];
  if (address === undefined) {
    if (quietly) return undefined;
    throw new WalletError("The wallet gave no account.");
  }
  return new Injected(wallet.name, address.toLowerCase() as Hex, wallet.provider);
}

class Injected implements Signer {
  readonly kind = "injected";

  constructor(readonly name: string, readonly address: Hex, private readonly provider: Provider) {}

  async sign(typed: TypedDataDefinition, rollup: number | undefined): Promise<Hex> {
    if (rollup !== undefined) await this.switchTo(rollup);
    const { domain, message, primaryType } = typed;
    const types = { EIP712Domain: getTypesForEIP712Domain({ domain: domain as never }), ...typed.types };
    const text = serializeTypedData({ domain, message, primaryType, types } as never);
    return (await this.provider.request({ method: "eth_signTypedData_v4", params: [this.address, text] })) as Hex;
  }

  async send(rollup: number, { to, data }: Transaction): Promise<Hex> {
    await this.switchTo(rollup);
    return (await this.provider.request({ method: "eth_sendTransaction", params: [{ from: this.address, to, data, value: "0x0" }] })) as Hex;
  }

  onLost(listener: (address: Hex | undefined) => void): () => void {
    const changed = (accounts: readonly Hex[]): void => {
      const address = accounts[0]?.toLowerCase() as Hex | undefined;
      if (address !== this.address) listener(address);
    };
    const { provider } = this;
    provider.on?.("accountsChanged", changed as never);
    return () => provider.removeListener?.("accountsChanged", changed as never);
  }

  // switchTo brings the wallet to the rollup, and makes the rollup known to it if it is not.
  private async switchTo(rollup: number): Promise<void> {
    const chainId: Hex = `0x${rollup.toString(16)}`;
    if (await this.isOn(rollup)) return;
    try {
      await this.provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    } catch (cause) {
      if (codeOf(cause) === 4001) throw cause;
      // 4902 is "unknown chain"; some wallets wrap it, so that it may be any other code.
      await this.provider.request({ method: "wallet_addEthereumChain", params: [chainOf(rollup, chainId)] });
      if (!(await this.isOn(rollup))) await this.provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    }
    if (await this.isOn(rollup)) return;
    throw new WalletError(`The wallet is on another chain. Switch it to ${nameOf(rollup)} (chain ${rollup}) and try again.`);
  }

  private async isOn(rollup: number): Promise<boolean> {
    return Number(await this.provider.request({ method: "eth_chainId" })) === rollup;
  }
}

function nameOf(rollup: number): string {
  return live.hello?.rollups.find((r) => r.id === rollup)?.name ?? `rollup ${rollup}`;
}

function chainOf(rollup: number, chainId: Hex): unknown {
  return {
    chainId, chainName: `${live.hello?.name ?? "Lockstep"} ${nameOf(rollup)}`, nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: [location.origin + rpcPath(rollup)], blockExplorerUrls: [location.origin + base],
  };
}
