import type { JSX } from "preact";

import { useApi } from "../api.ts";
import { pathOf } from "../search.ts";
import type { SearchPage as Found } from "../types.ts";
import { Card, Link, Loading } from "../ui/basics.tsx";
import { Failed, Missing } from "./missing.tsx";

const tries = [
  "A tick is a number: 1200.",
  "A transaction or a bundle is 0x and 64 hex digits, an address 0x and 40.",
  "A rollup is its id or its name.",
];

export function SearchPage({ query }: { query: string }): JSX.Element {
  const { data, error } = useApi<Found>(query === "" ? undefined : `search?q=${encodeURIComponent(query)}`);
  if (query === "") return <Missing title="Search" what="Type what you look for into the field above." tries={tries} />;
  if (error && !data) return <Failed error={error} title="Nothing found" tries={tries} />;
  if (!data) return <Loading what="search" />;
  if (data.hits.length === 0) return <Missing title="Nothing found" what={<>Nothing on this network is called “{query}”.</>} tries={tries} />;
  return (
    <div class="stack">
      <h1>Found for “{query}”</h1>
      <Card title={`${data.hits.length} ${data.hits.length === 1 ? "hit" : "hits"}`} bare>
        <table>
          <tbody>
            {data.hits.map((hit) => (
              <tr key={hit.type + hit.id + hit.rollup}>
                <td style={{ width: "110px" }}><span class="tag">{hit.type}</span></td>
                <td><Link to={pathOf(hit)}>{hit.label || hit.id}</Link></td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </div>
  );
}
