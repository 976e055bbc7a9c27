/**
 * Service ids, command ids, enum values and the table of commands, by their names on the wire:
 * docs/spec/wire.md 4, 5 and 6. All of it is generated from the `.proto` files.
 */
export * from "./gen/ids.ts";
