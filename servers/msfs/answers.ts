/**
 * Answers of msfs. Those to an upload are, byte for byte, what the original writes: JSON on one
 * line, sent as HTML, with status 200 also when it says no (docs/spec/admin-http.md 3.1, pitfalls.md
 * Q-MSFSJSON). What the original cannot say has the numbers from 12 up and a status of its own.
 */

/** With every answer: whatever it holds, no browser runs it. */
export const SAFE_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; sandbox",
} as const;

interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly status: number;
}

const BAD_FORM = "格式错误";

const REFUSALS = {
  too_large: { code: 1, message: "上传文件过大", status: 200 },
  no_disposition: { code: 2, message: BAD_FORM, status: 200 },
  no_file_name: { code: 3, message: BAD_FORM, status: 200 },
  no_boundary: { code: 4, message: BAD_FORM, status: 200 },
  boundary_missing: { code: 5, message: BAD_FORM, status: 200 },
  no_content_type: { code: 6, message: BAD_FORM, status: 200 },
  no_empty_line: { code: 7, message: BAD_FORM, status: 200 },
  not_closed: { code: 8, message: BAD_FORM, status: 200 },
  bad_extension: { code: 9, message: BAD_FORM, status: 200 },
  no_extension: { code: 10, message: BAD_FORM, status: 200 },
  name_too_long: { code: 11, message: BAD_FORM, status: 200 },
  // Ours.
  unauthorized: { code: 12, message: "未授权", status: 401 },
  too_many: { code: 13, message: "请求过于频繁", status: 429 },
  no_room: { code: 14, message: "存储空间不足", status: 507 },
  busy: { code: 15, message: "服务器繁忙", status: 503 },
  too_slow: { code: 16, message: "上传超时", status: 408 },
  store_failed: { code: 17, message: "服务器异常", status: 502 },
  broken_off: { code: 18, message: "上传中断", status: 400 },
  bad_host: { code: 19, message: "请求无效", status: 400 },
  far_too_large: { code: 1, message: "上传文件过大", status: 413 },
} as const satisfies Readonly<Record<string, Refusal>>;

export type UploadRefusal = keyof typeof REFUSALS;

const encoder = new TextEncoder();

export function storedAnswer({ path, url }: { readonly path: string; readonly url: string }) {
  return jsonAnswer(200, `"path":${JSON.stringify(path)},"url":${JSON.stringify(url)}`, {
    code: 0,
    message: "成功",
  });
}

/** @param headers further ones, such as Retry-After */
export function refusalAnswer(refusal: UploadRefusal, headers: Record<string, string> = {}) {
  const { code, message, status } = REFUSALS[refusal];
  // COMPAT: the original leaves the path out here (docs/spec/admin-http.md 3.1).
  const fields = code === 1 ? `"url":""` : `"path":"","url":""`;
  return jsonAnswer(status, fields, { code, message }, headers);
}

function jsonAnswer(
  status: number,
  fields: string,
  { code, message }: { readonly code: number; readonly message: string },
  headers: Record<string, string> = {},
): Response {
  // The blank behind "error_msg": is the original's, and clients may look for it.
  const body = encoder.encode(`{"error_code":${code},"error_msg": "${message}",${fields}}`);
  return new Response(body, {
    status,
    headers: {
      ...SAFE_HEADERS,
      "Cache-Control": "no-store",
      "Content-Length": String(body.length),
      "Content-Type": "text/html;charset=utf-8",
      ...headers,
    },
  });
}

/** Without a body, as the original answers every GET that it cannot serve. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status,
    headers: {
      ...SAFE_HEADERS,
      "Cache-Control": "no-store",
      "Content-Length": "0",
      "Content-Type": "text/html;charset=utf-8",
      ...headers,
    },
  });
}
