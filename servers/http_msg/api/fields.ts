/**
 * Parts that schemas of several routes share. Lengths are those of the original's columns
 * (docs/spec/storage.md 2). Times are unix seconds.
 */
import { z } from "zod";
import { ADMIN_ROLES } from "../../../shared/storage/management.ts";

export const MAX_ID = 0xffffffff;
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 20;
/** Most ids of one request (docs/spec/pitfalls.md P-LIM6). */
export const MAX_IDS = 5000;

/** No control characters, no halves of surrogate pairs, no U+FFFD: what every column keeps as it is. */
const PLAIN = /^[^\p{Cc}\p{Cs}\ufffd]*$/u;

/** A line of text without blanks at its ends. */
export function line({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  return z.string().trim().min(min).max(max).regex(PLAIN, "control characters are not allowed");
}

/** Empty, or an absolute URL: clients use what is stored as it is. */
export function urlText({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  return line({ min, max }).refine(
    (text) => text === "" || (/^https?:\/\//.test(text) && URL.canParse(text)),
    "must be a URL that begins with http:// or https://",
  ).meta({ format: "uri" });
}

export const id = z.int().min(1).max(MAX_ID);
export const time = z.int().min(0);
export const count = z.int().min(0);
export const adminRole = z.enum(ADMIN_ROLES);
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

export const searchText = line({ max: 64 }).default("");

export const pageQuery = {
  page: numberText({ min: 1, max: 1_000_000 }).default(1),
  page_size: numberText({ min: 1, max: MAX_PAGE_SIZE }).default(DEFAULT_PAGE_SIZE),
};

export const sortOrder = z.enum(["asc", "desc"]);

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
