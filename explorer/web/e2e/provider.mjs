// A wallet for tests, as EIP-1193 and EIP-6963 have it: its key is here, not in the page. It behaves as the wallets that people
// have: it knows no rollup until one is added, signs typed data only for the chain that it is on, drops access lists, and does
// not sign transactions without sending them.
import { createWalletClient, createPublicClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23c60'/%3E%3C/svg%3E";

export class TestWallet {
  constructor(key) {
    this.account = privateKeyToAccount(key);
    this.signer = this.account;
    this.chains = new Map([[1, undefined]]);
    this.chain = 1;
    this.allowed = false;
    /** Methods that are rejected, as a person does. */
    this.rejected = new Set();
    /** What was asked for, in order. */
    this.asked = [];
  }

  /** enter puts the wallet into every page of a context: announced, or at window.ethereum as older ones are. */
  async enter(context, { announced = true } = {}) {
    await context.exposeFunction("testWallet", (method, params) => this.answer(method, params ?? []));
    await context.addInitScript(inject, { announced, icon });
  }

  async answer(method, params) {
    this.asked.push({ method, params });
    try {
      if (this.rejected.has(method)) throw { code: 4001, message: "User rejected the request." };
      return { result: await this.run(method, params), chain: this.chain };
    } catch (error) {
      return { error: { code: error.code ?? -32603, message: error.message ?? String(error) } };
    }
  }

  async run(method, params) {
    switch (method) {
      case "eth_requestAccounts":
        this.allowed = true;
        return [this.account.address];
      case "eth_accounts":
        return this.allowed ? [this.account.address] : [];
      case "eth_chainId":
        return `0x${this.chain.toString(16)}`;
      case "wallet_switchEthereumChain": {
        const chain = Number(params[0].chainId);
        if (!this.chains.has(chain)) throw { code: 4902, message: "Unrecognized chain ID. Try adding the chain first." };
        this.chain = chain;
        return null;
      }
      case "wallet_addEthereumChain": {
        const { chainId, rpcUrls, chainName, nativeCurrency } = params[0];
        const at = await createPublicClient({ transport: http(rpcUrls[0]) }).getChainId();
        if (at !== Number(chainId) || !chainName || nativeCurrency?.decimals !== 18) throw { code: -32602, message: `The endpoint is on chain ${at}.` };
        this.chains.set(at, rpcUrls[0]);
        this.chain = at;
        return null;
      }
      case "eth_signTypedData_v4":
        return this.sign(params);
      case "eth_sendTransaction":
        return this.send(params[0]);
      default:
        throw { code: 4200, message: `The method "${method}" is not supported.` };
    }
  }

  sign([address, text]) {
    const { domain, types, primaryType, message } = JSON.parse(text);
    if (address.toLowerCase() !== this.account.address.toLowerCase()) throw { code: 4100, message: "Unknown account." };
    if (!types.EIP712Domain) throw { code: -32602, message: "The types lack EIP712Domain." };
    if (domain.chainId !== undefined && Number(domain.chainId) !== this.chain) throw { code: -32602, message: `Provided chainId "${domain.chainId}" must match the active chainId "${this.chain}"` };
    const { EIP712Domain: _, ...own } = types;
    return this.signer.signTypedData({ domain, types: own, primaryType, message });
  }

  send({ from, to, data, value }) {
    if (from.toLowerCase() !== this.account.address.toLowerCase()) throw { code: 4100, message: "Unknown account." };
    const client = createWalletClient({ account: this.account, transport: http(this.chains.get(this.chain)) });
    return client.sendTransaction({ to, data, value: BigInt(value ?? 0), chain: null });
  }
}

// Runs in the page, before its scripts.
function inject({ announced, icon }) {
  const listeners = new Map();
  let last;
  const provider = {
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    removeListener: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((one) => one !== listener)),
    emit: (event, value) => (listeners.get(event) ?? []).forEach((listener) => listener(value)),
    async request({ method, params }) {
      const { result, error, chain } = await globalThis.testWallet(method, params);
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
      if (last !== undefined && last !== chain) provider.emit("chainChanged", `0x${chain.toString(16)}`);
      last = chain;
      return result;
    },
  };
  globalThis.testProvider = provider;
  if (!announced) {
    globalThis.ethereum = provider;
    return;
  }
  const detail = Object.freeze({ info: { uuid: "0b9f7c6e-6d6b-4c2a-9a10-0f5b6c7d8e9f", name: "Test Wallet", icon, rdns: "test.wallet" }, provider });
  const announce = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  addEventListener("eip6963:requestProvider", announce);
  announce();
}
