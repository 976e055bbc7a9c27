/** A server of the S3 protocol on a free port, which keeps its bucket in a folder. */
import S3rver from "@20minutes/s3rver";

export const BUCKET = "files";
/** Name and secret of the only account that it knows. */
export const ACCOUNT = "S3RVER";

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const directory = await Deno.makeTempDir();
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { port } = await server.run();
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => stopped ??= server.close();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
