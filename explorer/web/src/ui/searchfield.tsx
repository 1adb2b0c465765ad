import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import { find } from "../search.ts";
import { go, paths } from "../router.ts";
import { SearchIcon } from "./icons.tsx";

/** SearchField finds anything by its number, hash, address or name. */
export function SearchField(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = input.current!.value.trim();
    if (text === "") return;
    const [only, ...more] = await find(text).catch(() => []);
    input.current?.blur();
    if (only && more.length === 0) {
      input.current!.value = "";
      go(only);
    } else {
      go(paths.search(text));
    }
  };
  return (
    <form class="search" role="search" onSubmit={(event) => void submit(event)}>
      <SearchIcon />
      <input ref={input} id="search" type="search" name="q" autocomplete="off" autocapitalize="off" spellcheck={false} enterkeyhint="search"
        aria-label="Search: tick, transaction, bundle, address, rollup" placeholder="Tick, hash, bundle, address, rollup" />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
