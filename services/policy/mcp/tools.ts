import type { EventByType, eventTypes, PublishedEntries } from '@airs-cp/events'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { raiseRevision } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'

/** The servers that an ingress process has started with, in place of those of the process before it. */
export async function noteServers(
  database: Transaction<PolicyTables>,
  { source, time, data }: EventByType<typeof eventTypes.ingressStarted>,
): Promise<void> {
  const { previous, alsoEnded = [], mcpServers = [] } = data
  const sources = [source, ...alsoEnded, ...(previous === undefined ? [] : [previous])]
  await database.deleteFrom('policy.mcp_servers').where('source', 'in', sources).execute()
  if (mcpServers.length === 0) return
  await database
    .insertInto('policy.mcp_servers')
    .values(mcpServers.map(({ name, url }) => ({ source, name: cleaned(name), url, started_at: time })))
    .execute()
}

/** What one ingress has pinned is the pin of all that follow it; where another saw something else first, that is drift. */
export async function notePinned(
  database: Transaction<PolicyTables>,
  { time, data: { server, tools, exchange } }: EventByType<typeof eventTypes.mcpToolsPinned>,
): Promise<void> {
  for (const { name, sha256 } of tools)
    await sql`insert into policy.mcp_tools as t
        (server, tool, pinned, found, pinned_exchange, found_exchange, found_at)
      values (${cleaned(server)}, ${cleaned(name)}, ${sha256}, ${sha256}, ${exchange}, ${exchange}, ${time})
      on conflict (server, tool) do update set pinned = coalesce(t.pinned, excluded.pinned),
        pinned_exchange = coalesce(t.pinned_exchange, excluded.pinned_exchange), found = excluded.found,
        found_exchange = excluded.found_exchange, found_at = excluded.found_at`.execute(database)
}

export async function noteDrifted(
  database: Transaction<PolicyTables>,
  { time, data }: EventByType<typeof eventTypes.mcpToolDrifted>,
): Promise<void> {
  const { server, tool, pinned = null, found, exchange, isConfigured = false } = data
  await sql`insert into policy.mcp_tools as t
      (server, tool, pinned, found, found_exchange, found_at, is_configured)
    values (${cleaned(server)}, ${cleaned(tool)}, ${pinned}, ${found}, ${exchange}, ${time}, ${isConfigured})
    on conflict (server, tool) do update set found = excluded.found, found_exchange = excluded.found_exchange,
      found_at = excluded.found_at, is_configured = excluded.is_configured,
      pinned = case when excluded.is_configured then excluded.pinned else coalesce(t.pinned, excluded.pinned) end`.execute(
    database,
  )
}

export async function noteRestored(
  database: Transaction<PolicyTables>,
  { time, data: { server, tool, sha256, exchange } }: EventByType<typeof eventTypes.mcpToolRestored>,
): Promise<void> {
  await sql`update policy.mcp_tools set found = ${sha256}, found_exchange = ${exchange}, found_at = ${time}
    where server = ${cleaned(server)} and tool = ${cleaned(tool)}`.execute(database)
}

type Decided = EventByType<typeof eventTypes.mcpToolApproved | typeof eventTypes.mcpToolRefused>

export const approveTool = (database: Transaction<PolicyTables>, event: Decided) =>
  noteDecision(database, event, 'approved', 'refused')

export const refuseTool = (database: Transaction<PolicyTables>, event: Decided) =>
  noteDecision(database, event, 'refused', 'approved')

/** Decisions have a table of their own: they may be applied before the event that brought the tool. */
async function noteDecision(
  database: Transaction<PolicyTables>,
  { time, data: { server, tool, sha256, reason, actor } }: Decided,
  decision: 'approved' | 'refused',
  other: 'approved' | 'refused',
): Promise<void> {
  const [decided, opposed] = [sql.ref(decision), sql.ref(other)]
  await sql`insert into policy.mcp_decisions as d (server, tool, ${decided}, actor, decided_at, reason)
    values (${cleaned(server)}, ${cleaned(tool)}, ${sha256}, ${actor}, ${time}, ${reason})
    on conflict (server, tool) do update set ${decided} = excluded.${decided},
      ${opposed} = nullif(d.${opposed}, excluded.${decided}), actor = excluded.actor, decided_at = excluded.decided_at,
      reason = excluded.reason`.execute(database)
  await raiseRevision(database, 'tools')
}

/** What ingresses get of the decisions. */
export async function readToolDecisions(
  database: Kysely<PolicyTables>,
): Promise<PublishedEntries['tools'][]> {
  const rows = await database
    .selectFrom('policy.mcp_decisions')
    .select(['server', 'tool', 'approved', 'refused'])
    .execute()
  return rows.map(({ server, tool, approved, refused }) => ({
    ...{ server, tool },
    ...(approved !== null && { approved }),
    ...(refused !== null && { refused }),
  }))
}

export type ToolState = 'pinned' | 'changed' | 'refused'

export async function listServers(database: Kysely<PolicyTables>) {
  const configured = await database
    .selectFrom('policy.mcp_servers')
    .select(['name', 'url'])
    .distinct()
    .execute()
  const tools = await decidedTools(database).execute()
  const names = new Set([...configured.map(({ name }) => name), ...tools.map(({ server }) => server)])
  return [...names].sort().map((name) => {
    const states = tools.filter(({ server }) => server === name).map(stateOf)
    const count = (state: ToolState) => states.filter((one) => one === state).length
    return {
      name,
      urls: configured.filter((one) => one.name === name).map(({ url }) => url),
      tools: states.length,
      changed: count('changed'),
      refused: count('refused'),
    }
  })
}

export async function listTools(database: Kysely<PolicyTables>, server: string) {
  const rows = await decidedTools(database).where('tools.server', '=', server).orderBy('tools.tool').execute()
  return rows.map((row) => ({
    server: row.server,
    tool: row.tool,
    state: stateOf(row),
    expected: expectedOf(row),
    found: row.found,
    pinnedBy: row.is_configured
      ? ('configuration' as const)
      : row.approved !== null
        ? ('approval' as const)
        : ('first-use' as const),
    expectedExchange: expectedOf(row) === row.pinned ? row.pinned_exchange : null,
    foundExchange: row.found_exchange,
    foundAt: row.found_at as Date,
    decidedBy: row.actor,
    decidedAt: row.decided_at as Date | null,
    reason: row.reason,
  }))
}

function decidedTools(database: Kysely<PolicyTables>) {
  return database
    .selectFrom('policy.mcp_tools as tools')
    .leftJoin('policy.mcp_decisions as decisions', (join) =>
      join.onRef('decisions.server', '=', 'tools.server').onRef('decisions.tool', '=', 'tools.tool'),
    )
    .selectAll('tools')
    .select(['approved', 'refused', 'actor', 'decided_at', 'reason'])
}

type Tool = Pick<Selectable<PolicyTables['policy.mcp_tools']>, 'pinned' | 'found' | 'is_configured'> &
  Record<'approved' | 'refused', string | null>

function expectedOf({ is_configured, pinned, approved }: Tool): string | null {
  return is_configured ? pinned : (approved ?? pinned)
}

function stateOf(tool: Tool): ToolState {
  if (tool.refused === tool.found) return 'refused'
  return tool.found === expectedOf(tool) ? 'pinned' : 'changed'
}

/** Postgres takes no NUL in a text. */
function cleaned(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
