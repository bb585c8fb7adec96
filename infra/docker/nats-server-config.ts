import type { NatsUser } from '../local/nats.ts'

export type NatsCluster = {
  /** Host and port of every server's route. */
  routes: readonly string[]
  /** Keeps out whoever else reaches the port of the routes. */
  password: string
}

const routeUser = 'airs-route'

/**
 * Configuration of a nats-server in a container: JetStream, and these users alone. The command says where it stores
 * and, in a cluster, which of the servers it is.
 */
export function natsServerConfig(users: readonly NatsUser[], cluster?: NatsCluster) {
  return {
    ...(cluster ? {} : { server_name: 'airs-cp' }),
    host: '0.0.0.0',
    port: 4222,
    http: '127.0.0.1:8222',
    jetstream: {},
    authorization: { users },
    ...(cluster && {
      cluster: {
        name: 'airs-cp',
        host: '0.0.0.0',
        port: 6222,
        authorization: { user: routeUser, password: cluster.password },
        routes: cluster.routes.map((route) => `nats://${routeUser}:${cluster.password}@${route}`),
      },
    }),
  }
}
