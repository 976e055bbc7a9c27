/** `fresh/dev`: building and the server of development. */
export {
  type ApplySnapshot,
  Builder,
  type BuilderOptions,
  BuildError,
  type BuildOptions,
} from "./build/builder.ts";
export type { ListenOptions } from "./build/development.ts";
