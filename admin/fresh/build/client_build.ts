/** What a build makes for browsers, as the server uses it. */
import type { ComponentType } from "preact";

/** A file that browsers may ask for, ready to be sent. */
export interface ClientFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Of the content: an ETag, without quotes. */
  readonly hash: string;
}

/** A component of `islands/`. */
export interface Island {
  /** Path of the module that exports it in the browser. */
  readonly module: string;
  readonly exportName: string;
}

export interface ClientBuild {
  /** Changes with every byte of a file for browsers; part of every URL that may be cached. */
  readonly id: string;
  readonly islands: ReadonlyMap<ComponentType<Record<string, unknown>>, Island>;
  /** The module that brings islands to life; absent where there are none. */
  readonly bootModule: string | null;
  /** Modules that every page loads: the live reload of development. */
  readonly pageModules: readonly string[];
  /** By path; bundles and the files of `static/`. */
  readonly files: ReadonlyMap<string, ClientFile>;
}

/** An app without islands and static files. */
export const NO_BUILD: ClientBuild = {
  id: "none",
  islands: new Map(),
  bootModule: null,
  pageModules: [],
  files: new Map(),
};

/** Where bundles are served. */
export const BUNDLE_PATH = "/_fresh/js/";
/** The query parameter that {@link asset} puts a build's id into. */
export const BUILD_PARAM = "__frsh_c";
/** Id of the block that tells the browser which islands a page has. */
export const DATA_ID = "fresh-islands";
/** Tells a page of development which run of the server it talks to. */
export const ALIVE_PATH = "/_fresh/alive";
