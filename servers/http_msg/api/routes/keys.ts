/** API keys: how machines use the API. */
import { z } from "zod";
import { adminRole, id, keyName, storedTime } from "../../../../shared/management/fields.ts";
import { ApiError } from "../../http/errors.ts";
import { credentialHash, makeCredential } from "../credentials.ts";
import { DONE, done, idParams, listOf, time } from "../fields.ts";
import { type Route, route } from "../route.ts";

const TAG = "API keys";

const apiKey = z.strictObject({
  id,
  name: z.string(),
  role: adminRole,
  admin_id: id.describe("Who made it; it stops working when that account is disabled"),
  created: time,
  last_used: time.describe("0 = never"),
  expires: time.describe("0 = never"),
});

export const keyRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/api-keys",
    tag: TAG,
    summary: "List API keys",
    access: "owner",
    answer: listOf(apiKey),
    run: async ({ services }) => ({
      items: (await services.manage.run("keys.list", null)).map((key) => ({
        id: key.id,
        name: key.name,
        role: key.role,
        admin_id: key.adminId,
        created: key.created,
        last_used: key.lastUsed,
        expires: key.expires,
      })),
    }),
  }),
  route({
    method: "POST",
    path: "/api/v1/api-keys",
    tag: TAG,
    summary: "Make an API key",
    description: "The key is in this answer only: what is stored is its hash.",
    access: "owner",
    body: z.strictObject({
      name: keyName,
      role: adminRole,
      expires: storedTime.default(0).describe("0 = never"),
    }),
    status: 201,
    answer: z.strictObject({ id, key: z.string() }),
    errors: ["name_taken"],
    audit: { action: "api_key.create", made: (made) => `api_key/${made.id}` },
    run: async ({ services, who, now }, { body }) => {
      if (body.expires !== 0 && body.expires <= now) {
        throw new ApiError("invalid_field", { field: "expires", message: "is in the past" });
      }
      const key = makeCredential("key", services.random);
      const added = await services.manage.run("keys.add", {
        ...body,
        adminId: who!.adminId,
        hash: credentialHash(key),
        now,
      });
      if (!added.ok) throw new ApiError(added.refusal, { field: "name" });
      return { id: added.value, key };
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/api-keys/{id}",
    tag: TAG,
    summary: "Revoke an API key",
    access: "owner",
    params: idParams,
    answer: done,
    errors: ["unknown_key"],
    audit: { action: "api_key.revoke", target: ({ params }) => `api_key/${params.id}` },
    run: async ({ services }, { params }) => {
      if (!await services.manage.run("keys.remove", params)) throw new ApiError("unknown_key");
      return DONE;
    },
  }),
];
