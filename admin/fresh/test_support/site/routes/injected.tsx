import { define } from "../define.ts";

/** What no page should have: the policy has to stop it. */
const INJECTED = `<script>document.title = "taken"</script><p style="color: red">red</p>`;

export default define.page(() => (
  // deno-lint-ignore react-no-danger -- the test is about it.
  <div dangerouslySetInnerHTML={{ __html: INJECTED }} />
));
