/** The service account with which FCM is used: the JSON file that Google's console hands out. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { jsonObject } from "../answer_json.ts";

export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly privateKey: KeyObject;
  /** Where access tokens come from. */
  readonly tokenUri: string;
}

/** @throws {Error} saying what is wrong, without repeating the text */
export function parseServiceAccount(text: string): ServiceAccount {
  const { project_id, client_email, private_key, token_uri } = jsonObject(text);
  if (
    !isFilled(project_id) || !isFilled(client_email) || !isFilled(private_key) ||
    !isFilled(token_uri) || !URL.canParse(token_uri)
  ) {
    throw new Error(
      "is no service account: it needs project_id, client_email, private_key and token_uri",
    );
  }
  return {
    projectId: project_id,
    clientEmail: client_email,
    privateKey: rsaKey(private_key),
    tokenUri: token_uri,
  };
}

function rsaKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error("has a private_key that cannot be read"); // Its own message may repeat it.
  }
  if (key.asymmetricKeyType !== "rsa") throw new Error("has a private_key that is not an RSA key");
  return key;
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
