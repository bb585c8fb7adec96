import type { Alert } from '../alert-of.ts'

export type Severity = 'critical' | 'error' | 'warning' | 'info'

/** An alert as a person reads it. It has no text of an exchange, because an alert has none. */
export type Described = {
  title: string
  severity: Severity
  facts: { name: string; value: string }[]
  /** What it is about: alerts about the same thing are one incident. */
  subject: string
  /** The trouble that `subject` was in is over. */
  isOver: boolean
  link: string | undefined
}

const titles: Record<string, string> = {
  'request-blocked': 'Request blocked',
  'response-blocked': 'Response blocked',
  'session-quarantined': 'Session in quarantine',
  'session-released': 'Session released from quarantine',
  'caller-quarantined': 'Client in quarantine',
  'caller-released': 'Client released from quarantine',
  'anomaly-found': 'Anomaly of an agent',
  'mode-changed': 'Mode changed',
  'log-problem-found': 'Problem of the transparency log',
  'log-problem-solved': 'Transparency log in order again',
  'mcp-tool-drifted': 'MCP tool has changed',
}

const longestValue = 500

/** @param consoleUrl of the console, for a link to the exchange. */
export function describeAlert({ type, timestamp, data }: Alert, consoleUrl?: string): Described {
  const name = type.replace(/^airs\./, '').replace(/\.v\d+$/, '')
  const title = titles[name] ?? sentence(name)
  const about = [data.mode, data.agent, data.session, data.server, data.name].find(
    (value) => value !== undefined,
  )
  return {
    title: about === undefined ? title : `${title}: ${shortened(String(about), 100)}`,
    severity: severityOf(name, data),
    facts: [...factsOf(data), { name: 'Time', value: timestamp }],
    subject: subjectOf(name, data),
    isOver: isOver(name, data),
    link: linkOf(data, consoleUrl),
  }
}

function sentence(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`
}

function severityOf(name: string, data: Alert['data']): Severity {
  if (name === 'log-problem-found') return 'critical'
  if (name === 'mode-changed') return data.mode === 'off' || data.mode === 'stop' ? 'critical' : 'info'
  if (/-quarantined$/.test(name)) return 'error'
  if (/-(?:blocked|found|drifted|damaged)$/.test(name)) return 'warning'
  return 'info'
}

/** What an incident is about: one that is not named here is about its event alone. */
function subjectOf(name: string, data: Alert['data']): string {
  if (name.startsWith('log-problem-')) return `log ${data.origin ?? ''}`
  if (name === 'mode-changed') return 'mode'
  if (name.startsWith('session-')) return `session ${data.session}`
  if (name.startsWith('caller-')) return `caller ${data.caller}`
  return `event ${data.event}`
}

function isOver(name: string, data: Alert['data']): boolean {
  if (name === 'mode-changed') return data.mode !== 'off' && data.mode !== 'stop'
  return /-(?:solved|released)$/.test(name)
}

/** Everything that an alert says, in its order; lists of policies and counts of findings in words. */
function factsOf(data: Alert['data']): Described['facts'] {
  return Object.entries(data).flatMap(([name, value]) => {
    const text = textOf(name, value)
    return text === '' || name === 'event'
      ? []
      : [{ name: sentence(name), value: shortened(text, longestValue) }]
  })
}

function textOf(name: string, value: unknown): string {
  if (name === 'policies' && Array.isArray(value))
    return value
      .map(({ policy, action, enforced }) => `${policy} (${action}${enforced ? '' : ', observed'})`)
      .join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, count]) => `${key}: ${count}`)
      .join(', ')
  return String(value)
}

function linkOf(data: Alert['data'], consoleUrl: string | undefined): string | undefined {
  if (consoleUrl === undefined) return undefined
  const base = consoleUrl.replace(/\/$/, '')
  if (typeof data.exchange === 'string') return `${base}/exchanges/${encodeURIComponent(data.exchange)}`
  return typeof data.session === 'string' ? `${base}/sessions/${encodeURIComponent(data.session)}` : base
}

export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`
}
