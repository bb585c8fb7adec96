import { type AnyEvent, type Decision, type Mode, modeMeanings } from '@airs-cp/events'

const maxTextCharacters = 500

/** What an alert contains. Nothing of what was said: names, counts and ids alone, each named here. */
export type Alert = {
  type: string
  timestamp: string
  data: Record<string, unknown>
}

/** Fields of control events that hold no text of an exchange. */
const shown = [
  'problem',
  'origin',
  'name',
  'version',
  'mode',
  'reason',
  'actor',
  'session',
  'caller',
  'until',
  'cause',
  'policy',
  'exchange',
  'violations',
  'agent',
  'kind',
  'tool',
  'server',
  'pinned',
  'found',
  'previous',
  'explanation',
  'digest',
  'error',
] as const

/** The alert about an event; the same for the same event. */
export function alertOf(event: AnyEvent): Alert {
  const { id, type, time, tenant, session, exchange } = event
  const data = event.data as Record<string, unknown>
  const decision = data.decision as Decision | undefined
  const fields = decision ? decisionFields(decision, data) : controlFields(data)
  return {
    type,
    timestamp: time,
    data: { event: id, tenant, ...(session && { session }), ...(exchange && { exchange }), ...fields },
  }
}

function decisionFields({ action, verdicts, findings }: Decision, data: Record<string, unknown>) {
  const counts = new Map<string, number>()
  for (const { detector, type } of findings) {
    const name = `${detector}:${type}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const { model, provider } = data as { model?: string; provider?: string }
  return {
    action,
    ...(provider && { provider }),
    ...(model && { model: shortened(model) }),
    policies: verdicts.map(({ policy, version, action, enforced, owasp }) => ({
      policy,
      version,
      action,
      enforced,
      ...(owasp && { owasp }),
    })),
    findings: Object.fromEntries(counts),
  }
}

function controlFields(data: Record<string, unknown>): Record<string, unknown> {
  const known = shown.filter((name) => typeof data[name] === 'string' || typeof data[name] === 'number')
  const meaning = modeMeanings[data.mode as Mode]
  return {
    ...Object.fromEntries(known.map((name) => [name, shortened(data[name])])),
    ...(meaning !== undefined && { meaning }),
  }
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, maxTextCharacters) : value
}
