import type { AnomalyFound } from '@airs-cp/events'

/** What was seen of an agent before a response, as far as its calls need it. */
export type Baseline = {
  calls: number
  sessions: number
  /** Calls per tool. */
  tools: ReadonlyMap<string, number>
  /** Pairs of tools that were called one after the other in a session, as `previous tool`, JSON of both. */
  steps: ReadonlySet<string>
  /** Of the other sessions, the most calls that one has made. */
  mostCallsInASession: number
}

export type AgentSession = { calls: number; lastTool: string | undefined; isReported: boolean }

export type Anomaly = Omit<AnomalyFound, 'agent' | 'session' | 'exchange'>

/** So many calls are watched before any is called unexpected; for sequences, so many calls of the tool before. */
const learnedCalls = 20
/** So many sessions are watched before one has excessively many calls. */
const learnedSessions = 5
/** A session is excessive with more calls than so many times the most of the others, and never below `fewCalls`. */
const excessFactor = 3
const fewCalls = 10

export const stepKey = (previous: string, tool: string) => JSON.stringify([previous, tool])

/** Judges the calls of one response by what was seen before it; a call counts as seen for those after it. */
export function judgeCalls(
  baseline: Baseline,
  session: AgentSession,
  calls: readonly string[],
): { anomalies: Anomaly[]; session: AgentSession; steps: string[] } {
  const anomalies: Anomaly[] = []
  const steps: string[] = []
  const tools = new Map(baseline.tools)
  let { calls: sessionCalls, lastTool, isReported } = session
  const base = {
    calls: baseline.calls,
    tools: baseline.tools.size,
    sessions: baseline.sessions,
    mostCallsInASession: baseline.mostCallsInASession,
  }
  const limit = Math.max(fewCalls, excessFactor * baseline.mostCallsInASession)
  for (const tool of calls) {
    sessionCalls += 1
    const isKnown = tools.has(tool)
    if (!isKnown && baseline.calls >= learnedCalls)
      anomalies.push({
        kind: 'unexpected-tool',
        tool,
        baseline: base,
        explanation: `${tool} was not among the ${baseline.tools.size} tools of ${baseline.calls} calls before`,
      })
    if (lastTool !== undefined) {
      const step = stepKey(lastTool, tool)
      const before = tools.get(lastTool) ?? 0
      if (isKnown && before >= learnedCalls && !baseline.steps.has(step) && !steps.includes(step))
        anomalies.push({
          kind: 'unusual-sequence',
          tool,
          previous: lastTool,
          baseline: base,
          explanation: `${tool} never came after ${lastTool}, which was called ${before} times before`,
        })
      steps.push(step)
    }
    if (!isReported && baseline.sessions >= learnedSessions && sessionCalls > limit) {
      isReported = true
      anomalies.push({
        kind: 'excessive-calls',
        tool,
        baseline: base,
        explanation: `${sessionCalls} calls in the session; the most of ${baseline.sessions} sessions before were ${baseline.mostCallsInASession}`,
      })
    }
    tools.set(tool, (tools.get(tool) ?? 0) + 1)
    lastTool = tool
  }
  return { anomalies, session: { calls: sessionCalls, lastTool, isReported }, steps }
}
