/** From the settings to what each push service has to be given; `null` for one that is not used. */
import { Secret } from "../../shared/config/mod.ts";
import type { PushFile } from "./config_file.ts";
import type { ApnsOptions } from "./services/apns/apns_service.ts";
import { parseCertificates, parseProviderKey, readKey } from "./services/apns/credentials.ts";
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
  const problems: string[] = [];
  const notices: string[] = [];
  /** What `read` gives, or `null` after its error became a problem of the key. */
  const attempt = <T>(key: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      problems.push(`${key} ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };

  const trustedCerts = file.CaFile === null
    ? ""
    : attempt("CaFile", () => parseCertificates(file.CaFile!).cert) ?? "";
  const endpoint = {
    origin: file.ApnsHost ?? (file.SandBox ? APNS_SANDBOX : APNS_PRODUCTION),
    topic: file.ApnsTopic,
    trustedCerts,
  };
  const apns = (): ApnsOptions | null => {
    const { ApnsKey, ApnsKeyId, ApnsTeamId, CertPath, KeyPath, KeyPassword } = file;
    if (ApnsKey !== null) {
      if (CertPath) notices.push("CertPath is not used: ApnsKeyFile is set");
      const key = attempt("ApnsKeyFile", () => parseProviderKey(ApnsKey.reveal()));
      if (key === null) return null;
      const providerKey = { key, keyId: ApnsKeyId!, teamId: ApnsTeamId! };
      return { ...endpoint, providerKey, clientCert: null };
    }
    if (!CertPath || !KeyPath) return null; // Not set, or not there, which was said already.
    const certs = attempt("CertPath", () => parseCertificates(CertPath));
    const key = attempt("KeyPath", () => readKey(KeyPath, KeyPassword?.reveal()));
    if (certs === null || key === null) return null;
    if (!certs.first.checkPrivateKey(key)) {
      problems.push("KeyPath has a key that is not the one of the certificate in CertPath");
      return null;
    }
    const keyPem = key.export({ type: "pkcs8", format: "pem" }) as string;
    const clientCert = new Secret({ cert: certs.cert, key: keyPem });
    return { ...endpoint, providerKey: null, clientCert };
  };

  const fcm = (): FcmOptions | null => {
    const { FcmServiceAccount, FcmUrl } = file;
    if (FcmServiceAccount === null) return null;
    const account = attempt(
      "FcmServiceAccountFile",
      () => parseServiceAccount(FcmServiceAccount.reveal()),
    );
    if (account === null) return null;
    return { account, baseUrl: FcmUrl.replace(/\/+$/, ""), trustedCerts };
  };

  const webhook = (): WebhookOptions | null => {
    const { WebhookUrl, WebhookSecret } = file;
    if (WebhookUrl === null || WebhookSecret === null) return null;
    const key = webhookKey(WebhookSecret.reveal());
    if (key === null) {
      problems.push("WebhookSecret is not allowed; allowed: whsec_ and base64, or any other text");
      return null;
    }
    return { url: WebhookUrl, key: new Secret(key), trustedCerts };
  };

  return { credentials: { apns: apns(), fcm: fcm(), webhook: webhook() }, problems, notices };
}
