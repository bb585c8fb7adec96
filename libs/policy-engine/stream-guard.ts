import { type Detection, type Detector, viewOf } from '@airs-cp/detectors'
import {
  type Decision,
  type Finding,
  type HeldPart,
  inSteps,
  type Slices,
  type TextSource,
  takenBy,
} from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { createConditionFacts } from './condition-facts.ts'
import {
  type Block,
  decidesWithoutFindings,
  encodedBlockOf,
  evaluateInSlices,
  interferes,
  isBlocking,
  policiesFor,
} from './evaluate.ts'
import type { EvaluationContext, Unscanned } from './evaluation-context.ts'
import { addTool } from './find.ts'
import { createFindings } from './findings.ts'
import { type Change, changed, changesInJson, isWholeJson, jsonText } from './json-text.ts'
import { mergeDecisions } from './merge-decisions.ts'
import { systemPromptDetector } from './prompt-detectors.ts'
import { byPlace, createPlaceholders, type Placeholders } from './redact.ts'
import { mergesMembers } from './redact-texts.ts'
import type { Subject } from './scope.ts'
import { type CallPlace, createCallPlace } from './stream-calls.ts'
import { createStreamChannel, type StreamChannel } from './stream-channel.ts'
import { heldBy, holdsOf, type StreamHold } from './stream-hold.ts'
import { createStreamVerdicts } from './stream-verdicts.ts'
import type { ToolCallRule, ToolFindingType } from './tool-calls/tool-call-rule.ts'
import { noTools, type ToolUse } from './tool-calls/tool-use.ts'

/**
 * Judges a response while it streams. A channel is one string of the response, such as the content of one choice.
 *
 * A channel's text with its changes made is what `evaluate` would make of the whole text, however it is cut, and no character
 * before `settle().to` belongs to a match of an enforcing policy that is not among the changes. Text has to wait only as far as a
 * match may still be forming; what waits longer, `streamHoldsOf` says. The one exception are injections: the windows of a
 * response are judged one by one, so that each that is found is replaced, and not only the one that scores highest.
 */
export type StreamGuard = {
  /**
   * Takes the next piece of a channel. What follows the end of it is judged together with what came before. Pieces are looked at
   * when the guard is next asked for anything, so that those that come together cost hardly more than one.
   */
  push(channel: string, text: string, about?: About): void
  /**
   * A tool is called, whose arguments come in this channel. `known`: or have come elsewhere, and are this JSON. @returns the judging of
   * those, before which nothing else is asked.
   */
  call(
    channel: string,
    name: string,
    about?: Pick<About, 'path'> & { known?: string | undefined; also?: string[] | undefined },
  ): Slices<void> | undefined
  /** The channel is complete. Nothing else is asked of the guard before that is done. */
  endInSlices(channel: string): Slices<void>
  /** Up to where the channel may go out, and the changes to be made before there that are new. */
  settle(channel: string): { to: number; changes: Change[] }
  /**
   * Judges a text that comes at once. What is signed is not changed; what came encoded cannot be, and is blocked where it would
   * have to. @returns the changes to be made in it.
   */
  whole(path: string, text: string, about?: Omit<AboutText, 'isSplit'>): Change[]
  /** Whether calls of tools must wait for `finishInSlices`. */
  holdsCalls(): boolean
  /** Whether `finishInSlices` looks at the tools. */
  needsTools: boolean
  /** The response is complete: its tools are judged. What comes after it all the same is judged with it, once it is complete again. */
  finishInSlices(tools: () => ToolUse): Slices<void>
  /** A part of the response that is not read. */
  skip(part: Unscanned): void
  /** So much of the channels' text has gone to the client, or was replaced. */
  released(characters: number): void
  /** Set as soon as an enforcing policy blocks; then nothing more may be sent. */
  blockedBy(): Block | undefined
  /** The decision, once every channel has ended. */
  decision(): Decision
  /** Policies that only observe and can judge nothing but the whole response: to be evaluated when it is there. */
  late: CompiledPolicySet
}

export type About = {
  source?: TextSource
  /** Pointer to the string within the response; the channel's name where it is not given. */
  path?: string
  /** These are arguments of a call. */
  isArguments?: boolean
  /** It has a signature, so that it must reach the client as it is. */
  isFixed?: boolean
}

type AboutText = Pick<About, 'source' | 'isFixed'> & {
  isWord?: boolean
  isEncoded?: boolean
  /** A part of it may be with the client. */
  isSplit?: boolean
}

type Channel = {
  text: StreamChannel
  /** Of a channel with the arguments of a call; empty as long as no name came. */
  tool: string | undefined
  calls: CallPlace
  /** The call's arguments came elsewhere. */
  isToldElsewhere: boolean
  isFixed: boolean
}

