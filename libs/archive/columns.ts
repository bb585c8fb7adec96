type Members = Record<string, unknown>

/** What a column holds; `list` is one of texts. Times are in UTC. */
type Kind = 'text' | 'list' | 'integer' | 'number' | 'boolean' | 'time'

const sqlTypes: Record<Kind, string> = {
  text: 'VARCHAR',
  list: 'VARCHAR[]',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
}

/** Columns of an archived event, in their order. All but `event` and `leaf` follow from the event's text; null where it says nothing. */
export const columns = {
  id: 'text',
  type: 'text',
  time: 'time',
  tenant: 'text',
  session: 'text',
  caller: 'text',
  exchange: 'text',
  journal: 'text',
  sequence: 'integer',
  /** Its place in the transparency log. */
  leaf: 'integer',
  source: 'text',
  agent: 'text',
  provider: 'text',
  model: 'text',
  format: 'text',
  key_id: 'text',
  key_name: 'text',
  tags: 'list',
  decision: 'text',
  mode: 'text',
  policies: 'list',
  findings: 'list',
  status: 'integer',
  stream: 'boolean',
  error: 'text',
  input_tokens: 'integer',
  output_tokens: 'integer',
  cost_usd_micros: 'integer',
  duration_ms: 'number',
  first_byte_ms: 'number',
  mcp_server: 'text',
  mcp_method: 'text',
  mcp_name: 'text',
  erased: 'boolean',
  /** The event exactly as it was recorded. */
  event: 'text',
} as const satisfies Record<string, Kind>

export type ColumnName = keyof typeof columns
export type Value = string | number | boolean | readonly string[] | null
export type Row = Record<ColumnName, Value>

export const columnNames = Object.keys(columns) as ColumnName[]

/** The columns as `CREATE TABLE` has them. */
export const tableDefinition = columnNames.map((name) => `"${name}" ${sqlTypes[columns[name]]}`).join(', ')

/**
 * @param line the event exactly as it was recorded; @param leaf its place in the log, null where it has none.
 * @throws SyntaxError where it is no JSON.
 */
export function rowOf(line: string, leaf: number | null): Row {
  const event = members(JSON.parse(line))
  const data = members(event.data)
  const request = members(data.request)
  const decision = members(data.decision)
  const key = members(data.key)
  const usage = members(data.usage)
  const timing = members(data.timing)
  const mcp = members(data.mcp)
  return {
    id: text(event.id),
    type: text(event.type),
    time: time(event.time),
    tenant: text(event.tenant),
    session: text(event.session),
    caller: text(event.caller),
    exchange: text(event.exchange),
    journal: text(event.journal),
    sequence: integer(event.sequence),
    leaf,
    source: text(event.source),
    agent: text(data.agent),
    provider: text(data.provider),
    model: text(data.model) ?? text(request.model),
    format: text(request.format),
    key_id: text(key.id) ?? text(data.keyId),
    key_name: text(key.name),
    tags: list(data.tags),
    decision: text(decision.action),
    mode: text(decision.mode),
    policies: named(decision.verdicts, 'policy'),
    findings: named(decision.findings, 'type'),
    status: integer(data.status),
    stream: boolean(data.stream) ?? boolean(request.stream),
    error: text(members(data.error).code),
    input_tokens: integer(usage.inputTokens),
    output_tokens: integer(usage.outputTokens),
    cost_usd_micros: integer(members(data.cost).usdMicros),
    duration_ms: number(timing.durationMs),
    first_byte_ms: number(timing.firstByteMs),
    mcp_server: text(mcp.server),
    mcp_method: text(mcp.method),
    mcp_name: text(mcp.name),
    erased: event.facts !== undefined,
    event: line,
  }
}

/** Names of the columns in which two rows differ. */
export function differences(a: Row, b: Row): ColumnName[] {
  return columnNames.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

/** Every text can be stored: a NUL, or half of a character, becomes the sign for what cannot be shown. */
function text(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : null
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function boolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** Milliseconds since 1970. */
function time(value: unknown): number | null {
  const at = Date.parse(String(value))
  return Number.isNaN(at) ? null : at
}

function list(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : null
}

/** One member of each, every value once. */
function named(value: unknown, name: string): readonly string[] | null {
  return list(Array.isArray(value) ? [...new Set(value.map((one) => members(one)[name]))] : undefined)
}
