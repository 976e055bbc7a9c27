/** The API's own description. */
import { z } from "zod";
import { type Route, route } from "../route.ts";

export const documentRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/openapi.json",
    tag: "Description",
    summary: "This document",
    access: "any_admin",
    answer: z.record(z.string(), z.unknown()),
    run: ({ services }) => Promise.resolve(services.document()),
  }),
];