/**
 * A guard for responses of such an exchange; undefined where an enforcing policy can only judge a response as a whole (see
 * `wholeJudges`). Without a system prompt there is none to leak.
 */
export function createStreamGuard(
  set: CompiledPolicySet,
  subject: Subject,
  digestKey: string,
  context: EvaluationContext = {},
): StreamGuard | undefined {
  const prompts = context.systemPrompts?.() ?? []
  const inScope = policiesFor(set, 'response', subject).filter(
    ({ detectors }) =>
      prompts.length > 0 || detectors.some(({ kind }) => kind !== 'system-prompt') || detectors.length === 0,
  )
  const factsOf = createConditionFacts('response', subject, context)
  const noCalls = createConditionFacts('response', subject, { ...context, tools: () => noTools })([])
  const holds = new Map(inScope.map((policy) => [policy, holdsOf(policy, noCalls)]))
  const waitsFor = (policy: CompiledPolicy, what: StreamHold['what']) =>
    holds.get(policy)!.some((hold) => hold.what === what)
  const whole = inScope.filter((policy) => waitsFor(policy, 'response'))
  if (whole.some((policy) => interferes(set, policy))) return undefined

  const findings = createFindings(digestKey)
  const placeholder = createPlaceholders()
  const decided = createStreamVerdicts(set, inScope)
  const channels = new Map<string, Channel>()
  let seen = 0
  let beside = 0
  let released = 0
  let redacted = 0

  const facts = factsOf([])
  /** Those that are decided on the calls of the response, all together. */
  const onCalls = inScope.filter((policy) => waitsFor(policy, 'calls'))
  const holdsAllCalls = onCalls.some((policy) => interferes(set, policy))
  const unseen = new Set<StreamChannel>()
  let isFinished = false
  let byCalls: Decision | undefined
  const promptDetectors = new Map<number, Detector>()
  const policies = inScope.filter(
    (policy) => !waitsFor(policy, 'response') && !waitsFor(policy, 'calls') && applies(policy),
  )
  const textRules = new Map(policies.map((policy) => [policy, textRulesOf(policy)]))
  const enforcing = new Set(policies.filter((policy) => interferes(set, policy)))
  const detectors = [...new Set([...textRules.values()].flat().map(({ detector }) => detector))]
  const decisive = new Set(
    [...enforcing].flatMap((policy) => textRules.get(policy)!.map((it) => it.detector)),
  )
  const callRules: CallRule[] = policies.flatMap((policy) =>
    policy.detectors.flatMap((asked) =>
      asked.kind === 'tool-call' && asked.rule.looksAt.has('called') ? [{ policy, rule: asked.rule }] : [],
    ),
  )
  const keepsArguments = policies.some(judgesArguments)
  const holdsArguments = [...enforcing].some(judgesArguments)

  /** What a policy looks for in texts. Detectors are shared between policies that ask for the same. */
  function textRulesOf({ detectors: rules }: CompiledPolicy): TextRule[] {
    return rules.flatMap((rule): TextRule[] => {
      if (rule.kind === 'tool-call' || rule.kind === 'server-tool') return []
      if (rule.kind === 'text') return [rule]
      const { words, threshold } = rule
      const detector = promptDetectors.get(words) ?? systemPromptDetector(prompts, words)
      promptDetectors.set(words, detector)
      return prompts.length === 0 ? [] : [{ detector, threshold, sources: undefined }]
    })
  }

  /** Whether a policy has still to look at the response. What its condition decides alone is decided here. */
  function applies(policy: CompiledPolicy): boolean {
    try {
      if (policy.condition && !policy.condition.holds(facts)) return false
    } catch (error) {
      decided.fail(policy, error)
      return false
    }
    if (decidesWithoutFindings(policy)) decided.fire(policy)
    return true
  }

  /** Placeholders would give an object two members of one name, of which readers keep one. */
  function blockMerging(): void {
    const policy = [...enforcing].find((it) => it.document.action === 'redact' && decided.hasFired(it))
    if (policy) decided.block(mergeBlockOf(policy))
  }

  function channelOf(name: string, { source = 'model', path = name, isFixed = false }: About = {}): Channel {
    const known = channels.get(name)
    if (known) return known
    const text = createStreamChannel({
      path,
      source,
      detectors,
      placeholder,
      keepsText: () => keepsArguments && opened.tool !== undefined,
      onFound: ({ detector, detection, text: match, isSplit, isGrowing }) =>
        heed(
          { path, source, isFixed: opened.isFixed, take: text.take, isSplit, isGrowing },
          detector,
          detection,
          match,
        ),
      onFailure: failBy,
    })
    const calls = createCallPlace({
      text,
      keepsArguments,
      judge: (name, also) => judgeName(path, name, also),
      judgeArguments: (names, text) => judgeArguments(path, names, text),
      judgeJoined: (names, isRepeated) => judgeJoined(path, names, isRepeated),
    })
    const opened: Channel = { text, calls, tool: undefined, isToldElsewhere: false, isFixed }
    channels.set(name, opened)
    return opened
  }

  function failBy(detector: Detector, error: unknown): void {
    for (const policy of policies)
      if (!decided.hasFailed(policy) && textRules.get(policy)!.some((it) => it.detector === detector))
        decided.fail(policy, error)
  }

  function heed(
    { path, source, isFixed, isEncoded, take, isSplit, isGrowing }: Place,
    detector: Detector,
    detection: Detection,
    text: string,
  ): void {
    for (const policy of policies) {
      const isRedacted = enforcing.has(policy) && policy.document.action === 'redact'
      // One that grows is as good as found for whoever blocks; others wait until it is whole.
      if (isGrowing && !(enforcing.has(policy) && isBlocking(policy.document.action))) continue
      for (const asked of textRules.get(policy)!) {
        if (asked.detector !== detector) continue
        if (detection.confidence < asked.threshold) continue
        if (asked.sources && !asked.sources.has(source)) continue
        const index = findings.add(detector.name, path, text, detection, { source })
        decided.fire(policy, index)
        if (!isRedacted) continue
        if (isSplit) decided.block(splitBlockOf(policy))
        else if (isEncoded) decided.block(encodedBlockOf(policy.document.name, path))
        else if (isFixed) decided.keepSigned(path, detection.type)
        else take(findings.all[index]!)
      }
    }
  }

  function judgeName(path: string, name: string, also?: string[]): void {
    for (const { policy, rule } of callRules) {
      const type = rule.judgeName(name, also)
      if (type) decided.fire(policy, addTool(findings, { path, name, text: '' }, type, 'response'))
    }
  }

  function judgeArguments(path: string, names: ReadonlySet<string>, text: string): Slices<void> {
    return judgeArgumentsBy(callRules, names, text, (policy, name, type) =>
      decided.fire(policy, addTool(findings, { path, name, text }, type, 'response')),
    )
  }

  function judgeJoined(path: string, names: string, isRepeated: boolean): void {
    if (isDenied(names)) judgeName(path, names)
    if (!isRepeated)
      judgeText(`${path.slice(0, path.lastIndexOf('/') + 1)}name`, names, { isWord: true, isSplit: true })
  }

  function isDenied(name: string): boolean {
    return callRules.some(({ rule }) => rule.judgeName(name) === 'TOOL_DENIED')
  }

  /** @returns what is to be taken out of a text that is here whole. */
  function judgeText(
    path: string,
    text: string,
    { source = 'model', isFixed = false, isWord = false, isEncoded = false, isSplit = false }: AboutText = {},
  ): Finding[] {
    const json = jsonText(text)
    const shown = json?.view ?? text
    const view = viewOf(shown)
    const taken: Finding[] = []
    const take = (it: Finding) => void taken.push(it)
    const place = { path, source, isFixed, isEncoded, take, isSplit, isGrowing: false }
    for (const detector of detectors)
      try {
        if (isWord && detector.kind === 'text') continue
        for (const detection of detector.detect(shown, view)) {
          const { start, end } = detection
          const placed = json ? { ...detection, start: json.toText(start), end: json.toText(end) } : detection
          heed(place, detector, placed, shown.slice(start, end))
        }
      } catch (error) {
        failBy(detector, error)
      }
    return taken
  }

  /** Looks at all that came: a match in one channel ends them all. */
  function look(): void {
    if (unseen.size === 0) return
    for (const channel of unseen) channel.look()
    unseen.clear()
  }

  /** What has waited for policies that enforce, and for which. */
  function heldParts(): HeldPart[] {
    const hasCalled = [...channels.values()].some(({ tool }) => tool !== undefined)
    const applying = inScope.filter(
      (it) => interferes(set, it) && (enforcing.has(it) || onCalls.includes(it)),
    )
    return heldBy(applying, (policy) => holds.get(policy)!).filter(({ what }) =>
      what === 'words' ? seen > 0 : hasCalled,
    )
  }

  return {
    push(name, text, about) {
      const channel = channelOf(name, about)
      if (about?.isArguments) channel.tool ??= ''
      if (channel.tool !== undefined) isFinished = false
      if (about?.isFixed) channel.isFixed = true
      seen += text.length
      channel.text.push(text)
      unseen.add(channel.text)
    },
    call(name, tool, { known, path, also } = {}) {
      const channel = channelOf(name, path === undefined ? {} : { path })
      channel.tool = tool
      isFinished = false
      channel.calls.begin(tool, also)
      if (known === undefined) return undefined
      channel.isToldElsewhere = true
      return judgeArguments(channel.text.path, new Set([tool]), known)
    },
    endInSlices(name) {
      const channel = channels.get(name)
      if (!channel || channel.text.isEnded()) return inSteps()
      const { text, tool, calls } = channel
      return inSteps(text.end, () => {
        if (text.mergesMembers()) blockMerging()
        if (tool === '') judgeName(text.path, '')
        return tool !== undefined && !channel.isToldElsewhere && keepsArguments ? calls.end(tool) : undefined
      })
    },
    settle(name) {
      const { text, tool } = channelOf(name)
      look()
      if (decided.blockedBy() || (holdsArguments && tool !== undefined && !text.isEnded()))
        return { to: 0, changes: [] }
      const settled = text.settle(decisive)
      redacted += coveredBy(settled.changes)
      return settled
    },
    whole(path, text, about) {
      beside += text.length
      const taken = judgeText(path, text, about)
      const changes = changesOf(text, taken, placeholder)
      if (changes.length > 0 && mergesMembers(text, changed(text, changes))) blockMerging()
      redacted += coveredBy(changes)
      return changes
    },
    skip: (part) => decided.skip(part, policies),
    holdsCalls: () => holdsAllCalls && !isFinished,
    needsTools: onCalls.length > 0,
    finishInSlices(tools) {
      look()
      if (onCalls.length === 0 || decided.blockedBy() || isFinished) return inSteps()
      isFinished = true
      const unscanned = decided.unscanned
      const judged = { ...set, policies: onCalls }
      const all = { ...context, tools, unscanned }
      const judging = evaluateInSlices(judged, 'response', subject, [], digestKey, all)
      return takenBy(judging, ({ decision, blockedBy }) => {
        if (blockedBy) decided.block(blockedBy)
        // What was not read is named already.
        const failures = decision.scanned.skipped.slice(decided.unscanned().length)
        byCalls = { ...decision, scanned: { ...decision.scanned, skipped: failures } }
      })
    },
    released(characters) {
      released += characters
    },
    blockedBy() {
      look()
      return decided.blockedBy()
    },
    decision() {
      look()
      const strongest = decided.action(enforcing)
      const isKept = strongest === 'redact' && redacted === 0 && decided.hasKeptSigned()
      const held = heldParts()
      const decision: Decision = {
        action: isKept ? 'allow' : strongest,
        mode: set.mode,
        policySet: set.version,
        verdicts: decided.list(),
        findings: findings.all,
        scanned: {
          characters: policies.length > 0 ? seen + beside : 0,
          seen,
          redacted,
          withheld: Math.max(0, seen - released),
          ...(held.length > 0 && { held }),
          skipped: decided.skipped(),
        },
      }
      return byCalls ? mergeDecisions(decision, byCalls) : decision
    },
    late: { ...set, policies: whole },
  }
}

