/**
 * Every command msg_server answers, one table per sender: clients, db_proxy_servers and
 * route_servers (login_servers send heartbeats only).
 */
export { clientCommands } from "./client_commands.ts";
export { dbCommands } from "./db_commands.ts";
export { routeCommands } from "./route_commands.ts";
