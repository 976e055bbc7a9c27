/** HTTP requests as bytes: to the routes that there are, and to what is nearly one. */
import { Buffer } from "node:buffer";
import type { Random } from "../../../shared/random.ts";
import { BOUNDARY, formOf } from "../../support/msfs_fixture.ts";
import { mutated } from "../inputs/mutate.ts";
import { chance, noise, pick, shortLength } from "../inputs/pick.ts";
import { type Schema, valueOf } from "./values.ts";

/** Stands for the credential of a signed-in owner, which only the running server knows. */
export const OWNER_MARK = "@owner@";
/** Where owners change owners: what they may do to themselves, they could. */
const OWN = /\/(admins|me|password)\b/;
/** Whose failed sign-ins they are: the witness comes from elsewhere. */
const SENDER = "198.51.100.7";
export type SiteName = "lookup" | "api" | "msfs" | "admin";

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

const PATH_VALUES: readonly string[] = [
  ...[
    "1",
    "2",
    "3",
    "0",
    "-1",
    "4294967295",
    "99999999999999999999",
    "x",
    "%00",
    "%",
    "%ff",
    "..",
    "",
  ],
  ...["%2e%2e%2f%2e%2e%2fetc", "__proto__", "1%2F2", "%F0%9F%98%80", "a".repeat(3000)],
];
const METHODS: readonly string[] = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "X",
];
const ADMIN_PATHS: readonly string[] = [
  ...["/", "/login", "/logout", "/password", "/preferences", "/users", "/users/new", "/users/{id}"],
  ...[
    "/users/import",
    "/users/imported",
    "/users/export",
    "/pictures/{id}",
    "/admins",
    "/messages",
  ],
  ...[
    "/api/people?q={id}",
    "/api/import",
    "/settings",
    "/departments",
    "/departments/{id}",
    "/about",
  ],
  ...["/groups", "/groups/{id}", "/groups/new", "/audit", "/users?page={id}&search={id}"],
];
const FORM_FIELDS: readonly string[] = [
  ...[
    "name",
    "password",
    "action",
    "id",
    "next",
    "lang",
    "theme",
    "current_password",
    "new_password",
  ],
  ...[
    "nick",
    "sex",
    "department_id",
    "status",
    "members",
    "version",
    "file",
    "csv",
    "search",
    "page",
  ],
];
const MSFS_PATHS: readonly string[] = ["/", "/000/000/{id}", "/{id}", "/../{id}", "/000/../{id}"];

export class Requests {
  readonly #operations: readonly (readonly [method: string, path: string, facts: Operation])[];

  constructor() {
    const url = new URL("../../../docs/openapi.json", import.meta.url);
    const { paths } = JSON.parse(Deno.readTextFileSync(url)) as {
      paths: Record<string, Record<string, Operation>>;
    };
    this.#operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, facts]) => [method.toUpperCase(), path, facts] as const)
    );
  }

  /** A whole request, which names what nobody has or says what nobody may. */
  whole(site: SiteName, random: Random): Uint8Array {
    return this[site](random);
  }

  /** Bytes that were a request. */
  spoilt(site: SiteName, random: Random): Uint8Array {
    return mutated(this[site](random), random, this.api(random));
  }

  lookup(random: Random): Uint8Array {
    const path = pick(random, ["/msg_server", "/", "/msg_server/{id}?{id}", "/{id}"]);
    return request(pick(random, METHODS), filled(path, random), [], Buffer.alloc(0));
  }

  api(random: Random): Uint8Array {
    const credential = chance(random, 0.8) ? [`Authorization: Bearer ${OWNER_MARK}`] : [];
    if (chance(random, 0.1)) return this.#query(random, credential);
    const [method, path, facts] = pick(random, this.#operations);
    const headers = method !== "GET" && OWN.test(path) ? [] : credential;
    const query = (facts.parameters ?? []).filter((one) =>
      one.in === "query" && chance(random, 0.4)
    ).map(({ name, schema }) => `${name}=${encoded(valueOf(schema, random))}`);
    const target = filled(path, random) + (query.length > 0 ? `?${query.join("&")}` : "");
    const [type, content] = Object.entries(facts.requestBody?.content ?? {})[0] ?? [];
    if (content === undefined) return request(method, target, headers, Buffer.alloc(0));
    const value = valueOf(content.schema, random);
    const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
    return request(method, target, [...headers, `Content-Type: ${type}`], body);
  }

  msfs(random: Random): Uint8Array {
    const path = filled(pick(random, MSFS_PATHS), random);
    if (chance(random, 0.5)) return request(pick(random, METHODS), path, [], Buffer.alloc(0));
    const boundary = chance(random, 0.8)
      ? BOUNDARY
      : pick(random, ["", '"', "a".repeat(300), "--"]);
    const data = noise(random, shortLength(random, 100_000));
    const form = formOf(data, { name: pick(random, ["1.jpg", "", "../x", "a\0b", "ä.png"]) });
    const body = chance(random, 0.5) ? form : mutated(form, random, form);
    const type = `Content-Type: multipart/form-data; boundary=${boundary}`;
    return request("POST", path, [type], body);
  }

  admin(random: Random): Uint8Array {
    const path = filled(pick(random, ADMIN_PATHS), random);
    const cookie = chance(random, 0.8) ? [`Cookie: teamtalk_admin=${OWNER_MARK}`] : [];
    if (chance(random, 0.6)) return request("GET", path, cookie, Buffer.alloc(0));
    const fields = FORM_FIELDS.filter(() => chance(random, 0.3))
      .map((name) => `${name}=${encoded(valueOf({ type: "string" }, random))}`);
    const type = "Content-Type: application/x-www-form-urlencoded";
    const headers = [...OWN.test(path) ? [] : cookie, type, "Origin: http://127.0.0.1"];
    return request("POST", path, headers, Buffer.from(fields.join("&")));
  }

  #query(random: Random, headers: readonly string[]): Uint8Array {
    const call = pick(random, ["CreateGroup", "ChangeMembers", "X"]);
    const number: Schema = { type: "integer", maximum: 5 };
    const value = valueOf({
      type: "object",
      properties: {
        app_key: { type: "string" },
        req_user_id: number,
        group_id: number,
        group_name: { type: "string" },
        group_type: number,
        group_avatar: { type: "string" },
        modify_type: number,
        user_id_list: { type: "array", items: number },
      },
      required: ["app_key", "req_user_id", "group_name", "group_type", "user_id_list"],
    }, random);
    return request("POST", `/query/${call}`, headers, Buffer.from(JSON.stringify(value)));
  }
}

function encoded(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}

function filled(path: string, random: Random): string {
  return path.replace(/\{\w+\}/g, () => pick(random, PATH_VALUES));
}

function request(
  method: string,
  path: string,
  headers: readonly string[],
  body: Uint8Array,
): Uint8Array {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: close",
    `X-Forwarded-For: ${SENDER}`,
    ...headers,
    ...(body.length > 0 ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}
