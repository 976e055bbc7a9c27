/** PDU framing: header layout, incremental decoder, field surgery, attach_data layouts. */
export * from "./header.ts";
export * from "./decoder.ts";
export * from "./fields.ts";
export * from "./attach_data.ts";
