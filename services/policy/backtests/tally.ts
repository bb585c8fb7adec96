import type { Action } from '@airs-cp/events'
import { type Judgement, refusing } from './judge-exchange.ts'

/** In which way an exchange would end differently. */
export const differences = [
  'newlyBlocked',
  'noLongerBlocked',
  'newlyRedacted',
  'noLongerRedacted',
  'otherwiseRefused',
] as const
export type Difference = (typeof differences)[number]

export type Counts = Record<Difference, number>

export type ChangedExchange = {
  difference: Difference
  exchange: string
  session: string
  model: string
  time: string
  before: Action
  after: Action
  /** Policies that make the difference. */
  policies: string[]
}

export type PolicyCounts = Counts & {
  /** Exchanges in which it found something. */
  matched: number
  /** Of those, the ones in which it would have been carried out. */
  enforced: number
}

/** What a run has found so far. Everything in it is bounded, whatever the number of exchanges. */
export type Tally = {
  exchanges: number
  judged: number
  /** Rejected before policy saw them: a wrong address, no JSON. */
  rejected: number
  /** Refused when they were made, so that there is no response to judge. */
  unanswered: number
  /** Sides that could not be judged, by reason. */
  unread: Record<string, number>
  /** Exchanges of which a side could not be judged; the first ones. */
  unreadExchanges: string[]
  before: Partial<Record<Action, number>>
  after: Partial<Record<Action, number>>
  /** Against what was recorded. */
  counts: Counts
  /** Against what is in force now: what the file changes. */
  fileCounts: Counts
  byPolicy: Record<string, PolicyCounts>
  byModel: Record<string, Counts & { exchanges: number }>
  bySession: Record<string, Counts>
  /** Sessions with differences that `bySession` had no room for, counted by exchange. */
  otherSessions: number
  changes: ChangedExchange[]
}

export const maxChanges = 1_000
const maxNames = 1_000
const maxSessions = 2_000
const maxUnread = 100
/** Where names that there is no room for are counted. */
const others = '(others)'

export function emptyTally(): Tally {
  return {
    exchanges: 0,
    judged: 0,
    rejected: 0,
    unanswered: 0,
    unread: {},
    unreadExchanges: [],
    before: {},
    after: {},
    counts: noCounts(),
    fileCounts: noCounts(),
    byPolicy: {},
    byModel: {},
    bySession: {},
    otherSessions: 0,
    changes: [],
  }
}

export function addJudgement(tally: Tally, judgement: Judgement | undefined): void {
  tally.exchanges += 1
  if (!judgement) {
    tally.rejected += 1
    return
  }
  const { before, after, exchange, session, model, time, matched } = judgement
  tally.judged += 1
  if (judgement.unanswered) tally.unanswered += 1
  for (const reason of judgement.unread) increase(tally.unread, withoutNumbers(reason), 1)
  if (judgement.unread.length > 0 && tally.unreadExchanges.length < maxUnread)
    tally.unreadExchanges.push(exchange)
  tally.before[before] = (tally.before[before] ?? 0) + 1
  tally.after[after] = (tally.after[after] ?? 0) + 1
  const ofModel = entry(tally.byModel, model || '(none)', () => ({ exchanges: 0, ...noCounts() }))
  ofModel.exchanges += 1
  for (const policy of new Set(matched.map((one) => one.policy))) {
    const ofPolicy = policyEntry(tally, policy)
    ofPolicy.matched += 1
    if (matched.some((one) => one.policy === policy && one.enforced)) ofPolicy.enforced += 1
  }
  const difference = differenceOf(before, after)
  if (!difference) return
  tally.counts[difference] += 1
  ofModel[difference] += 1
  const ofSession = sessionEntry(tally, session)
  if (ofSession) ofSession[difference] += 1
  else tally.otherSessions += 1
  const policies = /^noLonger/.test(difference) ? judgement.beforeBy : judgement.afterBy
  for (const policy of policies) policyEntry(tally, policy)[difference] += 1
  if (tally.changes.length < maxChanges)
    tally.changes.push({ difference, exchange, session, model, time, before, after, policies })
}

