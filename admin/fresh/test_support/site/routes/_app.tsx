import { asset } from "fresh/runtime";
import { define } from "../define.ts";

export default define.layout(({ Component, state }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>{state.title ?? "Site"}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={asset("/site.css")} />
    </head>
    <body>
      <Component />
    </body>
  </html>
));
