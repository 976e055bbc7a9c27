import { define } from "../../define.ts";

export default define.layout(({ Component, state }) => (
  <section class="shop">
    <nav>{state.trace.join(" ")}</nav>
    <Component />
  </section>
));
