import type { Clock } from "../../clock.ts";
import type { Client } from "../mod.ts";
import type { ChatState } from "./chat_state.ts";
import type { ChatConsole } from "./console.ts";
import type { Style } from "./style.ts";

/** What commands and event handlers work with. */
export interface ChatContext {
  readonly client: Client;
  readonly state: ChatState;
  readonly console: ChatConsole;
  readonly style: Style;
  readonly clock: Clock;
}
