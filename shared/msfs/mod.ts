/** The client of msfs, the store of pictures and sounds, as db_proxy uses it. */
export { msfsClient, type MsfsClientOptions, type SoundFiles } from "./client.ts";
export { MsfsError } from "./error.ts";
export { MSFS_SITE_ALLOWED, msfsBase, parseMsfsSite } from "./site.ts";
