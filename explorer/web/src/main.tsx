import { render } from "preact";

import { App } from "./app.tsx";
import { listenToKeys } from "./keys.ts";
import { live } from "./live.ts";
import { followLinks } from "./router.ts";
import "./styles.css";

live.start();
followLinks();
listenToKeys();
render(<App />, document.getElementById("app")!);
