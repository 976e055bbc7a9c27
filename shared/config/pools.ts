import type { Field } from "./field.ts";
import type { Fields, ValuesOf } from "./schema.ts";

/** Pools by name. A needed name is always there; any other gives `undefined` when absent. */
export type Pools<Needed extends string, M extends Fields> =
  & Readonly<Record<Needed, ValuesOf<M>>>
  & Readonly<Record<string, ValuesOf<M>>>;

export interface PoolsOptions<Needed extends string, M> {
  /** Names that the list must hold. */
  readonly needs: readonly Needed[];
  /** What each pool has, by the end of the key: `host` is read from `<pool>_host`. */
  readonly members: M;
}

/**
 * The original's key families: a list of names (`DBInstances=teamtalk_master,teamtalk_slave`) and,
 * for each name, keys that start with it (`teamtalk_master_host`). Further names are allowed.
 */
export function pools<
  const Needed extends string,
  M extends Fields,
>(
  { needs, members }: PoolsOptions<Needed, M>,
): Field<Pools<Needed, M>> {
  const suffixes = Object.keys(members);
  const allowed = `names separated by commas, among them ${needs.join(", ")}`;
  return {
    isSet: (key, from) => from.get(key) !== null,
    read: (key, from) => {
      const setting = from.get(key);
      const names = setting?.value.split(",").map((name) => name.trim()).filter(Boolean) ?? [];
      const isUsable = needs.every((name) => names.includes(name)) && names.every(isPoolName);
      if (!isUsable) {
        // Without the names every key of every pool would be reported as unknown as well.
        from.claimMatching(new RegExp(`_(?:${suffixes.join("|")})(?:File)?$`));
        if (setting === null) from.missing(key, allowed);
        else from.reject(setting, allowed);
        return undefined;
      }
      const entries = [...new Set(names)].map((name) => {
        const values = suffixes.map((suffix) =>
          [suffix, members[suffix]?.read(`${name}_${suffix}`, from)] as const
        );
        return [name, Object.freeze(Object.fromEntries(values))] as const;
      });
      return Object.freeze(Object.fromEntries(entries)) as Pools<Needed, M>;
    },
  };
}

/** Keys and environment variables are made from the name. */
function isPoolName(name: string): boolean {
  return /^[A-Za-z]\w*$/.test(name);
}
