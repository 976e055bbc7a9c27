/** Administrators: signing in and out, and their own account. */
import { z } from "zod";
import { hashPassword } from "../../../../shared/password.ts";
import { adminName, adminRole, id } from "../../../../shared/management/fields.ts";
import { ApiError } from "../../http/errors.ts";
import { audited } from "../audit.ts";
import type { ApiCall } from "../call.ts";
import { credentialHash, makeCredential } from "../credentials.ts";
import { DONE, done, time } from "../fields.ts";
import { checkAdminPassword, newPassword } from "../passwords.ts";
import { type Route, route } from "../route.ts";

const TAG = "Sign-in";

const me = z.strictObject({
  kind: z.enum(["session", "key"]),
  id,
  name: z.string(),
  role: adminRole,
  must_change_password: z.boolean(),
  message_history: z.enum(["off", "owner", "manager"])
    .describe("The least role that may read messages of users"),
  expires: time.describe("0 = never"),
});

export const signInRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/login",
    tag: TAG,
    summary: "Sign in",
    description: "Gives a token for the header `Authorization: Bearer …`. While " +
      "`must_change_password` is true, only the own account can be used.",
    access: "public",
    body: z.strictObject({ name: adminName, password: z.string().min(1).max(256) }),
    answer: z.strictObject({
      token: z.string(),
      expires: time,
      role: adminRole,
      must_change_password: z.boolean(),
    }),
    errors: ["wrong_password", "too_many_attempts"],
    run: async (call, { body }) => {
      const { logins } = call.services;
      const wait = logins.begin(body.name, call.remote, call.now);
      if (wait > 0) {
        throw new ApiError("too_many_attempts", { headers: { "Retry-After": String(wait) } });
      }
      const attempt = { action: "login", target: "", detail: { name: body.name } };
      return await audited(call, attempt, async () => await signIn(call, body));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/logout",
    tag: TAG,
    summary: "End the own session",
    access: "session",
    answer: done,
    audit: { action: "logout" },
    run: async ({ services, who }) => {
      await services.manage.run("sessions.end", { id: who!.id, adminId: who!.adminId });
      return DONE;
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/me",
    tag: TAG,
    summary: "Whose credential this is",
    access: "any_admin",
    answer: me,
    run: ({ services, who }) =>
      Promise.resolve({
        kind: who!.kind,
        id: who!.kind === "session" ? who!.adminId : who!.id,
        name: who!.name,
        role: who!.role,
        must_change_password: who!.mustChange,
        message_history: services.config.api.historyRole ?? "off",
        expires: who!.expires,
      }),
  }),
  route({
    method: "PUT",
    path: "/api/v1/me/password",
    tag: TAG,
    summary: "Choose a new password",
    description: "Ends all other sessions of the administrator.",
    access: "session",
    body: z.strictObject({
      current_password: z.string().min(1).max(256),
      new_password: newPassword,
    }),
    answer: done,
    errors: ["wrong_password", "too_many_attempts"],
    audit: { action: "admin.password", target: () => "" },
    run: async (call, { body }) => {
      await changeOwnPassword(call, body);
      return DONE;
    },
  }),
];

async function signIn(call: ApiCall, body: { name: string; password: string }) {
  const { services, now, remote, agent } = call;
  const { config, logins, manage, random } = services;
  const found = await checkAdminPassword(services, body);
  if (found === null) throw new ApiError("wrong_password");
  logins.succeeded(body.name, remote, now);
  const token = makeCredential("session", random);
  const expires = now + config.api.sessionSec;
  const hash = credentialHash(token);
  await manage.run("sessions.open", { adminId: found.id, hash, now, expires, remote, agent });
  return { token, expires, role: found.role, must_change_password: found.mustChange };
}

async function changeOwnPassword(
  call: ApiCall,
  body: { current_password: string; new_password: string },
): Promise<void> {
  const { services, now, remote, who } = call;
  const { logins, manage, random } = services;
  const name = who!.name;
  // A stolen session must not be a way to guess the password.
  const wait = logins.begin(name, remote, now);
  if (wait > 0) {
    throw new ApiError("too_many_attempts", { headers: { "Retry-After": String(wait) } });
  }
  const account = await checkAdminPassword(services, { name, password: body.current_password });
  if (account === null) throw new ApiError("wrong_password", { field: "current_password" });
  logins.succeeded(name, remote, now);
  if (body.new_password === body.current_password || body.new_password === name) {
    throw new ApiError("invalid_field", {
      field: "new_password",
      message: "must differ from the current password and from the name",
    });
  }
  const pwd = await hashPassword(body.new_password, random);
  await manage.run("admins.update", {
    id: account.id,
    changes: { pwd, mustChange: false },
    now,
    keepSession: who!.id,
  });
}
