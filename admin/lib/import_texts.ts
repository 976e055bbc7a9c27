/** What is wrong with a file of users, in the reader's language. */
import type { ApiError, RowError } from "./api.ts";
import { errorText } from "./forms.ts";
import { isTextKey, type Translate } from "./i18n/mod.ts";

/** Of a row. A code that these texts do not have yet comes in the API's own words. */
export function rowErrorText({ code, limit, message }: RowError, t: Translate): string {
  const key = `row_error.${code}`;
  return isTextKey(key) ? t(key, limit === null ? {} : { limit }) : message;
}

/** Of the whole file. */
export function fileErrorText(error: ApiError, t: Translate): string {
  const key = `file_problem.${error.problem?.code}`;
  return isTextKey(key) ? t(key, error.problem?.values) : errorText(error, t);
}
