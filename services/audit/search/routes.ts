import { isUtf8 } from 'node:buffer'
import { contract } from '@airs-cp/control-api'
import { type Attempt, type Decision, kindOfExchange, type RecordedBody } from '@airs-cp/events'
import { type Api, authorize, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { findErasureOf } from '../erasure/erasures.ts'
import type { LiveExchanges } from '../live/live-exchanges.ts'
import type { NoteRead } from '../note-reads.ts'
import type { AuditTables } from '../tables.ts'
import { conversationOf } from './conversation.ts'
import { type FoundExchange, findExchanges } from './find-exchanges.ts'
import { findFailures } from './find-failures.ts'
import { knownValues } from './index-exchanges.ts'
import { listedKinds } from './labels.ts'
import { pageOfConversation } from './page-of-conversation.ts'
import { bodiesOf, everyBodyOf, readContents, readExchanges, recordedBytes } from './recorded-bodies.ts'
import { toolDefinitionOf } from './tool-definition.ts'

export function addExchangeRoutes(
  api: Api,
  { database, noteRead, live }: { database: Kysely<AuditTables>; noteRead: NoteRead; live: LiveExchanges },
): void {
  async function getExchange(id: string): Promise<FoundExchange> {
    const row = await database
      .selectFrom('audit.exchanges')
      .selectAll()
      .where('exchange', '=', id)
      .executeTakeFirst()
    if (!row) throw notFound(`Exchange ${id}`)
    return row
  }

  async function erasedOf(exchange: string) {
    const found = await findErasureOf(database, exchange)
    if (!found) return null
    const { id: erasure, reason, actor, erased_at } = found
    return { erasure, at: erased_at as Date | null, reason, actor }
  }

  api.implement(contract.audit.exchanges, {
    'GET /v1/exchanges': async ({ query, caller }) => {
      if (query.text !== undefined) authorize(caller, 'reader')
      const { exchanges, next } = await findExchanges(database, query)
      if (query.text !== undefined)
        await noteRead(caller, { what: 'search', ids: exchanges.map(({ exchange }) => exchange) })
      return { exchanges: exchanges.map(toSummary), next }
    },
    'GET /v1/exchanges/values': async () => ({
      values: Object.fromEntries(
        await Promise.all(
          listedKinds.map(async (kind) => [kind, await knownValues(database, kind)] as const),
        ),
      ),
    }),
    'GET /v1/exchanges/live': async ({ query, headers, response }) => {
      const { after, ...filter } = query
      await live.follow(response, {
        filter,
        after: headers['last-event-id'] ?? after,
        toSend: toSummary,
      })
    },
    'GET /v1/exchanges/errors': async ({ query }) => ({
      exchanges: (await findFailures(database, query.limit)).map(toSummary),
    }),
    'GET /v1/exchanges/:exchange': async ({ params }) => {
      const row = await getExchange(params.exchange)
      const events = (await readExchanges(database, [params.exchange])).get(params.exchange) ?? {}
      const decisions = [events.opening, events.outcome].map(
        (event) => (event?.data as { decision?: Decision } | undefined)?.decision ?? null,
      )
      const bodies = Object.entries(bodiesOf(events)).map(([side, { mediaType, bytes, sha256 }]) => ({
        side: side as 'request',
        mediaType,
        bytes,
        sha256,
      }))
      return {
        ...toSummary(row),
        requestDecision: decisions[0]! as Record<string, unknown> | null,
        responseDecision: decisions[1]! as Record<string, unknown> | null,
        attempts: (events.outcome?.data as { attempts?: Attempt[] } | undefined)?.attempts ?? [],
        bodies,
        erased: await erasedOf(params.exchange),
        events: [events.opening, events.outcome].flatMap((event) =>
          event ? [{ id: event.id, type: event.type, time: event.time }] : [],
        ),
      }
    },
    'GET /v1/exchanges/:exchange/conversation': async ({ params, query, caller }) => {
      const { exchange } = params
      await getExchange(exchange)
      await noteRead(caller, { what: 'conversation', ids: [exchange] })
      const events = (await readExchanges(database, [exchange])).get(exchange) ?? {}
      const bodies: RecordedBody[] = Object.values(bodiesOf(events))
      const contents = await readContents(database, bodies)
      const page = pageOfConversation(conversationOf(events, contents), query)
      return { exchange, erased: await erasedOf(exchange), ...page }
    },
    'GET /v1/exchanges/:exchange/body': async ({ params: { exchange }, query: { sha256 }, caller }) => {
      await getExchange(exchange)
      await noteRead(caller, { what: 'conversation', ids: [exchange] })
      const events = (await readExchanges(database, [exchange])).get(exchange) ?? {}
      const body = everyBodyOf(events).find((one) => one.sha256 === sha256)
      if (!body) throw notFound(`Body ${sha256} of exchange ${exchange}`)
      const bytes = recordedBytes(body, await readContents(database, [body]))
      const isText = bytes !== undefined && isUtf8(bytes)
      return {
        exchange,
        sha256,
        text: isText ? bytes.toString() : null,
        base64: bytes && !isText ? bytes.toString('base64') : null,
      }
    },
    'GET /v1/exchanges/:exchange/tool-definition': async ({ params, query, caller }) => {
      const { exchange } = params
      const { tool } = query
      await getExchange(exchange)
      await noteRead(caller, { what: 'conversation', ids: [exchange] })
      const events = (await readExchanges(database, [exchange])).get(exchange) ?? {}
      const contents = await readContents(database, Object.values(bodiesOf(events)))
      return { exchange, tool, definition: toolDefinitionOf(events, contents, tool) ?? null }
    },
  })
}

function toSummary(row: FoundExchange) {
  return {
    exchange: row.exchange,
    state: row.state,
    tenant: row.tenant,
    session: row.session,
    requestedAt: row.requested_at,
    endedAt: row.ended_at,
    format: row.format,
    path: row.path,
    provider: row.provider,
    kind: kindOfExchange(row),
    operation: row.operation,
    model: row.model,
    responseModel: row.answered_model,
    agent: row.agent,
    keyId: row.key_id,
    keyName: row.key_name,
    credential: row.credential,
    tags: row.tags,
    decision: row.decision,
    policies: row.policies,
    findings: row.findings,
    findingTypes: row.finding_types,
    status: row.status,
    errorCode: row.error_code,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costUsdMicros: row.cost_usd_micros,
    durationMs: row.duration_ms,
  }
}
