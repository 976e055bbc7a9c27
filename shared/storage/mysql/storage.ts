/** Puts the engine's parts together on open connections, which it owns from then on. */
import { type Storage, StorageError } from "../types.ts";
import type { EngineParts, MysqlStorageConfig } from "./parts.ts";

export function mysqlStorageOn(_parts: EngineParts, _config: MysqlStorageConfig): Storage {
  throw new StorageError("under construction");
}
