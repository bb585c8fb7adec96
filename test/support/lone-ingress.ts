import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EpochReader } from '@airs-cp/journal'
import { createLogger } from '@airs-cp/runtime'
import { freePort } from '../../infra/local/free-port.ts'
import { readIngressConfig } from '../../services/ingress/config.ts'
import { startIngress } from '../../services/ingress/ingress.ts'

/** An ingress without a policy service: what is in force stands on its disk, as what it knew last. No client needs a key. */
export async function startLoneIngress({
  dataDir,
  natsUrl,
  upstream,
  policies = [],
  env = {},
}: {
  dataDir: string
  natsUrl: string
  /** Base URL of the provider. */
  upstream: string
  policies?: readonly { name: string; document: string }[]
  env?: Record<string, string>
}) {
  const kept = join(dataDir, 'ingress')
  mkdirSync(kept, { recursive: true })
  const keep = (file: string, value: object) => writeFileSync(join(kept, file), JSON.stringify(value))
  keep('policy-set.json', {
    version: 1,
    mode: policies.length === 0 ? 'observe' : 'enforce',
    policies: policies.map((policy) => ({ ...policy, version: 1 })),
  })
  keep('client-keys.json', { version: 1, keys: [] })
  keep('quarantine.json', { version: 1, sessions: [] })
  const port = await freePort()
  const ingress = await startIngress(
    readIngressConfig({
      AIRS_INGRESS_PORT: String(port),
      AIRS_DATA_DIR: dataDir,
      AIRS_FINGERPRINT_KEY: 'fingerprint-key-of-the-test',
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: upstream,
      NATS_URL: natsUrl,
      ...env,
    }),
    createLogger('test', 'silent'),
  )
  return { ingress, port, url: `http://127.0.0.1:${port}`, events: () => eventsIn(join(kept, 'journal')) }
}

/** Of its first journal. */
function eventsIn(directory: string): { exchange?: string; type: string }[] {
  const [journal] = readdirSync(directory).filter((name) => !name.endsWith('.json'))
  const unread: unknown[] = []
  using reader = new EpochReader(directory, journal!, (report) => unread.push(report))
  return reader.read({ sequence: 1_000 }, 10_000_000).map(({ event }) => JSON.parse(event.toString()))
}
