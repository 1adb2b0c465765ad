import { get } from "./api.ts";
import { paths } from "./router.ts";
import type { Hit, SearchPage } from "./types.ts";

/** pathOf is the page of what was found. */
export function pathOf(hit: Hit): string {
  switch (hit.type) {
    case "tick":
      return paths.tick(Number(hit.id));
    case "transaction":
      return paths.tx(hit.id);
    case "bundle":
      return paths.bundle(hit.id);
    case "block":
      return paths.block(hit.rollup ?? 0, hit.id);
    case "address":
      return paths.address(hit.id);
    case "rollup":
      return paths.rollup(hit.id);
    case "validator":
      return paths.validator(hit.id);
  }
}

/** find is the pages that a text may name. */
export async function find(text: string): Promise<string[]> {
  const page = await get<SearchPage>(`search?q=${encodeURIComponent(text)}`);
  return page.hits.map(pathOf);
}
