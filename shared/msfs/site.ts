/** `MsfsSite` of `dbproxyserver.conf`: where msfs is (docs/spec/roles.md 6.1). */

/** Ends the sentence `…; allowed:` of a configuration error. */
export const MSFS_SITE_ALLOWED = "an http or https URL, or host[:port]";

/** Where msfs listens unless it is told otherwise. */
const MSFS_PORT = 8700;

/**
 * The URL below which msfs answers, its path ending in `/`; undefined for a text that is no site.
 *
 * Without a scheme it is http, as the original's HTTP library takes it, and without a port that of
 * the scheme. COMPAT: only a bare loopback address, which is what the original's file ships and what
 * never worked there, means the msfs of this machine on its own port 8700.
 */
export function parseMsfsSite(site: string): URL | undefined {
  const hasScheme = site.includes("://");
  const url = URL.parse(hasScheme ? site : `http://${site}`);
  if (url === null || /\s/.test(site) || url.search !== "" || url.hash !== "") return undefined;
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  if (!hasScheme && isBareLoopback(site)) url.port = String(MSFS_PORT);
  url.pathname = url.pathname.replace(/\/*$/, "/");
  return url;
}

function isBareLoopback(site: string): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])\/*$/.test(site);
}

/** Where a stored URL names its file under every msfs, whatever host it had. */
const STORED_PATH = /^\/?(g0\/.+)$/;

/**
 * Where to fetch what `IMAudio.path` names. Absolute URLs are stored, so that moving msfs would
 * break old sounds: a path `/g0/…` is fetched from the msfs of today, whatever host was stored
 * (docs/spec/storage.md 8). Null when the text names nothing that could be fetched.
 */
export function storedFileUrl(base: URL, stored: string): URL | null {
  const absolute = URL.parse(stored);
  const isHttp = absolute?.protocol === "http:" || absolute?.protocol === "https:";
  if (absolute !== null && !isHttp) return null;
  const path = absolute === null ? stored : absolute.pathname + absolute.search;
  const below = STORED_PATH.exec(path)?.[1];
  if (below === undefined) return absolute;
  const url = URL.parse(below, base);
  // `g0/../../x` would leave the place it was put in.
  return url !== null && url.href.startsWith(`${base.href}g0/`) ? url : null;
}

/** {@link parseMsfsSite} for a text that was checked before. @throws {TypeError} for any other */
export function msfsBase(site: string): URL {
  const base = parseMsfsSite(site);
  if (base === undefined) throw new TypeError(`MsfsSite=${JSON.stringify(site)} is no site`);
  return base;
}
