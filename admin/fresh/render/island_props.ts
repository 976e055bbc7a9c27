/** The properties of islands on their way to the browser. */
import { Signal } from "@preact/signals";
import { stringify } from "devalue";
import { isValidElement } from "preact";
import type { RenderedIsland } from "./islands.ts";

/**
 * All of them as one text, so that a signal that two islands share is one signal in the browser.
 * Besides plain data, dates, maps, sets, big integers and byte arrays keep their type. Properties
 * are public: everybody who sees the page can read them.
 * @throws {Error} naming the island and property that no browser can be given: functions, elements
 *   and instances of classes
 */
export function stringifyProps(islands: readonly RenderedIsland[]): string {
  const all = islands.map(({ props }) => props);
  try {
    return stringify(all, {
      Signal: (value) => value instanceof Signal && [value.peek()],
      // An element has functions in it; handing over one at once gets the refusal its place.
      Element: (value) => isValidElement(value) && isValidElement,
    });
  } catch (error) {
    const { path = "" } = error as { path?: string };
    const [, index = "0", property = ""] = /^\[(\d+)\]\.?(.*)/s.exec(path) ?? [];
    const name = islands[Number(index)]?.island.exportName ?? "";
    throw new Error(
      `Cannot give property '${property}' to island ${name}: no function, element or instance of a ` +
        "class can be sent to a browser",
      { cause: error },
    );
  }
}
