import { hash } from 'node:crypto'
import { type Action, actions, type Decision, type Finding, type Slices, type Verdict } from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { createConditionFacts } from './condition-facts.ts'
import type { ThrottleRule } from './document.ts'
import type {
  Direction,
  EvaluatedText,
  EvaluationContext,
  McpFacts,
  Unscanned,
} from './evaluation-context.ts'
import { createFinder, sliceCharacters } from './find.ts'
import { createFindings, type Findings } from './findings.ts'
import { isLong } from './is-long.ts'
import { joinTexts, joinTextsInSlices } from './joined-texts.ts'
import { redactTexts, type TextChange } from './redact-texts.ts'
import { inScope, type Subject } from './scope.ts'
import { describeUnjudged } from './second-stage.ts'
import type { Limits } from './throttle.ts'

/** Why an exchange may not go on. */
export type Block = {
  policy: string
  message: string
  /** `quarantine`: the same of its session or caller. */
  action: 'throttle' | 'block' | 'quarantine'
  /** Of `throttle`. */
  retryAfterSeconds?: number
}

/** A policy's judgement on one direction of an exchange. */
export type Evaluation = {
  decision: Decision
  /** The texts that enforcing policies rewrite. Empty unless `decision.action` is `redact`. */
  edits: TextChange[]
  /** What reversible policies took out, by the placeholder that stands there instead. Never to be written anywhere. */
  restorations: ReadonlyMap<string, string>
  /** The policy that blocks, when `decision.action` is `throttle`, `block` or `quarantine`. */
  blockedBy?: Block
}

/**
 * Decides on one direction of an exchange: synchronous, and pure but for the cache and the limits in `context`.
 *
 * A policy fires when one of its detectors finds something and its condition holds, so far as it has them; one that
 * throttles, when besides its limit is exceeded. Every policy in scope speaks and every finding is kept; the strongest
 * action among the policies that enforce is what is done, and only where the set's mode is `enforce`. In mode `off`
 * nothing is looked at. A policy that fails to evaluate blocks or lets pass as its `onError` says, and the decision reports which.
 * @param digestKey keys the digests of findings, so that equal values can be recognised but not guessed.
 */
export function evaluate(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
  texts: EvaluatedText[],
  digestKey: string,
  context: EvaluationContext = {},
): Evaluation {
  const policies = policiesThatLook(set, direction, subject)
  if (typeof policies === 'string') return unjudged(set, texts.length > 0, policies)
  const findings = createFindings(digestKey)
  const allowed = toolsAllowedBy(policies)
  const finder = createFinder(direction, texts, joinTexts(texts), context, findings, allowed)
  const judgement = openJudgement({ set, policies, direction, subject, texts, context, findings })
  for (const policy of policies)
    try {
      judgement.take(policy, finder.find(policy))
    } catch (error) {
      judgement.fail(policy, error)
    }
  return judgement.close(finder.knownCharacters())
}

/** The same in slices. @param atOnceCharacters of a text that is scanned in one step. */
export function* evaluateInSlices(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
  texts: EvaluatedText[],
  digestKey: string,
  context: EvaluationContext = {},
  atOnceCharacters: number = sliceCharacters,
): Slices<Evaluation> {
  const policies = policiesThatLook(set, direction, subject)
  if (typeof policies === 'string') return unjudged(set, texts.length > 0, policies)
  const findings = createFindings(digestKey)
  const allowed = toolsAllowedBy(policies)
  const joined = yield* joinTextsInSlices(texts)
  const finder = createFinder(direction, texts, joined, context, findings, allowed, atOnceCharacters)
  const judgement = openJudgement({ set, policies, direction, subject, texts, context, findings })
  for (const policy of policies)
    try {
      const found = yield* finder.findInSlices(policy)
      yield
      judgement.take(policy, found)
      yield
    } catch (error) {
      judgement.fail(policy, error)
    }
  return judgement.close(finder.knownCharacters())
}

/** The same: in slices where texts are long or many, and else at once. */
export function* evaluateByLength(
  ...[set, direction, subject, texts, ...more]: Parameters<typeof evaluate>
): Slices<Evaluation> {
  return isLong(texts)
    ? yield* evaluateInSlices(set, direction, subject, texts, ...more)
    : evaluate(set, direction, subject, texts, ...more)
}

type JudgementInput = {
  set: CompiledPolicySet
  /** In scope, in the order in which they are judged by. */
  policies: readonly CompiledPolicy[]
  direction: Direction
  subject: Subject
  texts: readonly EvaluatedText[]
  context: EvaluationContext
  findings: Findings
}

