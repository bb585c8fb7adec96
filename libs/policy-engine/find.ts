import {
  createSystemPromptDetector,
  type Detection,
  type Detector,
  type View,
  viewOf,
} from '@airs-cp/detectors'
import { masksIn, type TextSource } from '@airs-cp/events'
import type { CompiledDetector, CompiledPolicy } from './compile.ts'
import { type Direction, type EvaluatedText, type EvaluationContext, sourceOf } from './evaluation-context.ts'
import { createFinderMemory } from './finder-memory.ts'
import type { Findings } from './findings.ts'
import { acrossSeam, type JoinedText, joinTexts } from './joined-texts.ts'
import { jsonText } from './json-text.ts'
import type { ScanCache } from './scan-cache.ts'
import { passageOf } from './second-stage.ts'
import { judgeMcpTool } from './tool-calls/mcp-rule.ts'
import type { ToolCallRule } from './tool-calls/tool-call-rule.ts'
import { noTools, type ToolUse } from './tool-calls/tool-use.ts'

/** Runs the detectors of policies over one direction of an exchange: each once per text, however many policies ask for it. */
export type Finder = {
  /** Indexes of what a policy's detectors find. */
  find(policy: CompiledPolicy): number[]
  /** Characters of texts whose detections were remembered from an earlier exchange. */
  knownCharacters(): number
}

type TextRule = Extract<CompiledDetector, { kind: 'text' }>

type SourcedText = EvaluatedText & { source: TextSource; joined?: JoinedText }

/** Ids and names are one word, which is no instruction, and which a learned detector knows nothing of. */
export function isScanned({ kind, text }: Pick<EvaluatedText, 'kind' | 'text'>, detector: Detector): boolean {
  return kind !== 'unknown' || detector.kind === 'span' || /\s/.test(text)
}

export function createFinder(
  direction: Direction,
  texts: readonly EvaluatedText[],
  context: EvaluationContext,
  findings: Findings,
  /** Globs of the tools of MCP servers that policies allow. */
  allowedTools: readonly string[] = [],
): Finder {
  const withSource = (text: EvaluatedText): SourcedText => ({
    ...text,
    source: sourceOf(text, direction, context.declaresDocuments ?? false),
  })
  const sourced: SourcedText[] = [
    ...texts.map(withSource),
    ...joinTexts(texts).map((joined) => ({ ...withSource(joined), joined })),
  ]
  const { scanned, decoded, known, digests, views } = context.memory ?? createFinderMemory()
  const prompted = new Map<number, Detector>()
  let tools: ToolUse | undefined

  function scan(detector: Detector, index: number): readonly Detection[] {
    const byText = scanned.get(detector) ?? []
    scanned.set(detector, byText)
    const before = byText[index]
    if (before) return before
    const detect = () => detector.detect(decodedAt(index), viewAt(index))
    const remembered =
      context.ahead?.detectionsOf(sourced[index]!.text, detector) ??
      context.cache?.scan(detector, digestOf(context.cache, index), detect)
    if (remembered?.known) known.add(index)
    const detections = remembered?.detections ?? detect()
    byText[index] = detections
    return detections
  }

  /** A text, or what it says where it is JSON with escapes. */
  function decodedAt(index: number): string {
    const { text } = sourced[index]!
    if (decoded[index] === undefined) {
      const json = context.ahead?.jsonOf(text)
      decoded[index] = json === undefined ? (jsonText(text) ?? null) : json
    }
    return decoded[index]?.view ?? text
  }

  function viewAt(index: number): View {
    const view = views[index] ?? viewOf(decodedAt(index))
    views[index] = view
    return view
  }

  function digestOf(cache: ScanCache, index: number): string | undefined {
    if (!digests.has(index)) digests.set(index, cache.digestOf(decodedAt(index)))
    return digests.get(index)
  }

  function findTexts({
    detector,
    threshold,
    sources,
    secondStage,
  }: Omit<TextRule, 'kind' | 'types'>): number[] {
    const found: number[] = []
    const inParts = new Map<string, InPart[]>()
    for (const [index, { path, source, kind, text: whole, joined }] of sourced.entries()) {
      if (sources && !sources.has(source)) continue
      if (!isScanned({ kind, text: whole }, detector)) continue
      for (const first of scan(detector, index)) {
        const opinion = secondStage && opinionOn(first, index, secondStage)
        if (opinion === undefined ? first.confidence < threshold : opinion < secondStage!.threshold) continue
        const detection =
          opinion === undefined ? first : { ...first, confidence: opinion, firstStage: first.confidence }
        const { start, end } = detection
        const text = decodedAt(index).slice(start, end)
        const json = decoded[index]
        const placed = json ? { ...detection, start: json.toText(start), end: json.toText(end) } : detection
        const places = joined ? acrossSeam(joined, placed.start, placed.end) : [{ path, ...rangeOf(placed) }]
        if (
          joined &&
          places.some((place) => isWholeIn(inParts.get(place.path), place, placed.type, detector))
        )
          continue
        for (const place of places) {
          if (!joined) noteInPart(inParts, path, { ...rangeOf(place), type: placed.type })
          found.push(
            findings.add(detector.name, place.path, text, { ...placed, ...rangeOf(place) }, { source }),
          )
        }
      }
    }
    return found
  }

  /** What the second stage says of what the first suspects; undefined where that alone decides. */
  function opinionOn(
    { confidence, isHidden, start, end }: Detection,
    index: number,
    { suspicion }: NonNullable<TextRule['secondStage']>,
  ): number | undefined {
    if (!context.secondStage || isHidden || confidence < suspicion) return undefined
    return context.secondStage.confidenceOf(passageOf(decodedAt(index), start, end))
  }

  /** Values that are masked in what was recorded: a detector would have found what the record says that it found. */
  function findMasked({ detector, threshold, sources, types }: TextRule): number[] {
    const found: number[] = []
    for (const { path, source, text, joined } of context.masked?.length ? sourced : []) {
      if (joined) continue
      if (sources && !sources.has(source)) continue
      for (const mask of masksIn(text)) {
        const known = context.masked!.find(
          ({ type, digest }) => type === mask.type && digest.startsWith(mask.digest),
        )
        if (known?.detector !== detector.name || known.confidence < threshold) continue
        if (types && !types.has(known.type)) continue
        const { start, end, type } = mask
        const detection = { type, start, end, confidence: known.confidence }
        found.push(findings.add(detector.name, path, text.slice(start, end), detection, { source }))
      }
    }
    return found
  }

  function promptDetector(words: number): Detector {
    const made = prompted.get(words) ?? createSystemPromptDetector(context.systemPrompts?.() ?? [], words)
    prompted.set(words, made)
    return made
  }

  function findBy(detector: CompiledDetector): number[] {
    switch (detector.kind) {
      case 'text':
        return [...findTexts(detector), ...findMasked(detector)]
      case 'system-prompt':
        return direction === 'response'
          ? findTexts({ ...detector, detector: promptDetector(detector.words), sources: undefined })
          : []
      case 'tool-call':
        tools ??= context.tools?.() ?? noTools
        return findTools(detector.rule, tools, direction, findings)
      case 'server-tool': {
        const { mcp } = context
        if (direction === 'response' || !mcp || mcp.method !== 'tools/call') return []
        const type = judgeMcpTool(detector.rule, mcp, allowedTools)
        const name = `${mcp.server}/${mcp.tool}`
        return type ? [addTool(findings, { path: '/params/name', name, text: '' }, type, direction)] : []
      }
    }
  }

  return {
    find: (policy) => policy.detectors.flatMap(findBy),
    knownCharacters: () => [...known].reduce((sum, index) => sum + (texts[index]?.text.length ?? 0), 0),
  }
}

