/**
 * JSON over HTTP as the original's servers print it: three spaces, a blank before the colon, a line
 * end at the end. COMPAT: its clients know the content type below, not the one of JSON.
 */

export type StyledValues = Readonly<Record<string, string | number>>;

/** The original's, for text that is JSON. */
export const STYLED_JSON_TYPE = "text/html;charset=utf-8";

const encoder = new TextEncoder();

/** An answer after which the connection is closed; the keys are printed in the order given. */
export function styledJsonResponse(
  status: number,
  values: StyledValues,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = encoder.encode(styledJson(values));
  return new Response(body, {
    status,
    headers: {
      ...headers,
      "Connection": "close",
      "Content-Length": String(body.length),
      "Content-Type": STYLED_JSON_TYPE,
    },
  });
}

/** The text, with the keys in the order given. */
export function styledJson(values: StyledValues): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `   ${JSON.stringify(key)} : ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}
