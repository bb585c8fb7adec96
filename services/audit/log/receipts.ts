import { contentSalt, factsOf, factsSalt } from '@airs-cp/evidence'
import type { Receipt, ReceiptEvent } from '@airs-cp/manifest'
import { ApiError, notFound } from '@airs-cp/runtime'
import { formatProofFile } from '@airs-cp/transparency-log'
import type { Kysely } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { findPublished, inclusionProof } from './read-tree.ts'
import type { TransparencyLog } from './run-log.ts'

type Parts = { database: Kysely<AuditTables>; log: TransparencyLog }

/** More events than that no exchange has; a session that has more is exported. */
const mostEvents = 1_000

/**
 * Evidence of an event, or of all events of an exchange or a session. What was recorded just now is integrated first.
 * @param redact leaves content out: facts and digests stay provable.
 * @throws ApiError 404 where there is no such thing, 409 where a session has too many events, where the log stands still and has no leaf for it.
 */
export async function makeReceipt(
  { database, log }: Parts,
  of: Receipt['of'],
  { redact }: { redact: boolean },
): Promise<Receipt> {
  let leaves = await findLeaves(database, of)
  if (leaves.length === 0) throw notFound(nameOf(of))
  if (leaves.length > mostEvents)
    throw new ApiError(
      409,
      'too_many_events',
      `${nameOf(of)} has more than ${mostEvents} events, which no receipt holds. Export them: airs export events${'session' in of ? ` --session ${of.session}` : ''}`,
    )
  let published = await findPublished(database)
  if (!isCovered(leaves, published)) {
    await log.settled().catch((error: Error) => {
      throw new ApiError(409, 'not_in_log', `This is recorded, but not in the log yet. ${error.message}`)
    })
    leaves = await findLeaves(database, of)
    published = await findPublished(database)
  }
  const newest = published
  if (!newest || !isCovered(leaves, newest))
    throw new ApiError(
      409,
      'not_in_log',
      'This is recorded, but not in the log yet: try again in some seconds',
    )
  const events: ReceiptEvent[] = []
  for (const leaf of leaves) {
    const { generation, size, note } = newest
    const hashes = await inclusionProof(database, generation, leaf.leaf_index!, size)
    events.push({
      record: leaf.record!,
      proof: formatProofFile({ index: leaf.leaf_index!, hashes, checkpoint: note }),
      ...shownOf(leaf, redact),
    })
  }
  return { receipt: 'airs-receipt/1', of, origin: newest.origin, keys: log.status().keys, events }
}

function nameOf(of: Receipt['of']): string {
  if ('event' in of) return `Event ${of.event}`
  return 'exchange' in of ? `Exchange ${of.exchange}` : `Session ${of.session}`
}

type Leaf = Awaited<ReturnType<typeof findLeaves>>[number]

function shownOf({ event, salt, facts_salt }: Leaf, redact: boolean): Partial<ReceiptEvent> {
  if (salt && !redact) return { event, salt: salt.toString('base64') }
  if (salt)
    return {
      facts: factsOf(JSON.parse(event), salt),
      factsSalt: factsSalt(salt).toString('base64'),
      contentSalt: contentSalt(salt).toString('base64'),
    }
  return facts_salt ? { facts: event, factsSalt: facts_salt.toString('base64') } : {}
}

function findLeaves(database: Kysely<AuditTables>, of: Receipt['of']) {
  return database
    .selectFrom('audit.events')
    .leftJoin('audit.log_leaves', (join) =>
      join
        .onRef('audit.log_leaves.position', '=', 'audit.events.position')
        .on('audit.log_leaves.generation', '=', (eb) =>
          eb.selectFrom('audit.logs').select((one) => one.fn.max('generation').as('newest')),
        ),
    )
    .select(['event', 'leaf_index', 'record', 'salt', 'facts_salt'])
    .where((eb) =>
      'event' in of
        ? eb('id', '=', of.event)
        : 'exchange' in of
          ? eb('exchange', '=', of.exchange)
          : eb('session', '=', of.session),
    )
    .orderBy('leaf_index')
    .limit(mostEvents + 1)
    .execute()
}

function isCovered(leaves: Leaf[], published: { size: number } | undefined): boolean {
  return leaves.every(({ leaf_index }) => leaf_index !== null && leaf_index < (published?.size ?? 0))
}
