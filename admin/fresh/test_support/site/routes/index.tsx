import { signal } from "@preact/signals";
import { define } from "../define.ts";
import { Counter } from "../islands/counter.tsx";
import { Double } from "../islands/double.tsx";

export default define.page(({ state }) => {
  state.title = "Home & garden";
  const shared = signal(1);
  const since = new Date(0);
  return (
    <main>
      <Counter name="one" count={shared} since={since} />
      <Counter name="two" count={shared} since={since} />
      <Counter name="</script><b>" count={signal(7)} since={since} />
      <Double count={shared} />
    </main>
  );
});
