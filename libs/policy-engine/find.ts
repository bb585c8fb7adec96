import { type Detection, type Detector, type View, viewOf } from '@airs-cp/detectors'
import { atOnce, masksIn, type Slices } from '@airs-cp/events'
import type { CompiledDetector, CompiledPolicy } from './compile.ts'
import { type Direction, type EvaluatedText, type EvaluationContext, sourceOf } from './evaluation-context.ts'
import { createFinderMemory } from './finder-memory.ts'
import type { Findings } from './findings.ts'
import { acrossSeam, type JoinedText } from './joined-texts.ts'
import { jsonText, jsonTextInSlices } from './json-text.ts'
import { systemPromptDetector } from './prompt-detectors.ts'
import type { ScannedText } from './scan-cache.ts'
import { passageOf } from './second-stage.ts'
import { judgeMcpTool } from './tool-calls/mcp-rule.ts'
import type { ToolCallRule } from './tool-calls/tool-call-rule.ts'
import { noTools, type ToolUse } from './tool-calls/tool-use.ts'

/** Runs the detectors of policies over one direction of an exchange: each once per text, however many policies ask for it. */
export type Finder = {
  /** Indexes of what a policy's detectors find. */
  find(policy: CompiledPolicy): number[]
  /** The same in slices; a text that is not long is looked at in one step. */
  findInSlices(policy: CompiledPolicy): Slices<number[]>
  /** Characters of texts whose detections were remembered from an earlier exchange. */
  knownCharacters(): number
}

type TextRule = Extract<CompiledDetector, { kind: 'text' }>

/** Goes through all texts once. */
type Search = {
  found: number[]
  /** @returns what is to be done first, and then it is to be called again; undefined where it has come to the end. */
  goOn(): Slices<unknown> | undefined
}

/** Ids and names are one word, which is no instruction, and which a learned detector knows nothing of. */
export function isScanned({ kind, text }: Pick<EvaluatedText, 'kind' | 'text'>, detector: Detector): boolean {
  return kind !== 'unknown' || detector.kind === 'span' || /\s/.test(text)
}

/** A slice takes some two milliseconds of one detector, three times that where a text is made to be slow. */
export const sliceCharacters = 16_384
/** So many texts are looked up, or detections taken up, in a millisecond. */
const textsOfSlice = 512
/** So many are scanned in the time in which one text is looked up. */
const charactersOfStep = 64

function* pause(): Slices<void> {
  yield
}

