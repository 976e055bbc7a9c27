/** Accounts of administrators and their sessions. */
import { z } from "zod";
import { hashPassword } from "../../../../shared/password.ts";
import { ADMIN_STATUS_DISABLED, type AdminAccount } from "../../../../shared/storage/management.ts";
import { adminName, adminRole, id } from "../../../../shared/management/fields.ts";
import { ApiError } from "../../http/errors.ts";
import { changesOf, DONE, done, idParams, listOf, time } from "../fields.ts";
import { hasRole } from "../credentials.ts";
import { newPassword } from "../passwords.ts";
import { type Route, route } from "../route.ts";

const TAG = "Administrators";
const SESSION_TAG = "Administrators' sessions";

const admin = z.strictObject({
  id,
  name: z.string(),
  role: adminRole,
  disabled: z.boolean(),
  must_change_password: z.boolean(),
  created: time,
  updated: time,
});

const adminChanges = z.strictObject({
  role: adminRole,
  disabled: z.boolean(),
  password: newPassword.describe("A new one, to be changed at the next sign-in"),
});

const adminSession = z.strictObject({
  id,
  admin_id: id,
  name: z.string(),
  created: time,
  last_seen: time,
  expires: time,
  remote: z.string().describe("Address it was opened from"),
  agent: z.string().describe("What the browser or program called itself"),
  current: z.boolean().describe("Whether it is the session that asks"),
});

export const adminRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/admins",
    tag: TAG,
    summary: "List administrators",
    access: "owner",
    answer: listOf(admin),
    run: async ({ services }) => ({
      items: (await services.manage.run("admins.list", null)).map(adminView),
    }),
  }),
  route({
    method: "POST",
    path: "/api/v1/admins",
    tag: TAG,
    summary: "Add an administrator",
    description: "The password is for the first sign-in, which asks for another one.",
    access: "owner",
    body: z.strictObject({
      name: adminName,
      role: adminRole,
      password: newPassword,
    }),
    status: 201,
    answer: admin,
    errors: ["name_taken"],
    audit: { action: "admin.create", made: (made) => `admin/${made.id}` },
    run: async ({ services, now }, { body }) => {
      const added = await services.manage.run("admins.add", {
        uname: body.name,
        pwd: await hashPassword(body.password, services.random),
        role: body.role,
        now,
      });
      if (!added.ok) throw new ApiError(added.refusal, { field: "name" });
      return adminView(added.value);
    },
  }),
  route({
    method: "PATCH",
    path: "/api/v1/admins/{id}",
    tag: TAG,
    summary: "Change role or password of an administrator, disable or enable",
    description: "A disabled account, and one with a new password, loses its sessions at once.",
    access: "owner",
    params: idParams,
    body: changesOf(adminChanges),
    answer: admin,
    errors: ["unknown_admin", "last_owner"],
    audit: { action: "admin.update", target: ({ params }) => `admin/${params.id}` },
    run: async ({ services, now }, { params, body }) => {
      const { role, disabled, password } = body;
      const updated = await services.manage.run("admins.update", {
        id: params.id,
        changes: {
          ...(role !== undefined && { role }),
          ...(disabled !== undefined && { status: disabled ? ADMIN_STATUS_DISABLED : 0 }),
          ...(password !== undefined && {
            pwd: await hashPassword(password, services.random),
            mustChange: true,
          }),
        },
        now,
        keepSession: null,
      });
      if (!updated.ok) throw new ApiError(updated.refusal);
      return adminView(updated.value);
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/admin-sessions",
    tag: SESSION_TAG,
    summary: "List sessions of administrators",
    description: "An owner sees all, everybody else their own.",
    access: "read_only",
    answer: listOf(adminSession),
    run: async ({ services, who, now }) => {
      const adminId = hasRole(who!, "owner") ? null : who!.adminId;
      const sessions = await services.manage.run("sessions.list", { adminId, now });
      return {
        items: sessions.map((session) => ({
          id: session.id,
          admin_id: session.adminId,
          name: session.uname,
          created: session.created,
          last_seen: session.lastSeen,
          expires: session.expires,
          remote: session.remote,
          agent: session.agent,
          current: who!.kind === "session" && who!.id === session.id,
        })),
      };
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/admin-sessions/{id}",
    tag: SESSION_TAG,
    summary: "End a session",
    description: "An owner ends any, everybody else their own.",
    access: "read_only",
    params: idParams,
    answer: done,
    errors: ["unknown_session"],
    audit: { action: "admin_session.end", target: ({ params }) => `admin_session/${params.id}` },
    run: async ({ services, who }, { params }) => {
      const adminId = hasRole(who!, "owner") ? null : who!.adminId;
      if (!await services.manage.run("sessions.end", { id: params.id, adminId })) {
        throw new ApiError("unknown_session");
      }
      return DONE;
    },
  }),
];

function adminView(account: AdminAccount): z.output<typeof admin> {
  return {
    id: account.id,
    name: account.uname,
    role: account.role,
    disabled: account.status === ADMIN_STATUS_DISABLED,
    must_change_password: account.mustChange,
    created: account.created,
    updated: account.updated,
  };
}
