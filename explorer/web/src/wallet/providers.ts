import { useEffect, useState } from "preact/hooks";

/** Provider is a wallet in the browser, as EIP-1193 has it. */
export interface Provider {
  request(args: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: never) => void): void;
  removeListener?(event: string, listener: (value: never) => void): void;
}

/** Announced is a wallet that made itself known (EIP-6963), or the one at window.ethereum. */
export interface Announced {
  readonly id: string;
  readonly name: string;
  /** A data: URL; others are not shown, since the page asks no other host. */
  readonly icon?: string;
  readonly provider: Provider;
}

interface Announcement extends Event {
  readonly detail: { readonly info: { readonly uuid: string; readonly name: string; readonly icon: string; readonly rdns: string }; readonly provider: Provider };
}

const found = new Map<string, Announced>();
const listeners = new Set<() => void>();

function listen(): void {
  addEventListener("eip6963:announceProvider", (event) => {
    const { info, provider } = (event as Announcement).detail;
    found.set(info.uuid, { id: info.rdns || info.uuid, name: info.name, ...(info.icon.startsWith("data:image/") ? { icon: info.icon } : {}), provider });
    for (const listener of listeners) listener();
  });
  dispatchEvent(new Event("eip6963:requestProvider"));
}

/** wallets are those that are known now; the one at window.ethereum only if none announced itself. */
function wallets(): readonly Announced[] {
  if (found.size > 0) return [...found.values()];
  const provider = (globalThis as { ethereum?: Provider }).ethereum;
  return provider ? [{ id: "window.ethereum", name: "Wallet of this browser", provider }] : [];
}

let listening = false;

/** useWallets are the wallets of this browser, as they make themselves known. */
export function useWallets(): readonly Announced[] {
  const [list, setList] = useState(wallets);
  useEffect(() => {
    const update = (): void => setList(wallets());
    listeners.add(update);
    if (!listening) {
      listening = true;
      listen();
    }
    update();
    return () => void listeners.delete(update);
  }, []);
  return list;
}
