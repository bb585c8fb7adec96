import type { NatsUser } from '../local/nats.ts'

/** Configuration of the nats-server in a container: JetStream, and these users alone. The command says where it stores. */
export function natsServerConfig(users: readonly NatsUser[]) {
  return {
    server_name: 'airs-cp',
    host: '0.0.0.0',
    port: 4222,
    http: '127.0.0.1:8222',
    jetstream: {},
    authorization: { users },
  }
}