type CallRule = { policy: CompiledPolicy; rule: ToolCallRule }

function* judgeArgumentsBy(
  rules: readonly CallRule[],
  names: ReadonlySet<string>,
  text: string,
  found: (policy: CompiledPolicy, name: string, type: ToolFindingType) => void,
): Slices<void> {
  for (const { policy, rule } of rules) {
    const concerned = [...names].filter(rule.concerns)
    const type = concerned.length > 0 ? yield* rule.judgeArguments(text) : undefined
    if (type) for (const name of concerned) found(policy, name, type)
  }
}

type Place = {
  path: string
  source: TextSource
  isFixed: boolean
  isEncoded?: boolean
  take: (finding: Finding) => void
  isSplit: boolean
  isGrowing: boolean
}

type TextRule = { detector: Detector; threshold: number; sources: ReadonlySet<TextSource> | undefined }

/** Other names cannot be given any more: what came before is with the client. */
function mergeBlockOf({ document: { name, message } }: CompiledPolicy): Block {
  const fallback = `Policy ${name} redacts names of members, of which two would be equal`
  return { policy: name, message: message ?? fallback, action: 'block' }
}

/** A match of which the beginning may be with the client. */
function splitBlockOf({ document: { name, message } }: CompiledPolicy): Block {
  const fallback = `Policy ${name} redacts a text that went on after its end`
  return { policy: name, message: message ?? fallback, action: 'block' }
}

function changesOf(text: string, found: Finding[], placeholder: Placeholders): Change[] {
  const parts: Change[] = []
  for (const finding of found.sort(byPlace)) {
    const { start, end } = finding
    const last = parts.at(-1)
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else if (end > start) parts.push({ start, end, text: placeholder(finding) })
  }
  return isWholeJson(text) ? changesInJson(text, parts) : parts
}

function coveredBy(changes: readonly Change[]): number {
  return changes.reduce((sum, { start, end }) => sum + end - start, 0)
}

function judgesArguments({ detectors }: CompiledPolicy): boolean {
  return detectors.some((detector) => detector.kind === 'tool-call' && detector.rule.judgesArguments)
}
