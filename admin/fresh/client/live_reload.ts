/** Runs in the browser during development: loads the page anew when the server has started anew. */
import { ALIVE_PATH } from "../build/client_build.ts";

watch(new EventSource(ALIVE_PATH));

function watch(events: EventSource): void {
  let server: string | null = null;
  events.addEventListener("message", ({ data }) => {
    if (server !== null && server !== data) location.reload();
    server = data;
  });
}
