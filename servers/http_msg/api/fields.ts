/**
 * Parts that schemas of several routes share; what is stored has its limits in
 * `shared/management/fields.ts`. Times are unix seconds.
 */
import { z } from "zod";
import {
  id,
  MAX_PAGE,
  MAX_PAGE_SIZE,
  searchText as search,
} from "../../../shared/management/fields.ts";
import { MAX_ID, MAX_IDS } from "../../../shared/storage/management_limits.ts";

export const DEFAULT_PAGE_SIZE = 20;

export const time = z.int().min(0);
export const count = z.int().min(0);
export const done = z.strictObject({ done: z.literal(true) });
export const DONE = { done: true } as const;

export const idList = z.array(id).min(1).max(MAX_IDS)
  .transform((ids) => [...new Set(ids)]);

/** A number in the path or the query. */
export function numberText({ min, max }: { readonly min: number; readonly max: number }) {
  return z.string().transform((text, context) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (number >= min && number <= max) return number;
    context.addIssue(`must be a whole number from ${min} to ${max}`);
    return z.NEVER;
  }).meta({ type: "integer", minimum: min, maximum: max });
}

/** `true` or `false` in the query. */
export const flagText = z.enum(["true", "false"]).transform((text) => text === "true");

export const idParams = z.strictObject({ id: numberText({ min: 1, max: MAX_ID }) });

export const searchText = search.default("");

export const pageQuery = {
  page: numberText({ min: 1, max: MAX_PAGE }).default(1),
  page_size: numberText({ min: 1, max: MAX_PAGE_SIZE }).default(DEFAULT_PAGE_SIZE),
};

/** A page of items, and how many there are in all. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    total: count,
    page: z.int().min(1),
    page_size: z.int().min(1),
  });
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item) });
}

/** At least one of the fields. */
export function changesOf<Shape extends z.ZodRawShape>(fields: z.ZodObject<Shape>) {
  return fields.partial().refine(
    (changes) => Object.keys(changes).length > 0,
    "must have at least one field",
  );
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that were not given. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

/** Where a page begins. */
export function offsetOf({ page, page_size }: { page: number; page_size: number }): number {
  return (page - 1) * page_size;
}
