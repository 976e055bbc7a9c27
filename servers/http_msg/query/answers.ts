/** Answers of the original's two calls (docs/spec/admin-http.md 2.4); keys are sorted as there. */
import { styledJsonResponse } from "../../../shared/styled_json.ts";

/** Codes with the original's texts. Those that it only reserves are left out, but for 2. */
export const QUERY_ERRORS = {
  ok: { error_code: 0, error_msg: "成功" },
  bad_parameter: { error_code: 1, error_msg: "参数错误" },
  unknown_app_key: { error_code: 2, error_msg: "appKey不存在" },
  bad_type: { error_code: 5, error_msg: "未授权的接口" },
  unknown_call: { error_code: 8, error_msg: "未知错误" },
  server_error: { error_code: 10, error_msg: "服务器异常" },
  group_not_created: { error_code: 11, error_msg: "创建群失败" },
  members_not_changed: { error_code: 12, error_msg: "更改群成员失败" },
} as const;

export type QueryOutcome = keyof typeof QUERY_ERRORS;

/**
 * COMPAT: status 200 whatever the outcome is, as the callers of the original know it, but for what it
 * left without an answer (docs/spec/pitfalls.md P-HTTP2).
 */
export function queryAnswer(
  outcome: QueryOutcome,
  more: Readonly<Record<string, number>> = {},
  status = 200,
): Response {
  const values = { ...QUERY_ERRORS[outcome], ...more };
  return styledJsonResponse(status, values, { "Cache-Control": "no-cache" });
}