/** Adds how an exchange would end by what is in force, and how with the file. */
export function addFileDifference(tally: Tally, inForce: Action, withFile: Action): void {
  const difference = differenceOf(inForce, withFile)
  if (difference) tally.fileCounts[difference] += 1
}

/** Adds what a later part of the exchanges came to. The order of parts is the order of the lists. */
export function addTally(tally: Tally, part: Tally): void {
  for (const name of ['exchanges', 'judged', 'rejected', 'unanswered', 'otherSessions'] as const)
    tally[name] += part[name]
  for (const [reason, count] of Object.entries(part.unread)) increase(tally.unread, reason, count)
  tally.unreadExchanges.push(...part.unreadExchanges.slice(0, maxUnread - tally.unreadExchanges.length))
  for (const side of ['before', 'after'] as const)
    for (const [action, count] of Object.entries(part[side])) increase(tally[side], action, count)
  sum(tally.counts, part.counts)
  sum(tally.fileCounts, part.fileCounts)
  for (const [name, counts] of Object.entries(part.byPolicy)) sum(policyEntry(tally, name), counts)
  for (const [name, counts] of Object.entries(part.byModel))
    sum(
      entry(tally.byModel, name, () => ({ exchanges: 0, ...noCounts() })),
      counts,
    )
  for (const [session, counts] of Object.entries(part.bySession)) {
    const known = sessionEntry(tally, session)
    if (known) sum(known, counts)
    else tally.otherSessions += Object.values(counts).reduce((total, count) => total + count, 0)
  }
  tally.changes.push(...part.changes.slice(0, maxChanges - tally.changes.length))
}

function differenceOf(before: Action, after: Action): Difference | undefined {
  if (before === after) return undefined
  if (refusing.has(after)) return refusing.has(before) ? 'otherwiseRefused' : 'newlyBlocked'
  if (refusing.has(before)) return 'noLongerBlocked'
  return after === 'redact' ? 'newlyRedacted' : before === 'redact' ? 'noLongerRedacted' : undefined
}

function noCounts(): Counts {
  return { newlyBlocked: 0, noLongerBlocked: 0, newlyRedacted: 0, noLongerRedacted: 0, otherwiseRefused: 0 }
}

function policyEntry(tally: Tally, policy: string): PolicyCounts {
  return entry(tally.byPolicy, policy, () => ({ matched: 0, enforced: 0, ...noCounts() }))
}

function sessionEntry({ bySession }: Tally, session: string): Counts | undefined {
  if (!Object.hasOwn(bySession, session) && Object.keys(bySession).length >= maxSessions) return undefined
  return entry(bySession, session, noCounts, Number.POSITIVE_INFINITY)
}

function entry<Value>(
  values: Record<string, Value>,
  name: string,
  make: () => Value,
  limit = maxNames,
): Value {
  const key = Object.hasOwn(values, name) || Object.keys(values).length < limit ? name : others
  if (!Object.hasOwn(values, key)) Object.defineProperty(values, key, property(make()))
  return values[key]!
}

function increase(values: Record<string, number>, name: string, count: number): void {
  const key = Object.hasOwn(values, name) || Object.keys(values).length < maxNames ? name : others
  Object.defineProperty(values, key, property((Object.hasOwn(values, key) ? values[key]! : 0) + count))
}

/** A name that a client gave may be `__proto__`: it is defined, and not assigned. */
function property<Value>(value: Value) {
  return { value, writable: true, enumerable: true, configurable: true }
}

function sum(into: Record<string, number>, from: Record<string, number>): void {
  for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count
}

/** One reason and not one per exchange: `Content 5ab… is not there`. */
function withoutNumbers(reason: string): string {
  return reason
    .replace(/[0-9a-f]{16,}/g, '…')
    .replace(/\d+/g, '…')
    .slice(0, 200)
}
