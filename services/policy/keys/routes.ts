import { contract } from '@airs-cp/control-api'
import { type KeyIdentity, type keyIdentitySchema, periodAt } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import type { Edited, KeyChanges } from './change-keys.ts'
import { listKeys, type StoredKey } from './keys.ts'

export function addKeyRoutes(api: Api, database: Kysely<PolicyTables>, changes: KeyChanges): void {
  api.implement(contract.policy.keys, {
    'GET /v1/keys': async () => ({ keys: (await listKeys(database)).map(shown) }),
    'GET /v1/keys/:keyId': async ({ params: { keyId } }) => {
      const [key] = await listKeys(database, { keyId })
      if (!key) throw notFound(`Key ${keyId}`)
      return shown(key)
    },
    'POST /v1/keys': ({ body, caller }) => {
      const { name, fingerprint, ...rest } = body
      const { fixed, limits } = apart(rest)
      return changes.create({ name, fingerprint, limits, fixed, actor: caller.name })
    },
    'PATCH /v1/keys/:keyId': async ({ params, body, caller }) => {
      const { name, reason, ...rest } = body
      const { fixed, limits } = apart(rest)
      const { key, ingresses } = await changes.edit(params.keyId, {
        ...{ name, limits, fixed, reason },
        actor: caller.name,
      })
      return { ...shown(key), ingresses }
    },
    'POST /v1/keys/:keyId/rotate': ({ params, body, caller }) =>
      changes.rotate(params.keyId, { ...body, actor: caller.name }),
    'DELETE /v1/keys/:keyId': ({ params, caller }) => changes.revoke(params.keyId, caller.name),
  })
}

/** What a key fixes, and its limits. */
function apart<Fields extends Edited<KeyIdentity>>(fields: Fields) {
  const { tenant, agent, tags, ...limits } = fields
  const given = Object.entries({ tenant, agent, tags }).filter(([, value]) => value !== undefined)
  return { limits, fixed: Object.fromEntries(given) as Pick<Fields, keyof typeof keyIdentitySchema.shape> }
}

function shown({ match, former, spent, ...key }: StoredKey) {
  const { budgetUsdMicros } = key.limits
  const { untilMs } = periodAt(spent.period, spent.sinceMs)
  const budget = budgetUsdMicros !== undefined && {
    period: spent.period,
    usdMicros: budgetUsdMicros,
    spentUsdMicros: spent.usdMicros,
    remainingUsdMicros: Math.max(0, budgetUsdMicros - spent.usdMicros),
    renewsAt: Number.isFinite(untilMs) ? new Date(untilMs) : null,
  }
  return {
    ...key,
    budget: budget || null,
    formerUntil:
      former.length === 0
        ? null
        : former
            .map(({ until }) => until)
            .sort()
            .at(-1)!,
    ...('fingerprint' in match && { fingerprint: match.fingerprint }),
  }
}
