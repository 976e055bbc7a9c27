/** From the settings to what each push service has to be given; `null` for one that is not used. */
import { Secret } from "../../shared/config/mod.ts";
import type { PushFile } from "./config_file.ts";
import type { ApnsOptions } from "./services/apns/apns_service.ts";
import {
  type ClientCertificate,
  parseCertificates,
  parseProviderKey,
  readKey,
} from "./services/apns/credentials.ts";
import type { ProviderKey } from "./services/apns/provider_token.ts";
import { parseServiceAccount } from "./services/fcm/credentials.ts";
import type { FcmOptions } from "./services/fcm/fcm_service.ts";
import { webhookKey } from "./services/webhook/signature.ts";
import type { WebhookOptions } from "./services/webhook/webhook_service.ts";

const APNS_PRODUCTION = "https://api.push.apple.com";
const APNS_SANDBOX = "https://api.sandbox.push.apple.com";

export interface Credentials {
  readonly apns: ApnsOptions | null;
  readonly fcm: FcmOptions | null;
  readonly webhook: WebhookOptions | null;
}

/** One line per problem and notice, without the file's name and without any secret. */
export interface ReadCredentials {
  readonly credentials: Credentials;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export function readCredentials(file: PushFile): ReadCredentials {
  const reading = new Reading();
  const trustedCerts = file.CaFile === null
    ? ""
    : reading.attempt("CaFile", () => parseCertificates(file.CaFile!).cert) ?? "";
  const credentials = {
    apns: apnsOptions(file, { trustedCerts, reading }),
    fcm: fcmOptions(file, { trustedCerts, reading }),
    webhook: webhookOptions(file, { trustedCerts, reading }),
  };
  return { credentials, problems: reading.problems, notices: reading.notices };
}

/** Collects what is wrong, so that all of it is told at once. */
class Reading {
  readonly problems: string[] = [];
  readonly notices: string[] = [];

  /** What `read` gives, or `null` after its error became a problem of the key. */
  attempt<T>(key: string, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      this.problems.push(`${key} ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

interface With {
  readonly trustedCerts: string;
  readonly reading: Reading;
}

/** A key for tokens goes before a certificate. */
function apnsOptions(file: PushFile, { trustedCerts, reading }: With): ApnsOptions | null {
  const origin = file.ApnsHost ?? (file.SandBox ? APNS_SANDBOX : APNS_PRODUCTION);
  const endpoint = { origin, topic: file.ApnsTopic, trustedCerts };
  if (file.ApnsKey !== null) {
    if (file.CertPath) reading.notices.push("CertPath is not used: ApnsKeyFile is set");
    const providerKey = providerKeyOf(file, reading);
    return providerKey && { ...endpoint, providerKey, clientCert: null };
  }
  const clientCert = clientCertOf(file, reading);
  return clientCert && { ...endpoint, providerKey: null, clientCert: new Secret(clientCert) };
}

function providerKeyOf(file: PushFile, reading: Reading): ProviderKey | null {
  const key = reading.attempt("ApnsKeyFile", () => parseProviderKey(file.ApnsKey!.reveal()));
  return key && { key, keyId: file.ApnsKeyId!, teamId: file.ApnsTeamId! };
}

function clientCertOf(file: PushFile, reading: Reading): ClientCertificate | null {
  const { CertPath, KeyPath, KeyPassword } = file;
  if (!CertPath || !KeyPath) return null; // Not set, or not there, which was said already.
  const certs = reading.attempt("CertPath", () => parseCertificates(CertPath));
  const key = reading.attempt("KeyPath", () => readKey(KeyPath, KeyPassword?.reveal()));
  if (certs === null || key === null) return null;
  if (!certs.first.checkPrivateKey(key)) {
    reading.problems.push("KeyPath has a key that is not the one of the certificate in CertPath");
    return null;
  }
  return { cert: certs.cert, key: key.export({ type: "pkcs8", format: "pem" }) as string };
}

function fcmOptions(file: PushFile, { trustedCerts, reading }: With): FcmOptions | null {
  const secret = file.FcmServiceAccount;
  if (secret === null) return null;
  const account = reading.attempt(
    "FcmServiceAccountFile",
    () => parseServiceAccount(secret.reveal()),
  );
  return account && { account, baseUrl: file.FcmUrl.replace(/\/+$/, ""), trustedCerts };
}

function webhookOptions(file: PushFile, { trustedCerts, reading }: With): WebhookOptions | null {
  const { WebhookUrl: url, WebhookSecret: secret } = file;
  if (url === null || secret === null) return null;
  const key = webhookKey(secret.reveal());
  if (key === null) {
    reading.problems.push(
      "WebhookSecret is not allowed; allowed: whsec_ and base64, or any other text",
    );
    return null;
  }
  return { url, key: new Secret(key), trustedCerts };
}
