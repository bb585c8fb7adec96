import { type Action, actions, type Decision, eventTypes, type RecordedBody } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  type Direction,
  evaluate,
  type McpFacts,
  type ScanCache,
  type Subject,
} from '@airs-cp/policy-engine'
import { askRequest, findFormat, meantRoute } from '@airs-cp/providers'
import { type ReadSide, readRequest, readResponse } from './read-texts.ts'
import { bodiesOf, type RecordedExchange, readBody } from './recorded-exchange.ts'

/** What became of one exchange, and what would have. */
export type Judgement = {
  exchange: string
  session: string
  model: string
  time: string
  before: Action
  after: Action
  /** Policies that refused or changed it, as recorded and as judged now, each once. */
  beforeBy: string[]
  afterBy: string[]
  /** Every policy that spoke now: whether it would have been carried out, and what it asked for. */
  matched: { policy: string; action: Action; enforced: boolean }[]
  /** It was refused before it had a response, and is not now: what the response would have been nobody knows. */
  unanswered: boolean
  /** Sides that could not be judged, and why. */
  unread: string[]
}

export const refusing: ReadonlySet<Action> = new Set<Action>(['throttle', 'quarantine', 'block'])

/** Clients name models as they like. */
const maxModelCharacters = 128

const madeUp = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Digests of findings are of no interest here. */
const digestKey = 'backtest'

/**
 * Judges an exchange again: its request, and where that passes its response. Undefined for a request that was rejected before
 * policy saw it.
 */
export function judgeExchange(
  set: CompiledPolicySet,
  recorded: RecordedExchange,
  contents: ReadonlyMap<string, Buffer>,
  cache?: ScanCache,
): Judgement | undefined {
  const { opening, outcome } = recorded
  if (opening.type === eventTypes.requestRejected) return undefined
  const { data } = opening
  const subject: Subject = {
    tenant: opening.tenant,
    providers: [data.provider],
    tags: data.tags,
    ...(data.request.model !== undefined && { model: data.request.model }),
    ...(data.agent !== undefined && { agent: data.agent }),
    ...(data.key && { key: data.key }),
    ...(data.credential && { credential: data.credential.fingerprint }),
    ...(data.verified && { verified: data.verified }),
    ...(data.mcp && { server: data.mcp.server }),
    // Sessions that the ingress makes up have a UUIDv7, and clients seldom name theirs so.
    session: { id: opening.session ?? '', named: !madeUp.test(opening.session ?? '') },
  }
  const unread: string[] = []
  const { request, response } = bodiesOf(recorded)
  const { format, method, path, stream } = data.request
  let asking: ReadSide | undefined
  const context = askRequest({
    format: findFormat(format),
    path: meantRoute(method, path.split('?')[0]!).path,
    stream,
    sources: data.sources,
    body: () => asking?.json,
    texts: () => asking?.texts ?? [],
    unscanned: () => asking?.unscanned ?? [],
  })
  const decide = (
    direction: Direction,
    recorded: Decision | undefined,
    read: () => ReadSide,
  ): Decision | undefined => {
    let side: ReadSide
    try {
      refuseUnrecorded(direction === 'request' ? request : response)
      side = read()
    } catch (error) {
      unread.push(`${direction}: ${error instanceof Error ? error.message : error}`)
      return undefined
    }
    if (direction === 'request') asking = side
    return evaluate(set, direction, subject, side.texts, digestKey, {
      ...context,
      tools: side.tools,
      unscanned: () => side.unscanned,
      masked: recorded?.findings ?? [],
      ...(data.mcp && { mcp: mcpFacts(data, asking?.json) }),
      ...(cache && { cache }),
    }).decision
  }
  const responded = responseDecision(outcome)
  const before = [data.decision, responded].filter((decision) => decision !== undefined)
  const asked = decide('request', data.decision, () => readRequest(format, readBody(request, contents)))
  const passes = !asked || !refusing.has(asked.action)
  const judged =
    passes && response
      ? decide('response', responded, () => readResponse(format, readBody(response, contents)))
      : undefined
  const after = [asked, judged].filter((decision) => decision !== undefined)
  return {
    exchange: opening.exchange ?? '',
    session: opening.session ?? '',
    model: (data.request.model ?? '').slice(0, maxModelCharacters),
    time: opening.time,
    before: strongest(before),
    after: strongest(after),
    beforeBy: carriedOut(before),
    afterBy: carriedOut(after),
    matched: after.flatMap(({ verdicts }) =>
      verdicts.map(({ policy, action, enforced }) => ({ policy, action, enforced })),
    ),
    unanswered: passes && opening.type === eventTypes.requestBlocked,
    unread,
  }
}

/** What conditions know of a message. Whether a tool had drifted is not recorded, nor whom a token belonged to. */
function mcpFacts({ mcp, key }: RecordedExchange['opening']['data'], asked: unknown): McpFacts {
  const { server = '', method = '', name = '' } = mcp ?? {}
  const { params } = (asked ?? {}) as { params?: { arguments?: unknown } | null }
  return {
    ...{ server, method, tool: method === 'tools/call' ? name : '', arguments: params?.arguments ?? {} },
    ...{ caller: key?.name ?? '', isDrifted: false },
  }
}

/** @throws where no content was recorded: what a policy would have found in it nobody knows. */
function refuseUnrecorded(body: RecordedBody | undefined): void {
  if (body?.original?.recorded === 'nothing') throw new Error('its content was not recorded')
}

function responseDecision(outcome: RecordedExchange['outcome']): Decision | undefined {
  return outcome?.type === eventTypes.responseCompleted || outcome?.type === eventTypes.responseBlocked
    ? outcome.data.decision
    : undefined
}

function strongest(decisions: Decision[]): Action {
  return decisions.reduce<Action>(
    (found, { action }) => (actions.indexOf(action) > actions.indexOf(found) ? action : found),
    'allow',
  )
}

function carriedOut(decisions: Decision[]): string[] {
  const names = decisions.flatMap(({ verdicts }) =>
    verdicts.filter(({ enforced, action }) => enforced && action !== 'allow').map(({ policy }) => policy),
  )
  return [...new Set(names)].sort()
}
