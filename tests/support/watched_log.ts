export * from "../../shared/test_support/watched_log.ts";
