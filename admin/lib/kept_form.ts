/**
 * A form that came when nobody was signed in any more: its fields travel through the sign-in page,
 * under names of their own, and are sent again afterwards. Passwords are not kept but asked for
 * again, and files have to be chosen once more.
 */
const PREFIX = "kept.";
const SECRET = /password/;

export type Fields = readonly (readonly [name: string, value: string])[];

/** What of a form is kept, under the names that the sign-in page sends. */
export function keptFields(form: FormData): Fields {
  return [...form].flatMap(([name, value]) =>
    typeof value === "string" ? [[PREFIX + name, SECRET.test(name) ? "" : value] as const] : []
  );
}

/** The form that the sign-in page kept; `null` when it kept none. */
export function keptForm(form: FormData): FormData | null {
  const kept = new FormData();
  let isEmpty = true;
  for (const [name, value] of form) {
    if (!name.startsWith(PREFIX) || typeof value !== "string") continue;
    kept.append(name.slice(PREFIX.length), value);
    isEmpty = false;
  }
  return isEmpty ? null : kept;
}

/** Whether there is anything to keep: a form may be a button and no more. */
export function hasFields(form: FormData): boolean {
  return !form.keys().next().done;
}

/** Whether the form has a file that was chosen. */
export function hasFile(form: FormData): boolean {
  return [...form.values()].some((value) => value instanceof File && value.size > 0);
}
