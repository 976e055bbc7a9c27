import { signal } from "@preact/signals";
import { Head } from "fresh/runtime";
import { define } from "../define.ts";
import { Counter } from "../islands/counter.tsx";
import { Double } from "../islands/double.tsx";

export default define.page(() => {
  const shared = signal(1);
  const since = new Date(0);
  return (
    <main>
      <Head>
        <title>Home &amp; garden</title>
        <meta name="description" content="A test" />
      </Head>
      <Counter name="one" count={shared} since={since} />
      <Counter name="two" count={shared} since={since} />
      <Counter name="</script><b>" count={signal(7)} since={since} />
      <Double count={shared} />
    </main>
  );
});
