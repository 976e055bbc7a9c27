/** The configuration files of a cluster on given ports. */
import { DEFAULT_CLIENT_AES_KEY } from "../../../shared/text_cipher.ts";

const HOST = "127.0.0.1";

export interface LoginPorts {
  readonly clients: number;
  readonly http: number;
  readonly msgServers: number;
}

export function loginConf({ clients, http, msgServers }: LoginPorts): string {
  return `ClientListenIP=${HOST}
ClientPort=${clients}
HttpListenIP=${HOST}
HttpPort=${http}
MsgServerListenIP=${HOST}
MsgServerPort=${msgServers}
msfs=http://${HOST}:1/
discovery=http://${HOST}:1/
`;
}

export function routeConf(port: number): string {
  return `ListenIP=${HOST}
ListenMsgPort=${port}
`;
}

export interface MsgPorts {
  readonly clients: number;
  /** The first half is the login group, the second half the other group. */
  readonly dbs: readonly number[];
  readonly logins: readonly number[];
  readonly routes: readonly number[];
}

export function msgConf({ clients, dbs, logins, routes }: MsgPorts): string {
  const peers = (name: string, ports: readonly number[]): string =>
    ports.map((port, at) =>
      `${name}ServerIP${at + 1}=${HOST}\n${name}ServerPort${at + 1}=${port}\n`
    )
      .join("");
  return `ListenIP=${HOST}
ListenPort=${clients}
IpAddr1=${HOST}
MaxConnCnt=1000
MaxMsgPerSecond=0
ConcurrentDBConnCnt=2
${peers("DB", dbs)}${peers("Login", logins)}${
    peers("Route", routes)
  }aesKey=${DEFAULT_CLIENT_AES_KEY}
`;
}

export function dbConf(port: number): string {
  return `ListenIP=${HOST}
ListenPort=${port}
aesKey=${DEFAULT_CLIENT_AES_KEY}
`;
}
