/** The audit log. */
import { z } from "zod";
import { id, MAX_AUDIT_FILTER_CHARS, MAX_PAGE_SIZE } from "../../../../shared/management/fields.ts";
import { MAX_ID } from "../../../../shared/storage/management_limits.ts";
import { numberText, time } from "../fields.ts";
import { type Route, route } from "../route.ts";

const entry = z.strictObject({
  id,
  at: time,
  actor: z.strictObject({
    kind: z.string().describe("admin, key, or empty for somebody who was not signed in"),
    id: z.int().min(0),
    name: z.string(),
  }),
  remote: z.string().describe("Address it came from"),
  action: z.string().describe("Like user.update"),
  target: z.string().describe("Like user/17"),
  detail: z.unknown().describe("What was asked, without passwords"),
  outcome: z.string().describe("done, the code of the error, or begun when it is not known"),
});

export const auditRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/audit",
    tag: "Audit log",
    summary: "Read the audit log",
    description: "Newest first; `next_before` of one answer is `before` of the next.",
    access: "owner",
    query: z.strictObject({
      actor: z.string().max(MAX_AUDIT_FILTER_CHARS).optional().describe(
        "Name of an administrator or key",
      ),
      action: z.string().max(MAX_AUDIT_FILTER_CHARS).optional().describe(
        "Whole, or a beginning like `user.`",
      ),
      target: z.string().max(MAX_AUDIT_FILTER_CHARS).optional(),
      since: numberText({ min: 0, max: MAX_ID }).default(0),
      until: numberText({ min: 0, max: MAX_ID }).default(0).describe("0 = no limit"),
      before: numberText({ min: 0, max: MAX_ID }).default(0).describe("Entries with a lower id"),
      limit: numberText({ min: 1, max: MAX_PAGE_SIZE }).default(50),
    }),
    answer: z.strictObject({
      items: z.array(entry),
      next_before: z.int().nullable().describe("null = these were the oldest"),
    }),
    run: async ({ services }, { query }) => {
      const entries = await services.manage.run("audit.list", {
        beforeId: query.before,
        limit: query.limit,
        actorName: query.actor ?? null,
        action: query.action ?? null,
        target: query.target ?? null,
        since: query.since,
        until: query.until,
      });
      return {
        items: entries.map((one) => ({
          id: one.id,
          at: one.at,
          actor: { kind: one.actorKind, id: one.actorId, name: one.actorName },
          remote: one.remote,
          action: one.action,
          target: one.target,
          detail: JSON.parse(one.detail),
          outcome: one.outcome,
        })),
        next_before: entries.length < query.limit ? null : entries.at(-1)!.id,
      };
    },
  }),
];