/** Gathers what policies say, one after the other, of what their detectors find. */
function openJudgement({ set, policies, direction, subject, texts, context, findings }: JudgementInput) {
  const unread = context.unscanned?.() ?? []
  // What is only repeated was read elsewhere.
  const unscanned = unread.filter(({ kind }) => kind !== 'echo')
  const facts = createConditionFacts(direction, subject, context)
  const verdicts: Verdict[] = []
  const redacted = new Set<number>()
  const kept = new Set<number>()
  const skipped: Decision['scanned']['skipped'] = unread.map(({ path, kind, reason }) => ({
    path,
    reason: `${kind}: ${reason}`,
  }))
  let action: Action = 'allow'
  let blockedBy: Block | undefined
  const limits: { verdict: Verdict; policy: CompiledPolicy; rule: ThrottleRule }[] = []
  const block = (by: Block) => {
    if (!blockedBy || isStronger(by.action, blockedBy.action) || isLonger(by, blockedBy)) blockedBy = by
    if (isStronger(by.action, action)) action = by.action
  }
  function take(policy: CompiledPolicy, found: number[]): void {
    const enforced = isEnforced(set, policy)
    const { document, condition } = policy
    if (document.onUnscanned === 'block' && unscanned.length > 0) {
      if (condition && !condition.holds(facts(found.map((index) => findings.all[index]!)))) return
      verdicts.push({ ...verdictOf(policy, enforced, found), action: 'block' })
      if (enforced) block(unscannedBlockOf(policy, unscanned[0]!))
      return
    }
    if (found.length === 0 && !decidesWithoutFindings(policy)) return
    if (condition && !condition.holds(facts(found.map((index) => findings.all[index]!)))) return
    const verdict = verdictOf(policy, enforced, found)
    verdicts.push(verdict)
    if (document.throttle) {
      limits.push({ verdict, policy, rule: document.throttle })
      return
    }
    if (!enforced) return
    if (document.action === 'redact') for (const index of found) redacted.add(index)
    if (document.action === 'redact' && !document.reversible) for (const index of found) kept.add(index)
    if (isBlocking(document.action)) block(blockOf(policy, verdict))
    else if (isStronger(document.action, action)) action = document.action
  }

  function fail(policy: CompiledPolicy, error: unknown): void {
    const closed = isEnforced(set, policy) && policy.document.onError === 'closed'
    skipped.push({ path: '', reason: failureOf(policy, closed, error) })
    if (!closed) return
    verdicts.push({ ...verdictOf(policy, true, []), action: 'block' })
    block(failedBlockOf(policy))
  }

  /** What cannot be changed is passed on, or blocked. */
  function withoutFixed(): void {
    if (redacted.size === 0) return
    const fixed = new Map<string, EvaluatedText['fixed']>()
    for (const text of texts) if (text.fixed) fixed.set(text.path, text.fixed)
    for (const index of fixed.size > 0 ? [...redacted] : []) {
      const { path, type } = findings.all[index]!
      if (!fixed.has(path)) continue
      redacted.delete(index)
      if (fixed.get(path) === 'signed')
        skipped.push({
          path,
          reason: `signed: ${type} was found and is passed on, since it must come back unchanged`,
        })
      else block(encodedBlockOf(redactedBy(policies, verdicts, index), path))
    }
  }

  /** In one step at the end, so that what any policy refuses counts against no limit, and nothing passes between asking and counting. */
  function withinLimits(): void {
    const passing: Parameters<Limits['count']>[] = []
    for (const { verdict, policy, rule } of limits) {
      const counted = [policy.document.name, rule, countedOf(rule.by, subject)] as const
      const retryAfterSeconds = context.throttle?.wait(...counted)
      if (retryAfterSeconds === undefined) {
        passing.push([...counted])
        verdicts.splice(verdicts.indexOf(verdict), 1)
        continue
      }
      verdict.throttle = { ...rule, retryAfterSeconds }
      if (verdict.enforced) block(blockOf(policy, verdict))
    }
    if (!blockedBy) for (const counted of passing) context.throttle?.count(...counted)
  }

  function close(known: number): Evaluation {
    withoutFixed()
    withinLimits()
    if (action === 'redact' && redacted.size === 0) action = 'allow'
    const secondStage = context.secondStage?.report()
    const unjudgedPassages = secondStage && describeUnjudged(secondStage)
    if (unjudgedPassages) skipped.push({ path: '', reason: unjudgedPassages })
    const decision: Decision = {
      action,
      mode: set.mode,
      policySet: set.version,
      verdicts,
      findings: findings.all,
      scanned: {
        characters: texts.reduce((sum, { text }) => sum + text.length, 0),
        ...(known > 0 && { known }),
        ...(secondStage && { secondStage }),
        skipped,
      },
    }
    const rewritten =
      action === 'redact'
        ? redactTexts(
            texts,
            findings.all,
            redacted,
            (index) => !kept.has(index),
            hidesHistory(unread, context) ? (finding) => keyedNumber(subject, finding) : undefined,
          )
        : { edits: [], restorations: new Map<string, string>() }
    return { decision, ...rewritten, ...(blockedBy && { blockedBy }) }
  }

  return { take, fail, close }
}

