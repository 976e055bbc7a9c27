export * from "../../shared/test_support/engines.ts";
