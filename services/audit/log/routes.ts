import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes } from '@airs-cp/events'
import { type Api, ApiError, authorize, type Caller, notFound } from '@airs-cp/runtime'
import { encodeBundle, parseTilePath, parseVerifierKey, tileHashes } from '@airs-cp/transparency-log'
import type { Request, Response } from 'express'
import { type Kysely, sql } from 'kysely'
import type { NoteRead } from '../note-reads.ts'
import type { AuditTables } from '../tables.ts'
import { findPublished, type Published, readHashes } from './read-tree.ts'
import { makeReceipt } from './receipts.ts'
import type { TransparencyLog } from './run-log.ts'
import { makeStatement } from './statement.ts'
import type { LogTables } from './tables.ts'

/** The log as C2SP tlog-tiles serves it, its keys and its state. */
export function addLogRoutes(
  api: Api,
  {
    bus,
    database,
    log,
    noteRead,
  }: { bus: Bus; database: Kysely<AuditTables>; log: TransparencyLog; noteRead: NoteRead },
): void {
  async function recordKeys(actor: string): Promise<{ keys: string[] }> {
    await log.settled()
    const { origin, keys } = log.status()
    await appendControlEvent(bus, '/airs/audit', eventTypes.logKeysChanged, { origin: origin!, keys, actor })
    return { keys }
  }

  async function sendTile({ request, response }: { request: Request; response: Response }): Promise<void> {
    const bytes = await readTile(database, request.path.slice('/v1/log/'.length))
    response.set('cache-control', 'private, max-age=31536000, immutable')
    response.type('application/octet-stream').send(bytes)
  }

  /** A receipt with content is a read of it. @returns whether content is left out. */
  async function admitReceipt(caller: Caller, id: string, redact: 'true' | 'false'): Promise<boolean> {
    if (redact === 'true') return true
    authorize(caller, 'reader')
    await noteRead(caller, { what: 'receipt', ids: [id] })
    return false
  }

  api.implement(contract.audit.log, {
    'GET /v1/exchanges/:id/proof': async ({ params, query, caller }) => {
      const redact = await admitReceipt(caller, params.id, query.redact)
      return makeReceipt({ database, log }, { exchange: params.id }, { redact })
    },
    'GET /v1/events/:id/proof': async ({ params, query, caller }) => {
      const redact = await admitReceipt(caller, params.id, query.redact)
      return makeReceipt({ database, log }, { event: params.id }, { redact })
    },
    'GET /v1/audit/session-proof': async ({ query: { session, redact: wanted }, caller }) => {
      const redact = await admitReceipt(caller, session, wanted)
      return makeReceipt({ database, log }, { session }, { redact })
    },
    'GET /v1/audit/statement': async ({ query, response }) => {
      response.type('text/plain; charset=utf-8').send(await makeStatement({ database, log }, query))
    },
    'GET /v1/log': async () => log.status(),
    'GET /v1/log/checkpoint': async ({ response }) => {
      const { note } = await getPublished(database)
      response.set('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(note)
    },
    'GET /v1/log/keys': async () => {
      const { origin, keys } = log.status()
      return { origin, keys: keys.map((key) => ({ key, id: parseVerifierKey(key).id })) }
    },
    'POST /v1/log/keys': async ({ caller }) => {
      await log.addKey()
      return recordKeys(caller.name)
    },
    'DELETE /v1/log/keys/:id': async ({ params, caller }) => {
      await log.removeKey(params.id).catch((error: Error) => {
        throw new ApiError(409, 'key_not_removed', error.message)
      })
      return recordKeys(caller.name)
    },
    'POST /v1/log/successors': async ({ body, caller }) => {
      const begun = await log.beginAnew()
      const data = { ...begun, reason: body.reason, actor: caller.name }
      await appendControlEvent(bus, '/airs/audit', eventTypes.logBegun, data)
      return begun
    },
    'GET /v1/log/tile/:level/:a': sendTile,
    'GET /v1/log/tile/:level/:a/:b': sendTile,
    'GET /v1/log/tile/:level/:a/:b/:c': sendTile,
    'GET /v1/log/tile/:level/:a/:b/:c/:d': sendTile,
    'GET /v1/log/tile/:level/:a/:b/:c/:d/:e': sendTile,
  })
}

/** @throws ApiError 404 before the first one. */
export async function getPublished(database: Kysely<LogTables>): Promise<Published> {
  const published = await findPublished(database)
  if (!published) throw notFound('A checkpoint')
  return published
}

/** Of the tree of the published checkpoint. @throws ApiError 404 where that has no such tile. */
export async function readTile(database: Kysely<LogTables>, path: string): Promise<Buffer> {
  const tile = parseTilePath(path)
  if (!tile) throw notFound(path)
  const { generation, size } = await getPublished(database)
  const first = tile.index * 256
  if (first + tile.width > tileHashes(tile.level === 'entries' ? 0 : tile.level, size)) throw notFound(path)
  if (tile.level !== 'entries')
    return readHashes(database, generation, { level: tile.level, first, count: tile.width })
  const { rows } = await sql<{ record: string }>`
    select record from audit.log_leaves where generation = ${generation}
      and leaf_index >= ${first} and leaf_index < ${first + tile.width} order by leaf_index`.execute(database)
  if (rows.length !== tile.width) throw notFound(path)
  return encodeBundle(rows.map(({ record }) => Buffer.from(record, 'latin1')))
}
