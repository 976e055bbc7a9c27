/**
 * What the values of the management API may be, for http_msg_server, which people ask, and for
 * db_proxy_server, which takes nothing else from a peer. Lengths are those of the original's columns
 * (docs/spec/storage.md 2). Times are unix seconds.
 */
import { z } from "zod";
import { ADMIN_ROLES } from "../storage/management.ts";
import { MAX_ID } from "../storage/management_limits.ts";

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
/** An id, or 0 for none. */
export const idOrNone = z.int().min(0).max(MAX_ID);
/** A time that is stored; 0 = never. */
export const storedTime = z.int().min(0).max(MAX_ID);
export const adminRole = z.enum(ADMIN_ROLES);
export const sortOrder = z.enum(["asc", "desc"]);
export const searchText = line({ max: 64 });

/** IMUser.status (docs/spec/storage.md 2.1). */
export const userStatus = z.int().min(0).max(4);

/** IMUser.name. */
export const MAX_NAME_CHARS = 32;

/** IMUser, as far as an administrator sets it. */
export const userColumns = {
  name: line({ min: 1, max: MAX_NAME_CHARS }),
  nick: line({ max: 32 }),
  sex: z.int().min(0).max(2),
  domain: line({ max: 32 }),
  phone: line({ max: 11 }),
  email: line({ max: 64 }),
  avatar: urlText({ max: 255 }),
  departId: id,
  status: userStatus,
};

export const departmentColumns = {
  departName: line({ min: 1, max: 64 }),
  priority: z.int().min(0).max(MAX_ID),
  parentId: idOrNone,
};

export const groupColumns = {
  name: line({ min: 1, max: 256 }),
  avatar: urlText({ max: 255 }),
};

export const discoveryColumns = {
  itemName: line({ min: 1, max: 64 }),
  itemUrl: urlText({ min: 1, max: 64 }),
  itemPriority: z.int().min(0).max(MAX_ID),
};

/** IMAdmin.uname. */
export const MAX_ADMIN_NAME_CHARS = 40;
export const adminName = line({ min: 1, max: MAX_ADMIN_NAME_CHARS });
/** TTApiKey.name. */
export const keyName = line({ min: 1, max: 64 });

/** Pages of the API and what is read at once for it, in rows. */
export const MAX_PAGE = 1_000_000;
export const MAX_PAGE_SIZE = 200;
/** Users of an export that are read at once. */
export const EXPORT_PAGE = 1000;
/** Members of a group that are read at once. */
export const MEMBER_PAGE = 5000;
/** Messages of one answer. */
export const MAX_HISTORY = 100;

/** What an audit entry takes of a caller's words, in characters. */
export const MAX_AGENT_CHARS = 200;
/** Twice of it, escaped, has to fit what is stored. */
export const MAX_AUDIT_DETAIL_CHARS = 4000;
export const MAX_AUDIT_FILTER_CHARS = 64;

/** The first part at fault, like `changes.name`, and what is wrong with it; empty for all of it. */
export function faultOf(error: z.ZodError): { readonly field: string; readonly message: string } {
  const issue = error.issues[0]!;
  const isExtra = issue.code === "unrecognized_keys";
  const path = isExtra ? [...issue.path, issue.keys[0]!] : issue.path;
  return { field: path.join("."), message: isExtra ? "there is no such field" : issue.message };
}
