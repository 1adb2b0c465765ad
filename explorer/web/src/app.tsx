import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { count } from "./format.ts";
import { useLive } from "./live.ts";
import { AddressPage } from "./pages/address.tsx";
import { BlockPage } from "./pages/block.tsx";
import { BundlePage } from "./pages/bundle.tsx";
import { ChangesPage } from "./pages/changes.tsx";
import { HomePage } from "./pages/home.tsx";
import { MissingPage } from "./pages/missing.tsx";
import { RollupPage, RollupsPage } from "./pages/rollup.tsx";
import { SearchPage } from "./pages/search.tsx";
import { TickPage, TicksPage } from "./pages/tick.tsx";
import { TxPage } from "./pages/tx.tsx";
import { ValidatorPage, ValidatorsPage } from "./pages/validators.tsx";
import { paths, useRoute, type Route } from "./router.ts";
import { useTheme, type Theme } from "./theme.ts";
import { Link, Loading } from "./ui/basics.tsx";
import { AutoIcon, Logo, MoonIcon, SunIcon, WarnIcon } from "./ui/icons.tsx";
import { SearchField } from "./ui/searchfield.tsx";

export function App(): JSX.Element {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const place = [route.page, ...route.args].join("/");
  useEffect(() => {
    document.title = titleOf(route);
    // A new page is read from its beginning, as after a load.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [place]);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <Top route={route} />
      <Banner />
      <main id="main" ref={main} tabIndex={-1} data-page={route.page || "home"} key={place}>
        <Page route={route} />
      </main>
      <Foot />
    </>
  );
}

function Page({ route }: { route: Route }): JSX.Element {
  const [a, b, c] = route.args;
  switch (route.page) {
    case "":
      return <HomePage />;
    case "ticks":
      return <TicksPage before={route.query.get("before") ?? undefined} />;
    case "tick":
      return a ? <TickPage number={a} /> : <TicksPage before={undefined} />;
    case "tx":
      return a ? <TxPage hash={a} /> : <MissingPage />;
    case "bundle":
      return a ? <BundlePage id={a} /> : <MissingPage />;
    case "rollups":
      return <RollupsPage />;
    case "rollup":
      if (a && b === "block" && c) return <BlockPage rollup={a} block={c} />;
      return a ? <RollupPage id={a} /> : <RollupsPage />;
    case "validators":
      return <ValidatorsPage />;
    case "validator":
      return a ? <ValidatorPage address={a} /> : <ValidatorsPage />;
    case "changes":
      return <ChangesPage before={route.query.get("before") ?? undefined} />;
    case "address":
      return a ? <AddressPage address={a} /> : <MissingPage />;
    case "wallet":
      return <Wallet />;
    case "search":
      return <SearchPage query={route.query.get("q") ?? ""} />;
    default:
      return <MissingPage />;
  }
}

/** Wallet is a part of its own, which is loaded by those who go there. */
function Wallet(): JSX.Element {
  const [loaded, setLoaded] = useState<{ page?: () => JSX.Element; failed?: boolean }>({});
  useEffect(() => {
    import("./wallet/page.tsx").then(({ WalletPage }) => setLoaded({ page: WalletPage }), () => setLoaded({ failed: true }));
  }, []);
  if (loaded.page) return <loaded.page />;
  if (loaded.failed) return <p class="notice" data-tone="bad" role="alert">The wallet could not be loaded from the node. Reload the page to try again.</p>;
  return <Loading what="wallet" />;
}

function titleOf(route: Route): string {
  const [a, , c] = route.args;
  const names: Record<string, string> = {
    "": "Lockstep explorer", ticks: "Ticks", tick: `Tick ${a ?? ""}`, tx: `Transaction ${a?.slice(0, 10) ?? ""}`, bundle: `Bundle ${a?.slice(0, 10) ?? ""}`,
    rollups: "Rollups", rollup: c ? `Block ${c} of rollup ${a}` : `Rollup ${a ?? ""}`, validators: "Validators", changes: "Changes", validator: `Validator ${a?.slice(0, 10) ?? ""}`,
    address: `Address ${a?.slice(0, 10) ?? ""}`, search: "Search", wallet: "Wallet",
  };
  const name = names[route.page] ?? "Nothing here";
  return route.page === "" ? name : `${name} · Lockstep`;
}

const nav = [
  { to: paths.home, page: "", name: "Lanes" },
  { to: "/ticks", page: "ticks", name: "Ticks" },
  { to: "/rollups", page: "rollups", name: "Rollups" },
  { to: paths.validators, page: "validators", name: "Validators" },
  { to: paths.changes, page: "changes", name: "Changes" },
  { to: paths.wallet, page: "wallet", name: "Wallet" },
] as const;

function Top({ route }: { route: Route }): JSX.Element {
  return (
    <header class="top">
      <div class="top-row">
        <Link to={paths.home} class="brand" aria-label="Lockstep, home"><Logo />Lockstep</Link>
        <nav class="nav" aria-label="Pages">
          {nav.map(({ to, page, name }) => <Link key={page} to={to} aria-current={route.page === page ? "page" : undefined}>{name}</Link>)}
        </nav>
        <SearchField />
        <Pulse />
        <ThemeButton />
      </div>
    </header>
  );
}

/** Pulse is the newest tick and whether the page is still told of new ones. */
function Pulse(): JSX.Element {
  const live = useLive();
  const tick = live.frame?.head.tick;
  const state = live.link === "asleep" ? "connecting" : live.link;
  return (
    <div class="pulse" data-state={state} title={state === "live" ? "The newest tick" : "Not connected"}>
      <i />
      {tick === undefined ? <span>Connecting…</span> : <span class="phone-tick">Tick <Link to={paths.tick(tick)}>{count(tick)}</Link></span>}
    </div>
  );
}

const next: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const themeNames: Record<Theme, string> = { auto: "as the system", light: "light", dark: "dark" };

function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useTheme();
  const label = `Theme: ${themeNames[theme]}. Change to ${themeNames[next[theme]]}`;
  return (
    <button type="button" class="icon-button" id="theme" onClick={() => setTheme(next[theme])} aria-label={label} title={label}>
      {theme === "auto" ? <AutoIcon /> : theme === "light" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

/** Banner says that what is shown is old, for how long, and that nothing needs to be done. */
function Banner(): JSX.Element {
  const live = useLive();
  const never = live.hello === undefined;
  const shown = live.link === "stale" || (live.link === "connecting" && live.silence() > 3000);
  const seconds = Math.round(live.silence() / 1000);
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <div class="banner" id="stale">
          <div>
            <WarnIcon />
            <span>
              <b>{never ? "The node does not answer." : "Nothing new from the node."}</b>{" "}
              {never ? "The page keeps trying" : "What you see is old"} <span aria-hidden="true">({seconds}&nbsp;s)</span>; it goes on by itself as soon as the node is back.
            </span>
          </div>
        </div>
      )}
    </div>
  );
}

function Foot(): JSX.Element {
  const live = useLive();
  const hello = live.hello;
  return (
    <footer class="foot">
      <div>
        <span>{hello ? `Network ${hello.name}` : "Lockstep"}</span>
        {hello && <span>{count(hello.rollups.length)} rollups, {count(hello.validators.filter((v) => v.power > 0).length)} validators</span>}
        {hello && <span>Node {hello.version}</span>}
        <span class="phone-off"><kbd>/</kbd> search · <kbd>←</kbd> <kbd>→</kbd> neighbours</span>
      </div>
    </footer>
  );
}