/** Whether a policy fires where it has found nothing, since it has nothing to find. */
export function decidesWithoutFindings({ detectors, condition, document }: CompiledPolicy): boolean {
  if (detectors.length > 0) return false
  return condition !== undefined || document.throttle !== undefined || document.onUnscanned !== 'block'
}

/**
 * Whoever responds knows what stands nowhere in the request, and with it may know placeholders of earlier requests that stood for
 * other values: a stored conversation or prompt, a file, a container, whatever is behind a route of an unknown format or a tool.
 */
function hidesHistory(unread: readonly Unscanned[], { mcp, request }: EvaluationContext): boolean {
  if (mcp || unread.some(({ kind }) => !withoutPlaceholders.has(kind))) return true
  return request?.().coverage === 'bytes only'
}

/** Kinds of unread parts that no policy has put placeholders into. */
const withoutPlaceholders = new Set(
  'echo signature encrypted image audio video tokens embedding ambiguous'.split(' '),
)

/** Of a value within a session: another value has another one, and nobody can guess which. */
function keyedNumber({ session, key, credential }: Subject, { digest }: Finding): string {
  return hash('sha256', JSON.stringify([key?.id ?? credential, session?.id, digest])).slice(0, 10)
}

/** Why a tool of an MCP server may not be called, whatever with; undefined where it may, or where that depends. */
export function blocksTool(
  set: CompiledPolicySet,
  subject: Subject,
  mcp: McpFacts,
  digestKey: string,
): Evaluation | undefined {
  const policies = set.policies.filter(({ document }) => document.mcp && !document.throttle && !document.when)
  if (policies.length === 0) return undefined
  const context = { mcp: { ...mcp, method: 'tools/call' } }
  const evaluation = evaluate({ ...set, policies }, 'request', subject, [], digestKey, context)
  return evaluation.blockedBy ? evaluation : undefined
}

/** What is decided where no policy looks, without reading the texts. @param hasTexts whether there may be some. */
export function decideUnseen(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
  hasTexts: boolean,
): Evaluation {
  const reason = policiesThatLook(set, direction, subject)
  if (typeof reason !== 'string') throw new Error('A policy looks at this')
  return unjudged(set, hasTexts, reason)
}

/** Whether any policy looks at that direction of such an exchange. */
export function looksAt(set: CompiledPolicySet, direction: Direction, subject: Subject): boolean {
  return set.mode !== 'off' && policiesFor(set, direction, subject).length > 0
}

/** Whether any policy could change or block that direction of such an exchange, so that it has to be held. */
export function enforces(set: CompiledPolicySet, direction: Direction, subject: Subject): boolean {
  return policiesFor(set, direction, subject).some((policy) => interferes(set, policy))
}

/** The same, whatever model it is for: what a policy is in scope for may hang on which of two names its provider reads. */
export function enforcesForSomeModel(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
): boolean {
  return set.policies.some(
    (policy) =>
      interferes(set, policy) &&
      isFor(policy, direction, subject, { ...policy.document.scope, models: undefined }),
  )
}

/** Those that look at that direction; why, where none does. */
function policiesThatLook(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
): CompiledPolicy[] | string {
  if (set.mode === 'off') return 'policies are bypassed: the mode is off'
  const policies = policiesFor(set, direction, subject)
  return policies.length === 0 ? 'no policy is in scope' : policies
}

function toolsAllowedBy(policies: readonly CompiledPolicy[]): string[] {
  return policies.flatMap(({ document }) => document.mcp?.allow ?? [])
}

export function policiesFor(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
): CompiledPolicy[] {
  return set.policies.filter((policy) => isFor(policy, direction, subject, policy.document.scope))
}

function isFor(
  { document }: CompiledPolicy,
  direction: Direction,
  subject: Subject,
  scope: Parameters<typeof inScope>[0],
): boolean {
  return (
    document.mode !== 'off' &&
    document.direction.includes(direction) &&
    // What is said of tools of servers says nothing of models.
    (document.mcp === undefined || subject.server !== undefined) &&
    inScope(scope, subject)
  )
}

