import { randomBytes } from 'node:crypto'
import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { eventTypes, type KeyCreated, type KeyLimits, sha256Hex, uuidv7 } from '@airs-cp/events'
import { underLock } from '@airs-cp/postgres'
import { ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { Activation, Activations } from '../policies/activations.ts'
import type { Publisher } from '../publishing/publisher.ts'
import { revisionOf } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'
import { listKeys } from './keys.ts'

export type KeyChanges = {
  /** Makes a key; it is in the answer and nowhere else. With a fingerprint an existing credential is admitted instead. */
  create(options: {
    name: string
    limits: KeyLimits
    fingerprint?: string | undefined
    actor: string
  }): Promise<{
    keyId: string
    name: string
    key?: string
    ingresses: Activation
  }>
  revoke(keyId: string, actor: string): Promise<{ keyId: string; ingresses: Activation }>
}

/**
 * Changes of the client keys: events, answered when they are applied and every ingress has reported that it admits by them
 * (or was silent for 2 s, and is named).
 */
export function createKeyChanges({
  bus,
  database,
  projection,
  publisher,
  activations,
}: {
  bus: Bus
  database: Kysely<PolicyTables>
  projection: RunningProjection
  publisher: Pick<Publisher, 'publish'>
  activations: Pick<Activations, 'reached'>
}): KeyChanges {
  async function activated(): Promise<Activation> {
    const version = await revisionOf(database, 'keys')
    await publisher.publish('keys', 'spent')
    return activations.reached('keys', version)
  }
  return {
    async create({ name, limits, fingerprint, actor }) {
      const key = fingerprint === undefined ? `airs-${randomBytes(24).toString('base64url')}` : undefined
      const match: KeyCreated['match'] =
        key === undefined ? { fingerprint: fingerprint! } : { sha256: sha256Hex(key) }
      const keyId = uuidv7()
      await underLock(database, 'airs key changes', async () => {
        const existing = (await listKeys(database)).filter(({ revokedAt }) => revokedAt === null)
        if (existing.some((one) => 'fingerprint' in one.match && one.match.fingerprint === fingerprint))
          throw new ApiError(
            409,
            'key_exists',
            'A key for this fingerprint is in force already; revoke it first',
          )
        const data = { keyId, name, match, limits, actor }
        const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.keyCreated, data)
        await projection.applied(id)
      })
      return { keyId, name, ...(key !== undefined && { key }), ingresses: await activated() }
    },
    async revoke(keyId, actor) {
      const known = (await listKeys(database)).find((one) => one.keyId === keyId)
      if (!known) throw notFound(`Key ${keyId}`)
      if (known.revokedAt === null) {
        const { id } = await appendControlEvent(bus, '/airs/policy', eventTypes.keyRevoked, { keyId, actor })
        await projection.applied(id)
      }
      return { keyId, ingresses: await activated() }
    },
  }
}
