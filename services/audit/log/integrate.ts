import { randomBytes } from 'node:crypto'
import {
  factsOf,
  factsSalt,
  type LeafAttributes,
  leafRecord,
  saltBytes,
  saltedDigest,
} from '@airs-cp/evidence'
import { type Frontier, type Hash, leafHash, tileHeight } from '@airs-cp/transparency-log'
import { sql, type Transaction } from 'kysely'
import type { LogTables } from './tables.ts'

type Pending = { position: number; event: string | null; id: string; type: string; tenant: string }

export type Integrated = {
  /** Events that were taken; fewer than the limit: no more are waiting. */
  taken: number
  /** Positions of events that were removed from the store before they had a leaf. */
  gone: number[]
}

/**
 * Gives the next events their leaves, in the order of their positions, and appends them to `frontier`. The transaction must
 * hold the lock of the log; when it fails, `frontier` is of no use any more.
 */
export async function integrateBatch(
  transaction: Transaction<LogTables>,
  generation: number,
  frontier: Frontier,
  limit = 2_000,
): Promise<Integrated> {
  const pending = await takePending(transaction, limit)
  const former = generation > 1 ? await erasedLeaves(transaction, generation, pending) : undefined
  const salts = randomBytes(saltBytes * pending.length)
  const leaves = pending.flatMap((one, at) =>
    one.event === null
      ? []
      : (former?.get(one.position) ??
        toLeaf(one, one.event, salts.subarray(at * saltBytes, (at + 1) * saltBytes))),
  )
  const integrated = {
    taken: pending.length,
    gone: pending.filter(({ event }) => event === null).map(({ position }) => position),
  }
  if (leaves.length === 0) return integrated
  const first = frontier.size
  const nodes: { level: number; index: number; hash: Hash }[] = []
  for (const { hash } of leaves)
    frontier.append(hash, ({ level, index }, node) => {
      if (level % tileHeight === 0) nodes.push({ level: level / tileHeight, index, hash: node })
    })
  // Arrays of bytes would be sent as text, which costs more than all hashing.
  await sql`insert into audit.log_leaves (generation, leaf_index, position, salt, facts_salt, facts, hash, record)
    select ${generation}::int, ${first}::bigint + row - 1, (${leaves.map(({ position }) => position)}::bigint[])[row],
      case when not erased[row] then substr(salts, row::int * 32 - 31, 32) end,
      case when erased[row] then substr(salts, row::int * 32 - 31, 32) end,
      substr(facts, row::int * 32 - 31, 32), substr(hashes, row::int * 32 - 31, 32), record
    from (select ${Buffer.concat(leaves.map(({ salt }) => salt))}::bytea as salts,
      ${leaves.map(({ isErased }) => isErased)}::boolean[] as erased,
      ${Buffer.concat(leaves.map(({ facts }) => facts))}::bytea as facts,
      ${Buffer.concat(leaves.map(({ hash }) => hash))}::bytea as hashes) digests,
      string_to_table(${leaves.map(({ record }) => record).join('\n')}, E'\n') with ordinality as leaf (record, row)`.execute(
    transaction,
  )
  if (nodes.length > 0)
    await sql`insert into audit.log_nodes (generation, level, node_index, hash)
      select ${generation}::int, level, node_index, hash
      from unnest(${nodes.map(({ level }) => level)}::smallint[], ${nodes.map(({ index }) => index)}::bigint[],
        ${nodes.map(({ hash }) => hash)}::bytea[]) as node (level, node_index, hash)`.execute(transaction)
  return integrated
}

/** What waits longest, in the order of positions. */
async function takePending(transaction: Transaction<LogTables>, limit: number): Promise<Pending[]> {
  const { rows } = await sql<Pending>`
    with taken as (
      delete from audit.log_pending where ctid = any(array(
        select ctid from audit.log_pending order by position limit ${limit}))
      returning position)
    select position, event, id, type, tenant
    from taken left join audit.events using (position) order by position`.execute(transaction)
  return rows
}

/** Everything that is kept of a leaf. */
type Leaf = {
  position: number
  /** Of the facts, where the event is erased. */
  salt: Buffer
  isErased: boolean
  facts: Hash
  hash: Hash
  record: string
}

/**
 * The leaves, in the log before, of events that were erased since: who has only their facts cannot make another leaf. Taken over as
 * long as the facts are those that it commits to.
 */
async function erasedLeaves(
  transaction: Transaction<LogTables>,
  generation: number,
  pending: Pending[],
): Promise<Map<number, Leaf>> {
  const { rows } = await sql<Omit<Leaf, 'isErased'>>`
    select distinct on (l.position) l.position, l.facts_salt as salt, l.facts, l.hash, l.record
    from audit.log_leaves l join audit.events e using (position)
    where l.position = any(${pending.map(({ position }) => position)}::bigint[]) and l.generation < ${generation}
      and l.salt is null and l.facts = sha256(l.facts_salt || convert_to(e.event, 'UTF8'))
    order by l.position, l.generation desc`.execute(transaction)
  return new Map(
    rows
      .filter(({ hash, record }) => leafHash(Buffer.from(record, 'latin1')).equals(hash))
      .map((leaf) => [leaf.position, { ...leaf, isErased: true }]),
  )
}

function toLeaf(pending: Pending, json: string, salt: Buffer): Leaf {
  const members = readMembers(pending, json)
  const facts = saltedDigest(factsSalt(salt), factsOf(members, salt))
  const record = leafRecord(members, saltedDigest(salt, json), facts)
  return {
    position: pending.position,
    salt,
    isErased: false,
    facts,
    hash: leafHash(record),
    record: record.toString('latin1'),
  }
}

/** Events are JSON with these members; what else someone has put into the table gets a leaf all the same, and stops nothing. */
function readMembers({ id, type, tenant }: Pending, json: string): LeafAttributes & Record<string, unknown> {
  try {
    const members = JSON.parse(json)
    if (hasAttributes(members)) return members
  } catch {}
  return { id, type, tenant, time: '' }
}

function hasAttributes(members: unknown): members is LeafAttributes & Record<string, unknown> {
  if (typeof members !== 'object' || members === null) return false
  const {
    id,
    type,
    time,
    tenant,
    journal = '',
    exchange = '',
    sequence = 0,
  } = members as Partial<LeafAttributes>
  return (
    [id, type, time, tenant, journal, exchange].every((value) => typeof value === 'string') &&
    typeof sequence === 'number'
  )
}