export function isEnforced(set: CompiledPolicySet, { document }: CompiledPolicy): boolean {
  return set.mode === 'enforce' && document.mode === 'enforce'
}

/** Whether a policy could change or block what it looks at. */
export function interferes(set: CompiledPolicySet, policy: CompiledPolicy): boolean {
  return isEnforced(set, policy) && policy.document.action !== 'allow'
}

export function isStronger(action: Action, than: Action): boolean {
  return actions.indexOf(action) > actions.indexOf(than)
}

/** Where several limits are exceeded, a client that tries again earlier than the last one says is refused again. */
function isLonger(by: Block, than: Block): boolean {
  return by.action === than.action && (by.retryAfterSeconds ?? 0) > (than.retryAfterSeconds ?? 0)
}

export function isBlocking(action: Action): action is Block['action'] {
  return action === 'throttle' || action === 'block' || action === 'quarantine'
}

function unjudged(set: CompiledPolicySet, hasTexts: boolean, reason: string): Evaluation {
  const decision: Decision = {
    action: 'allow',
    mode: set.mode,
    policySet: set.version,
    verdicts: [],
    findings: [],
    scanned: { characters: 0, skipped: hasTexts ? [{ path: '', reason }] : [] },
  }
  return { decision, edits: [], restorations: new Map() }
}

export function verdictOf(
  { document, version, condition }: CompiledPolicy,
  enforced: boolean,
  findings: number[],
): Verdict {
  const { name, action, quarantine, message, owasp } = document
  return {
    policy: name,
    version,
    mode: document.mode as 'observe' | 'enforce',
    action,
    enforced,
    findings,
    ...(condition && { condition: condition.expression }),
    ...(quarantine === 'caller' && { quarantine }),
    ...(message !== undefined && { message }),
    ...(owasp && { owasp }),
  }
}

export function blockOf({ document }: CompiledPolicy, { throttle }: Pick<Verdict, 'throttle'>): Block {
  const { name, action, message } = document
  if (action === 'throttle' && throttle) {
    const { requests, perSeconds, by, retryAfterSeconds } = throttle
    const standard = `Policy ${name} allows ${requests} request${requests === 1 ? '' : 's'} in ${perSeconds} s for each ${by}; try again in ${retryAfterSeconds} s`
    return { policy: name, message: message ?? standard, action, retryAfterSeconds }
  }
  const blocked = action === 'quarantine' ? 'quarantine' : 'block'
  return { policy: name, message: message ?? `Blocked by policy ${name}`, action: blocked }
}

export function unscannedBlockOf({ document }: CompiledPolicy, { path, kind }: Unscanned): Block {
  const { name, message } = document
  const fallback = `Policy ${name} allows nothing that was not read, and ${path === '' ? 'a part' : path} (${kind}) was not`
  return { policy: name, message: message ?? fallback, action: 'block' }
}

/**
 * What had to be changed and cannot be. The message names a place beside the body; places in a body have names that clients made up.
 * @param policy that redacts it.
 */
export function encodedBlockOf(policy: string, path: string): Block {
  const where = /^[a-z]+(?:-names)?(?::[\w-]+)?$/.test(path) ? ` at ${path}` : ''
  const message = `Policy ${policy} redacts a text${where} that cannot be changed`
  return { policy, message, action: 'block' }
}

function redactedBy(
  policies: readonly CompiledPolicy[],
  verdicts: readonly Verdict[],
  finding: number,
): string {
  const verdict = verdicts.find(({ findings, action }) => action === 'redact' && findings.includes(finding))
  return verdict?.policy ?? policies[0]!.document.name
}

export function failedBlockOf({ document: { name } }: CompiledPolicy): Block {
  return { policy: name, message: `Policy ${name} could not be evaluated`, action: 'block' }
}

export function failureOf({ document }: CompiledPolicy, closed: boolean, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return `policy ${document.name} failed ${closed ? 'closed' : 'open'}: ${reason}`
}

function countedOf(by: 'session' | 'key' | 'agent' | 'tenant', subject: Subject): string {
  const { tenant, session, agent } = subject
  switch (by) {
    case 'session':
      return session?.named ? JSON.stringify([callerOf(subject), session.id]) : callerOf(subject)
    case 'key':
      return callerOf(subject)
    case 'agent':
      return agent === undefined ? callerOf(subject) : JSON.stringify([tenant, agent])
    case 'tenant':
      return tenant
  }
}

/** A client that names no session, or another one with each request, is still the same caller. */
function callerOf({ key, credential, address }: Subject): string {
  if (key) return `key ${key.id}`
  return credential === undefined ? `address ${address ?? ''}` : `credential ${credential}`
}
