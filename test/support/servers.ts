import { setUp } from '../../infra/setup/setup.ts'
import { startNats } from './start-nats.ts'
import { startPostgres } from './start-postgres.ts'

const roles = ['airs_audit', 'airs_lineage', 'airs_policy', 'airs_export']

/** Real Postgres and NATS, set up as for the services, for tests of one service at a time. */
export async function startServers(options: { maxStoreBytes?: number } = {}) {
  const [postgres, nats] = await Promise.all([startPostgres(), startNats([], options)])
  const passwords = Object.fromEntries(roles.map((role) => [role, `${role}-password`]))
  await setUp({ databaseUrl: postgres.url, natsUrl: nats.url, passwords })
  return {
    natsUrl: nats.url,
    adminUrl: postgres.url,
    nats,
    postgres,
    /** Connection of one service's role. */
    databaseUrl(role: string): string {
      const url = new URL(postgres.url)
      url.username = role
      url.password = passwords[role]!
      return url.href
    },
    async stop() {
      await Promise.all([postgres.stop(), nats.stop()])
    },
  }
}
