/**
 * Forms: what was typed, checked against the same limits that the inputs carry, and an API error as
 * the message beside the field it is about. Whatever is wrong, the values go back into the form.
 */
import { ApiError } from "./api.ts";
import { isTextKey, type Translate } from "./i18n/mod.ts";

/** Limits of one text field; lengths in characters. */
export interface FieldRule {
  readonly min?: number;
  readonly max: number;
  readonly kind?: "number";
}

export type FieldRules = Readonly<Record<string, FieldRule>>;

/** Texts as they were typed, by the name of the field. */
export type Values = Readonly<Record<string, string>>;

/** Messages by the name of the field; that of the whole form has the name `""`. */
export type Errors = Readonly<Record<string, string>>;

/** What a form shows: nothing typed and nothing wrong at first. */
export interface FormState {
  readonly values: Values;
  readonly errors: Errors;
}

export const NO_FORM: FormState = { values: {}, errors: {} };

/** Limits of the API (docs/openapi.json), which checks again. */
export const RULES = {
  admin: { name: { min: 1, max: 40 }, password: { min: 10, max: 256 } },
  adminPassword: { password: { min: 10, max: 256 } },
  apiKey: { name: { min: 1, max: 64 } },
  department: { name: { min: 1, max: 64 }, priority: { max: 10, kind: "number" } },
  discovery: {
    name: { min: 1, max: 64 },
    url: { min: 1, max: 64 },
    priority: { max: 10, kind: "number" },
  },
  group: { name: { min: 1, max: 256 } },
  ownPassword: { current_password: { min: 1, max: 256 }, new_password: { min: 10, max: 256 } },
  signIn: { name: { min: 1, max: 40 }, password: { min: 1, max: 256 } },
  user: {
    name: { min: 1, max: 32 },
    nick: { max: 32 },
    domain: { max: 32 },
    phone: { max: 11 },
    email: { max: 64 },
  },
  userPassword: { password: { min: 6, max: 128 } },
} as const satisfies Readonly<Record<string, FieldRules>>;

/** Largest number of a 32-bit column without sign. */
const MAX_NUMBER = 0xffff_ffff;

/** Every text of a form; files are left out. Only passwords keep their outer blanks. */
export function valuesOf(form: FormData): Values {
  const texts = [...form].filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  return Object.fromEntries(
    texts.map(([name, value]) => [name, name.includes("password") ? value : value.trim()]),
  );
}

export function checkValues(values: Values, rules: FieldRules, t: Translate): Errors {
  const errors: Record<string, string> = {};
  for (const [name, { min = 0, max, kind }] of Object.entries(rules)) {
    const value = values[name] ?? "";
    const length = [...value].length;
    if (length === 0 && min > 0) errors[name] = t("field.required");
    else if (length < min) errors[name] = t("field.too_short", { min });
    else if (length > max) errors[name] = t("field.too_long", { max });
    else if (kind === "number" && value !== "" && !isNumber(value)) {
      errors[name] = t("field.not_a_number");
    }
  }
  return errors;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= MAX_NUMBER;
}

export function isFine(errors: Errors): boolean {
  return Object.keys(errors).length === 0;
}

/** What an error of the API is called in the reader's language. */
export function errorText(error: ApiError, t: Translate): string {
  const key = `error.${error.code}`;
  return isTextKey(key) ? t(key) : error.message;
}

/** Where a code says which field it is about without naming it. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = {
  name_taken: "name",
  unknown_department: "department_id",
};

/**
 * The message of a refusal, beside the field it is about when `fields` has that one, else above the
 * form. @throws the error itself when the session ended: that is for the sign-in page
 */
export function errorsOf(
  error: unknown,
  { fields, t }: { readonly fields: readonly string[]; readonly t: Translate },
): Errors {
  if (!(error instanceof ApiError) || isSignedOut(error)) throw error;
  const field = error.field ?? FIELD_OF_CODE[error.code] ?? "";
  return { [fields.includes(field) ? field : ""]: errorText(error, t) };
}

export function isSignedOut(error: ApiError): boolean {
  return error.code.startsWith("credential_");
}