/** @param joined what the texts are where they meet, of `joinTexts`. */
export function createFinder(
  direction: Direction,
  texts: readonly EvaluatedText[],
  joined: readonly JoinedText[],
  context: EvaluationContext,
  findings: Findings,
  /** Globs of the tools of MCP servers that policies allow. */
  allowedTools: readonly string[] = [],
  atOnceCharacters: number = Number.POSITIVE_INFINITY,
): Finder {
  const all: readonly (EvaluatedText & { pieces?: JoinedText['pieces'] })[] =
    joined.length === 0 ? texts : [...texts, ...joined]
  const { declaresDocuments = false } = context
  let steps = 0
  const { scanned, decoded, known, cached, views } = context.memory ?? createFinderMemory()
  const prompted = new Map<number, Detector>()
  let tools: ToolUse | undefined

  function scan(detector: Detector, index: number): readonly Detection[] {
    const text = cachedAt(index)
    const remembered = text?.find(detector)
    const detections = remembered ?? detector.detect(decodedAt(index), viewAt(index))
    if (!remembered) text?.keep(detector, detections)
    return keep(detector, index, detections, remembered !== undefined)
  }

  /** The same of a long text. */
  function* scanInSlices(detector: Detector, index: number): Slices<readonly Detection[]> {
    const { text } = all[index]!
    if (decoded[index] === undefined)
      decoded[index] = (yield* jsonTextInSlices(text, sliceCharacters)) ?? null
    const shown = decoded[index]?.view ?? text
    if (cached[index] === undefined) {
      yield
      cached[index] = (context.cache && (yield* context.cache.findInSlices(shown))) ?? null
    }
    const remembered = cached[index]?.find(detector)
    const detections = remembered ?? (yield* detector.slices(shown, sliceCharacters))
    if (!remembered) cached[index]?.keep(detector, detections)
    return keep(detector, index, detections, remembered !== undefined)
  }

  function keep(
    detector: Detector,
    index: number,
    detections: readonly Detection[],
    isKnown = false,
  ): readonly Detection[] {
    if (isKnown) known.add(index)
    const byText = scanned.get(detector) ?? []
    scanned.set(detector, byText)
    byText[index] = detections
    return detections
  }

  /** A text, or what it says where it is JSON with escapes. */
  function decodedAt(index: number): string {
    const { text } = all[index]!
    if (decoded[index] === undefined) decoded[index] = jsonText(text) ?? null
    return decoded[index]?.view ?? text
  }

  function viewAt(index: number): View {
    const view = views[index] ?? viewOf(decodedAt(index))
    views[index] = view
    return view
  }

  /** What earlier exchanges have found in a text. */
  function cachedAt(index: number): ScannedText | null {
    const entry = cached[index] ?? context.cache?.find(decodedAt(index)) ?? null
    cached[index] = entry
    return entry
  }

  function createSearch({
    detector,
    threshold,
    sources,
    secondStage,
  }: Omit<TextRule, 'kind' | 'types'>): Search {
    const found: number[] = []
    const inParts = new Map<string, InPart[]>()
    let index = 0
    /** So many detections of the text at `index` were taken up. */
    let taken = 0

    function goOn(): Slices<unknown> | undefined {
      for (; index < all.length; index++) {
        if (++steps >= textsOfSlice) {
          steps = 0
          return pause()
        }
        const { kind, text } = all[index]!
        if (sources && !sources.has(sourceOf(all[index]!, direction, declaresDocuments))) continue
        if (!isScanned({ kind, text }, detector)) continue
        let detections = scanned.get(detector)?.[index]
        if (!detections && text.length > atOnceCharacters) return scanInSlices(detector, index)
        if (!detections) {
          steps += Math.ceil(text.length / charactersOfStep)
          detections = scan(detector, index)
        }
        for (; taken < detections.length; taken++) {
          if (++steps >= textsOfSlice) {
            steps = 0
            return pause()
          }
          take(detections[taken]!)
        }
        taken = 0
      }
      return undefined
    }

    function take(first: Detection): void {
      const { path, pieces } = all[index]!
      const opinion = secondStage && opinionOn(first, index, secondStage)
      if (opinion === undefined ? first.confidence < threshold : opinion < secondStage!.threshold) return
      const detection =
        opinion === undefined ? first : { ...first, confidence: opinion, firstStage: first.confidence }
      const { start, end } = detection
      const text = decodedAt(index).slice(start, end)
      const json = decoded[index]
      const placed = json ? { ...detection, start: json.toText(start), end: json.toText(end) } : detection
      const places = pieces ? acrossSeam(pieces, placed.start, placed.end) : [{ path, ...rangeOf(placed) }]
      if (pieces && places.some((place) => isWholeIn(inParts.get(place.path), place, placed.type, detector)))
        return
      const source = sourceOf(all[index]!, direction, declaresDocuments)
      for (const place of places) {
        if (!pieces) noteInPart(inParts, path, { ...rangeOf(place), type: placed.type })
        found.push(
          findings.add(detector.name, place.path, text, { ...placed, ...rangeOf(place) }, { source }),
        )
      }
    }

    return { found, goOn }
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
    for (const masked of context.masked?.length ? texts : []) {
      const { path, text } = masked
      const source = sourceOf(masked, direction, declaresDocuments)
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
    const made = prompted.get(words) ?? systemPromptDetector(context.systemPrompts?.() ?? [], words)
    prompted.set(words, made)
    return made
  }

  /** What a rule about texts looks through; undefined of any other rule, and where there is nothing to look for. */
  function searchOf(rule: CompiledDetector): Search | undefined {
    if (rule.kind === 'text') return createSearch(rule)
    return rule.kind === 'system-prompt' && direction === 'response'
      ? createSearch({ ...rule, detector: promptDetector(rule.words), sources: undefined })
      : undefined
  }

  /** What a rule finds besides. */
  function findBeside(detector: CompiledDetector): number[] | Slices<number[]> {
    switch (detector.kind) {
      case 'text':
        return context.masked?.length ? findMasked(detector) : none
      case 'system-prompt':
        return none
      case 'tool-call':
        tools ??= context.tools?.() ?? noTools
        return findTools(detector.rule, tools, direction, findings)
      case 'server-tool': {
        const { mcp } = context
        if (direction === 'response' || !mcp || mcp.method !== 'tools/call') return none
        const type = judgeMcpTool(detector.rule, mcp, allowedTools)
        const name = `${mcp.server}/${mcp.tool}`
        return type ? [addTool(findings, { path: '/params/name', name, text: '' }, type, direction)] : none
      }
    }
  }

  return {
    find(policy) {
      const found: number[] = []
      for (const rule of policy.detectors) {
        const search = searchOf(rule)
        for (let first = search?.goOn(); first; first = search!.goOn()) atOnce(first)
        const beside = findBeside(rule)
        addTo(found, search?.found, Array.isArray(beside) ? beside : atOnce(beside))
      }
      return found
    },
    *findInSlices(policy) {
      const found: number[] = []
      for (const rule of policy.detectors) {
        const search = searchOf(rule)
        for (let first = search?.goOn(); first; first = search!.goOn()) yield* first
        const beside = findBeside(rule)
        addTo(found, search?.found, Array.isArray(beside) ? beside : yield* beside)
      }
      return found
    },
    knownCharacters: () => [...known].reduce((sum, index) => sum + (texts[index]?.text.length ?? 0), 0),
  }
}

const none: number[] = []

function addTo(found: number[], ...more: (readonly number[] | undefined)[]): void {
  for (const some of more) for (const one of some ?? none) found.push(one)
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

function* findTools(
  rule: ToolCallRule,
  tools: ToolUse,
  direction: Direction,
  findings: Findings,
): Slices<number[]> {
  const found: number[] = []
  if (rule.looksAt.has('offered'))
    for (const { path, name, also } of tools.offered) {
      const type = rule.judgeName(name, also)
      if (type) found.push(addTool(findings, { path, name, text: '' }, type, direction))
    }
  if (rule.looksAt.has('called'))
    for (const call of tools.calls) {
      const inName = rule.judgeName(call.name, call.also)
      const inArguments = rule.concerns(call.name) ? yield* rule.judgeArguments(call.text) : undefined
      for (const type of [inName, inArguments]) if (type) found.push(addTool(findings, call, type, direction))
    }
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
