/**
 * One line for whoever started a command: the message and, for what other people's code said about
 * it, the messages of its causes, unless the first of them was told already.
 */
export function withCauses(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error) || error.message.includes(rootOf(cause).message)) {
    return error.message;
  }
  return `${error.message}: ${withCauses(cause)}`;
}

function rootOf(error: Error): Error {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