/**
 * Whether a part alone has the value: what is found there is all of it, though a word that follows in the next part would fit, as to
 * an address. A token or a pattern may go on. What is learned judges passages, which are more than what makes them suspicious.
 */
function isWholeIn(
  inPart: readonly InPart[] | undefined,
  { start, end }: { start: number; end: number },
  type: string,
  { kind, name }: Detector,
): boolean {
  if (kind === 'span' && name !== 'pii') return false
  return (
    inPart?.some((one) => one.type === type && (kind === 'text' || (one.start < end && start < one.end))) ??
    false
  )
}

/** What was found in a part alone. */
type InPart = { type: string; start: number; end: number }

/** By part, since there may be thousands of either. */
function noteInPart(inParts: Map<string, InPart[]>, path: string, found: InPart): void {
  const known = inParts.get(path)
  if (known) known.push(found)
  else inParts.set(path, [found])
}

function rangeOf({ start, end }: { start: number; end: number }) {
  return { start, end }
}

function findTools(rule: ToolCallRule, tools: ToolUse, direction: Direction, findings: Findings): number[] {
  const found: number[] = []
  if (rule.looksAt.has('offered'))
    for (const { path, name, also } of tools.offered) {
      const type = rule.judgeName(name, also)
      if (type) found.push(addTool(findings, { path, name, text: '' }, type, direction))
    }
  if (rule.looksAt.has('called'))
    for (const call of tools.calls)
      for (const type of [rule.judgeName(call.name, call.also), rule.judgeArguments(call)])
        if (type) found.push(addTool(findings, call, type, direction))
  return found
}

/** A finding about a tool spans its arguments; one about a tool that is offered, nothing. */
export function addTool(
  findings: Findings,
  { path, name, text }: { path: string; name: string; text: string },
  type: string,
  direction: Direction,
): number {
  const source = direction === 'response' ? 'model' : text === '' ? 'system' : 'model'
  const detection = { type, start: 0, end: text.length, confidence: 1 }
  return findings.add('tool-call', path, `${name}\0${text}`, detection, { source, tool: name.slice(0, 200) })
}
