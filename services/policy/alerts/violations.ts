import {
  type CallerQuarantined,
  type EventByType,
  eventTypes,
  type QuarantineRule,
  type QuarantineTarget,
  uuidFrom,
  type Verdict,
} from '@airs-cp/events'
import { sql, type Transaction } from 'kysely'
import { findRule } from '../quarantine/quarantines.ts'
import type { PolicyTables } from '../tables.ts'
import { putInOutbox } from './outbox.ts'

type Blocked = EventByType<typeof eventTypes.requestBlocked> | EventByType<typeof eventTypes.responseBlocked>

const actor = '/airs/policy'

/** Violations are kept for as long as the rule looks back, and for so long at least, should somebody make it look back further. */
const leastKeptSeconds = 86_400
const maxForgotten = 100

/**
 * Notes that an enforcing policy refused a side of an exchange, and quarantines its session or its caller where a policy
 * says so, or the rule: depends on nothing but the events so far and their times.
 */
export async function noteViolation(database: Transaction<PolicyTables>, event: Blocked): Promise<void> {
  const { id, tenant, session, caller = '', time } = event
  const verdicts = event.data.decision.verdicts.filter(isViolation)
  if (session === undefined || verdicts.length === 0) return
  await database.insertInto('policy.violations').values({ id, tenant, session, caller, time }).execute()
  const rule = await findRule(database, time)
  const found = await judge(database, event, session, verdicts, rule)
  await forgetViolations(database, time, rule)
  if (!found) return
  // Who has no caller has a session alone.
  const isOfCaller = found.target === 'caller' && caller !== ''
  await putInOutbox(
    database,
    isOfCaller
      ? {
          id: uuidFrom('caller-quarantined', id),
          type: eventTypes.callerQuarantined,
          tenant,
          data: { ...found.data, caller },
        }
      : {
          id: uuidFrom('session-quarantined', id),
          type: eventTypes.sessionQuarantined,
          tenant,
          data: { ...found.data, session, ...(caller !== '' && { caller }) },
        },
  )
}

function isViolation({ enforced, action }: Verdict): boolean {
  return enforced && (action === 'block' || action === 'quarantine')
}

/** Whom to quarantine, and why. A policy that quarantines the caller is stronger than one that quarantines the session. */
async function judge(
  database: Transaction<PolicyTables>,
  { tenant, caller = '', time, exchange }: Blocked,
  session: string,
  verdicts: Verdict[],
  rule: QuarantineRule,
): Promise<{ target: QuarantineTarget; data: Omit<CallerQuarantined, 'caller'> } | undefined> {
  const until = new Date(Date.parse(time) + rule.forSeconds * 1_000).toISOString()
  const base = { until, actor, ...(exchange !== undefined && { exchange }) }
  const quarantining = verdicts.filter(({ action }) => action === 'quarantine')
  const verdict = quarantining.find(({ quarantine }) => quarantine === 'caller') ?? quarantining[0]
  if (verdict) {
    const { policy, quarantine: target = 'session' } = verdict
    const reason = `policy ${policy} quarantines the ${target}`
    return { target, data: { ...base, cause: 'policy', policy, reason } }
  }
  if (rule.violations === 0) return undefined
  const target = caller === '' ? 'session' : rule.target
  const counted =
    target === 'caller'
      ? sql`v.caller = ${caller}`
      : sql`v.tenant = ${tenant} and v.session = ${session} and v.caller = ${caller}`
  const former =
    target === 'caller'
      ? sql`q.session = '' and q.caller = v.caller`
      : sql`q.tenant = v.tenant and q.session = v.session and q.caller in (v.caller, '')`
  const { rows } = await sql<{ count: number }>`select count(*) as count from policy.violations v
    where ${counted} and time <= ${time}::timestamptz
      and time > ${time}::timestamptz - make_interval(secs => ${rule.withinSeconds})
      and not exists (select 1 from policy.quarantines q where ${former}
        and v.time <= coalesce(q.released_at, q.quarantined_at))`.execute(database)
  const violations = rows[0]!.count
  if (violations < rule.violations) return undefined
  const reason = `${violations} violations within ${rule.withinSeconds} s`
  return { target, data: { ...base, cause: 'threshold', violations, reason, policy: verdicts[0]!.policy } }
}

/** Called with each violation, so that more go than come; by the times of events, as `foldIdleSessions`. */
async function forgetViolations(
  database: Transaction<PolicyTables>,
  time: string,
  { withinSeconds }: QuarantineRule,
): Promise<void> {
  const keptSeconds = Math.max(leastKeptSeconds, withinSeconds)
  await sql`delete from policy.violations where id in (
    select id from policy.violations
    where time < least(${time}::timestamptz, now()) - make_interval(secs => ${keptSeconds})
    order by time limit ${maxForgotten})`.execute(database)
}
