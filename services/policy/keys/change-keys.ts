import { randomBytes } from 'node:crypto'
import { appendControlEvent } from '@airs-cp/bus'
import {
  eventTypes,
  type KeyIdentity,
  type KeyLimits,
  type KeyMatch,
  sha256Hex,
  uuidv7,
} from '@airs-cp/events'
import { underLock } from '@airs-cp/postgres'
import { ApiError, notFound } from '@airs-cp/runtime'
import { activate, type Changing } from '../policies/activate.ts'
import type { Activation } from '../policies/activations.ts'
import { listKeys, type StoredKey } from './keys.ts'

const source = '/airs/policy'

/** Of each field: absent leaves it as it is, null removes it. */
export type Edited<Fields> = { [Name in keyof Fields]?: Fields[Name] | null }

export type KeyChanges = {
  /** Makes a key; it is in the response and nowhere else. With a fingerprint an existing credential is admitted instead. */
  create(options: {
    name: string
    limits: KeyLimits
    fixed: KeyIdentity
    fingerprint?: string | undefined
    actor: string
  }): Promise<{
    keyId: string
    name: string
    key?: string
    ingresses: Activation
  }>
  edit(
    keyId: string,
    change: {
      name?: string | undefined
      limits: Edited<KeyLimits>
      fixed: Edited<KeyIdentity>
      reason?: string | undefined
      actor: string
    },
  ): Promise<{ key: StoredKey; ingresses: Activation }>
  /**
   * Makes another secret of the key, or admits another credential for it. The former one is accepted for so many seconds more.
   * @throws ApiError 409 `fingerprint_needed` for an admitted credential without another one
   */
  rotate(
    keyId: string,
    options: { graceSeconds: number; fingerprint?: string | undefined; actor: string },
  ): Promise<{ keyId: string; name: string; key?: string; formerUntil: Date; ingresses: Activation }>
  revoke(keyId: string, actor: string): Promise<{ keyId: string; ingresses: Activation }>
}

/**
 * Changes of the client keys: events; the response comes when they are applied and every ingress has reported that it admits by them
 * (or was silent for 2 s, and is named). Changes wait for each other.
 */
export function createKeyChanges({
  bus,
  database,
  projection,
  publisher,
  activations,
}: Changing): KeyChanges {
  const activated = () => activate({ database, publisher, activations }, 'keys', 'spent')
  const inTurn = (work: () => Promise<void>) => underLock(database, 'airs key changes', work)
  const applied = async (appending: Promise<{ id: string }>) => projection.applied((await appending).id)
  async function getKey(keyId: string): Promise<StoredKey> {
    const [key] = await listKeys(database, { keyId })
    if (!key) throw notFound(`Key ${keyId}`)
    return key
  }
  async function getKeyInForce(keyId: string): Promise<StoredKey> {
    const key = await getKey(keyId)
    if (key.revokedAt !== null)
      throw new ApiError(409, 'key_revoked', `Key "${key.name}" is revoked; create another one`)
    return key
  }
  async function refuseKnown(fingerprint: string): Promise<void> {
    const isKnown = (match: KeyMatch) => 'fingerprint' in match && match.fingerprint === fingerprint
    for (const { match, former, revokedAt } of await listKeys(database))
      if (revokedAt === null && (isKnown(match) || former.some((one) => isKnown(one.match))))
        throw new ApiError(
          409,
          'key_exists',
          'A key for this fingerprint is in force already; revoke it first',
        )
  }

  return {
    async create({ name, limits, fixed, fingerprint, actor }) {
      const { key, match } = secretOr(fingerprint)
      const keyId = uuidv7()
      await inTurn(async () => {
        if (fingerprint !== undefined) await refuseKnown(fingerprint)
        const isFixed = Object.keys(fixed).length > 0
        const data = { keyId, name, match, limits: checked(limits), ...(isFixed && { fixed }), actor }
        await applied(appendControlEvent(bus, source, eventTypes.keyCreated, data))
      })
      return { keyId, name, ...(key !== undefined && { key }), ingresses: await activated() }
    },
    async edit(keyId, { name, limits, fixed, reason, actor }) {
      await inTurn(async () => {
        const key = await getKeyInForce(keyId)
        const edits = {
          ...(name !== undefined && { name }),
          ...(Object.keys(limits).length > 0 && { limits: checked(edited(key.limits, limits)) }),
          ...(Object.keys(fixed).length > 0 && { fixed: edited(key.fixed, fixed) }),
        }
        const about = { ...(reason !== undefined && { reason }), actor }
        if (Object.keys(edits).length > 0)
          await applied(appendControlEvent(bus, source, eventTypes.keyChanged, { keyId, ...edits, ...about }))
      })
      const ingresses = await activated()
      return { key: await getKey(keyId), ingresses }
    },
    async rotate(keyId, { graceSeconds, fingerprint, actor }) {
      const { key, match } = secretOr(fingerprint)
      const formerUntil = new Date(Date.now() + graceSeconds * 1_000)
      let name = ''
      await inTurn(async () => {
        const before = await getKeyInForce(keyId)
        name = before.name
        if ('fingerprint' in before.match && fingerprint === undefined)
          throw new ApiError(
            409,
            'fingerprint_needed',
            `Key "${name}" admits an existing credential; give the fingerprint of the credential that replaces it`,
          )
        if (fingerprint !== undefined) await refuseKnown(fingerprint)
        const data = { keyId, match, formerUntil: formerUntil.toISOString(), actor }
        await applied(appendControlEvent(bus, source, eventTypes.keyRotated, data))
      })
      const ingresses = await activated()
      return { keyId, name, ...(key !== undefined && { key }), formerUntil, ingresses }
    },
    async revoke(keyId, actor) {
      const { revokedAt } = await getKey(keyId)
      if (revokedAt === null)
        await applied(appendControlEvent(bus, source, eventTypes.keyRevoked, { keyId, actor }))
      return { keyId, ingresses: await activated() }
    },
  }
}

function secretOr(fingerprint: string | undefined): { key?: string; match: KeyMatch } {
  if (fingerprint !== undefined) return { match: { fingerprint } }
  const key = `airs-${randomBytes(24).toString('base64url')}`
  return { key, match: { sha256: sha256Hex(key) } }
}

function edited<Fields extends object>(before: Fields, edits: Edited<Fields>): Fields {
  const entries = Object.entries({ ...before, ...edits }).filter(
    ([, value]) => value !== null && value !== undefined,
  )
  return Object.fromEntries(entries) as Fields
}

/** @throws ApiError 400 where a period is given of a budget that is not. */
function checked(limits: KeyLimits): KeyLimits {
  if (limits.budgetPeriod !== undefined && limits.budgetUsdMicros === undefined)
    throw new ApiError(400, 'invalid_request', 'budgetPeriod needs budgetUsdMicros, the amount per period')
  return limits
}
