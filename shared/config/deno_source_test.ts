import assert from "node:assert/strict";

Deno.test("denoSource() reads arguments, environment and disk of the process", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const main = `
      import { ConfigError, defineConfig, denoSource, loadConfig, optional, port, secret, text } from
        ${JSON.stringify(import.meta.resolve("./mod.ts"))};
      const schema = defineConfig("a.conf", {
        Port: port(),
        Name: text(),
        Pass: optional(secret()),
      });
      try {
        const { Port, Name, Pass } = loadConfig(schema, denoSource());
        console.log(Port, Name, Pass?.reveal());
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        console.log(error.message);
      }`;
    await Deno.writeTextFile(`${dir}/main.ts`, main);
    await Deno.writeTextFile(`${dir}/a.conf`, "Port=1\nName=file\nPassFile=pass.txt\n");
    await Deno.writeTextFile(`${dir}/pass.txt`, "p\n");
    const run = async (...args: string[]): Promise<string> => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-config", "--no-check", "-A", `${dir}/main.ts`, ...args],
        cwd: dir,
        clearEnv: true,
        env: { TEAMTALK_A_NAME: "env", DENO_DIR: `${dir}/cache`, NO_COLOR: "1" },
      }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    assert.equal(await run("--conf", dir), "1 env p");
    assert.equal(await run("--conf", `${dir}/a.conf`), "1 env p");
    assert.equal(await run(), "1 env p");
    for (const missing of ["none", "a.conf/below"]) {
      const expected = `--conf "${missing}" is neither a file nor a directory`;
      assert.equal(await run("--conf", missing), expected);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
