export type LogLine = { level: 'debug' | 'info' | 'warning' | 'error'; text: string }

const ownFields = new Set(['level', 'time', 'pid', 'hostname', 'name', 'service', 'msg'])
/** What it warns of, such as the passwords that its file must hold, is nothing to act on. */
const natsLevels = {
  DBG: 'debug',
  TRC: 'debug',
  INF: 'info',
  WRN: 'info',
  ERR: 'error',
  FTL: 'error',
} as const

/**
 * One line of a log for the terminal; undefined when it is empty. What is in no known format is the trace of a
 * crash, which is reported by whoever notices the crash.
 */
export function formatLogLine(name: string, raw: string): LogLine | undefined {
  if (raw.trim() === '') return undefined
  if (name === 'postgres') return { level: postgresLevel(raw), text: `${name}: ${raw}` }
  if (name === 'nats') return { level: natsLevel(raw), text: `${name}: ${raw}` }
  return (
    formatJson(name, raw) ?? { level: 'info', text: raw.startsWith(`${name}: `) ? raw : `${name}: ${raw}` }
  )
}

/** What clients did wrong is in their own logs. */
function postgresLevel(raw: string): LogLine['level'] {
  return / PANIC: /.test(raw) ? 'error' : 'info'
}

function natsLevel(raw: string): LogLine['level'] {
  const level = /\[(DBG|TRC|INF|WRN|ERR|FTL)\]/.exec(raw)?.[1] as keyof typeof natsLevels | undefined
  return level ? natsLevels[level] : 'info'
}

function formatJson(name: string, raw: string): LogLine | undefined {
  const entry = parseObject(raw)
  if (!entry) return undefined
  const fields = Object.entries(entry)
    .filter(([key]) => !ownFields.has(key))
    .map(([key, value]) => ` ${key}=${describe(value)}`)
  const level = levelOf(entry.level)
  const label = level === 'info' ? '' : `${level}: `
  return { level, text: `${name}: ${label}${entry.msg ?? ''}${fields.join('')}` }
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined
  try {
    return JSON.parse(raw) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** pino's numbers, or words. */
function levelOf(level: unknown): LogLine['level'] {
  if (typeof level === 'number')
    return level >= 50 ? 'error' : level >= 40 ? 'warning' : level >= 30 ? 'info' : 'debug'
  const word = String(level ?? 'info').toLowerCase()
  if (word.startsWith('warn')) return 'warning'
  return word === 'error' || word === 'fatal'
    ? 'error'
    : word === 'debug' || word === 'trace'
      ? 'debug'
      : 'info'
}

function describe(value: unknown): string {
  if (value !== null && typeof value === 'object' && 'message' in value) return JSON.stringify(value.message)
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)
}

const stackFrame = /^\s+at |^\s*\^+\s*$|^Node\.js v/

/** What a dead process wrote, as far as it helps to see why it died: no stack frames, no JSON. */
export function crashLines(name: string, raw: readonly string[], count = 8): string[] {
  return raw
    .filter((line) => !stackFrame.test(line))
    .map((line) => formatLogLine(name, line)?.text.slice(0, 500))
    .filter((line) => line !== undefined)
    .slice(-count)
}
