import { type Decision, masksIn, type RecordedBody } from '@airs-cp/events'
import {
  assembledResponse,
  findFormat,
  parseObject,
  readRequestTexts,
  readResponseTexts,
  readResponseTurns,
  type TextPart,
  type Turn,
} from '@airs-cp/providers'
import { imagesIn, type StoredImage } from './images.ts'
import {
  type Bodies,
  bodiesOf,
  type Contents,
  type ExchangeEvents,
  recordedBytes,
} from './recorded-bodies.ts'

/** A part of a text that a detector found something in. */
export type Mark = { start: number; end: number; detector: string; type: string; policies: string[] }

/** One text of a side. Offsets of marks are UTF-16 units of `text`. */
export type Message = {
  path: string
  role: TextPart['role']
  kind: TextPart['kind'] | 'image'
  tool?: string
  /** Empty of an image. */
  text: string
  image?: StoredImage
  /** How many characters were left out at its end. */
  left?: number
  marks: Mark[]
}

/** `absent`: there was none, or it was not recorded; `unreadable`: it is in no form that is known here. */
export type ConversationSide = {
  state: 'readable' | 'unreadable' | 'absent'
  messages: Message[]
  /** Present where something else was recorded than what there was. */
  original?: { bytes: number; recorded: 'masked' | 'nothing' }
}

export type Conversation = {
  request: ConversationSide
  response: ConversationSide
  /** What the client got, where it is not what the provider sent. */
  delivered?: ConversationSide
}

const longestText = 200_000

/** What was said in an exchange, each text with what was found in it. */
export function conversationOf(events: ExchangeEvents, contents: Contents): Conversation {
  const bodies = bodiesOf(events)
  const { request } = (events.opening?.data ?? {}) as { request?: { format?: string } }
  const side = (
    body: RecordedBody | undefined,
    read: (bytes: Buffer) => ConversationSide,
  ): ConversationSide => {
    const bytes = body && recordedBytes(body, contents)
    const original = body?.original && { bytes: body.original.bytes, recorded: body.original.recorded }
    if (!bytes || original?.recorded === 'nothing') return { ...absent, ...(original && { original }) }
    return { ...read(bytes), ...(original && { original }) }
  }
  const decisions = decisionsOf(events)
  const asked = findingsOf(decisions.request, bodies.request)
  const marks = findingsOf(decisions.response, bodies.response)
  return {
    request: side(bodies.request, (bytes) => requestSide(request?.format, bytes, asked)),
    response: side(bodies.response, (bytes) => responseSide(bytes, marks)),
    ...(bodies.delivered && {
      delivered: side(bodies.delivered, (bytes) =>
        responseSide(bytes, bodies.delivered!.original && findingsOf(decisions.response, bodies.delivered)),
      ),
    }),
  }
}

const absent: ConversationSide = { state: 'absent', messages: [] }

/** Marks what was found in a text. */
type MarkText = (path: string, text: string) => Mark[]

/** What a second stage found in the request after it was decided on stands in the closing event. */
function decisionsOf({
  opening,
  outcome,
}: ExchangeEvents): Record<'request' | 'response', Decision | undefined> {
  const of = (event: ExchangeEvents['opening']) =>
    (event?.data as { decision?: Decision } | undefined)?.decision
  const [request, response] = [of(opening), of(outcome)]
  if (!request || !response?.findings.some(({ about }) => about)) return { request, response }
  const isLate = (index: number) => response.findings[index]?.about === 'request'
  const late = response.findings.map((finding, index) => (isLate(index) ? finding : undefined))
  const offset = request.findings.length
  const places = new Map<number, number>()
  const added = late.flatMap((finding, index) => {
    if (!finding) return []
    places.set(index, offset + places.size)
    return [finding]
  })
  const verdicts = response.verdicts.map((verdict) => ({
    ...verdict,
    findings: verdict.findings.flatMap((index) => places.get(index) ?? []),
  }))
  return {
    request: {
      ...request,
      findings: [...request.findings, ...added],
      verdicts: [...request.verdicts, ...verdicts.filter(({ findings }) => findings.length > 0)],
    },
    response,
  }
}

/** Where values are masked, findings are where their masks stand: their own places are those of the original. */
function findingsOf(decision: Decision | undefined, body: RecordedBody | undefined): MarkText {
  const marks = marksByPath(decision)
  if (!body?.original) return (path) => marks.get(path) ?? []
  return (_path, text) =>
    masksIn(text).flatMap(({ start, end, type, digest }) => {
      const index =
        decision?.findings.findIndex((one) => one.type === type && one.digest.startsWith(digest)) ?? -1
      if (index < 0) return []
      const { detector } = decision!.findings[index]!
      return { start, end, detector, type, policies: policiesOf(decision!, index) }
    })
}

function policiesOf({ verdicts }: Decision, finding: number): string[] {
  return verdicts.flatMap(({ policy, findings }) => (findings.includes(finding) ? [policy] : []))
}

const unmarked: MarkText = () => []

function requestSide(id: string | undefined, bytes: Buffer, marksOf: MarkText): ConversationSide {
  const written = bytes.toString('utf8')
  const json = parseObject(written)
  const format = findFormat(id)
  if (!json || !format) return plainSide(written, marksOf)
  const messages = marked(readRequestTexts(format, json, written).texts, marksOf)
  return { state: 'readable', messages: withImages(messages, json) }
}

function responseSide(bytes: Buffer, marksOf: MarkText = unmarked): ConversationSide {
  const response = assembledResponse(bytes)
  if (!response) return plainSide(bytes.toString('utf8'), marksOf)
  const { json, format } = response
  const messages = marked(readResponseTexts(format, json).texts, marksOf)
  return { state: 'readable', messages: withImages(messages, json, 'assistant') }
}

/** Each image behind the texts of its message, which both have the same begin of a path. One pass: there may be very many of either. */
function withImages(messages: Message[], json: object, by: Message['role'] = 'user'): Message[] {
  const images = imagesIn(json)
  if (images.length === 0) return messages
  const placeIn = createPlaces(messages)
  /** By the message that they stand before, or by what they belong to where no message says anything of it: those come last. */
  const groups = new Map<number | string, Message[]>()
  for (const { path, image } of images) {
    const { list, number } = elementOf(path)
    const role = (json as Record<string, { role?: unknown }[] | undefined>)[list]?.[number]?.role
    const at = placeIn(list, number) ?? (Number.isNaN(number) ? path : list)
    const there = groups.get(at) ?? []
    groups.set(at, there)
    const known = roles.find((one) => one === role) ?? by
    there.push({ path, role: known, kind: 'image', text: '', image, marks: [] })
  }
  const rest = [...groups].flatMap(([at, group]) => (typeof at === 'string' ? group : []))
  const shown = messages.flatMap((message, at) => [...(groups.get(at) ?? []), message])
  return [...shown, ...(groups.get(messages.length) ?? []), ...rest]
}

/** Where something of an element of a list stands among messages: behind the last of that element and those before it, else before those after it. */
function createPlaces(messages: readonly Message[]): (list: string, number: number) => number | undefined {
  const lists = new Map<string, { first: number; elements: { number: number; at: number; last: number }[] }>()
  for (const [at, { path }] of messages.entries()) {
    const { list, number } = elementOf(path)
    if (Number.isNaN(number)) continue
    const found = lists.get(list) ?? { first: at, elements: [] }
    lists.set(list, found)
    found.elements.push({ number, at, last: at })
  }
  for (const { elements } of lists.values()) {
    elements.sort((a, b) => a.number - b.number)
    let last = -1
    for (const element of elements) {
      last = Math.max(last, element.at)
      element.last = last
    }
  }
  return (list, number) => {
    const found = lists.get(list)
    if (!found || Number.isNaN(number)) return undefined
    const { first, elements } = found
    let low = 0
    for (let high = elements.length; low < high; ) {
      const middle = (low + high) >> 1
      if (elements[middle]!.number <= number) low = middle + 1
      else high = middle
    }
    return low > 0 ? elements[low - 1]!.last + 1 : first
  }
}

/** The list that a path begins with, and the element of it; NaN where it is none. */
function elementOf(path: string): { list: string; number: number } {
  const [, list = '', number] = path.split('/', 3)
  return { list, number: Number(number) }
}

const roles = ['system', 'user', 'assistant', 'tool'] as const

/** What is of no format that is known is shown as the text that it is. */
function plainSide(text: string, marksOf: MarkText): ConversationSide {
  const part: TextPart = { path: '', text, role: 'unknown', kind: 'text' }
  return { state: 'unreadable', messages: marked([part], marksOf) }
}

function marked(texts: readonly TextPart[], marksOf: MarkText): Message[] {
  return texts.flatMap(({ path, role, kind, tool, text }) => {
    const marks = marksOf(path, text)
    if (kind === 'unknown' && marks.length === 0) return []
    return {
      path,
      role,
      kind,
      ...(tool !== undefined && { tool }),
      text: text.slice(0, longestText),
      ...(text.length > longestText && { left: text.length - longestText }),
      marks: marks.filter(({ end }) => end <= Math.min(text.length, longestText)),
    }
  })
}

function marksByPath(decision: Decision | undefined): Map<string, Mark[]> {
  const policies = new Map<number, string[]>()
  for (const verdict of decision?.verdicts ?? [])
    for (const index of verdict.findings)
      policies.set(index, [...(policies.get(index) ?? []), verdict.policy])
  const marks = new Map<string, Mark[]>()
  for (const [index, { path, start, end, detector, type }] of (decision?.findings ?? []).entries()) {
    const mark = { start, end, detector, type, policies: policies.get(index) ?? [] }
    marks.set(path, [...(marks.get(path) ?? []), mark])
  }
  for (const ofPath of marks.values()) ofPath.sort((a, b) => a.start - b.start || b.end - a.end)
  return marks
}

const longestWords = 32_000
/** Of a larger body only the first piece is indexed, as the text that it is: what little JSON can say takes a gigabyte to parse. */
const largestIndexed = 4 * 1024 * 1024

/** The bodies of an exchange, as far as they are searched. */
export function bodiesToIndex(events: ExchangeEvents): Bodies {
  return Object.fromEntries(
    Object.entries(bodiesOf(events)).map(([side, body]) => [
      side,
      body.bytes > largestIndexed && body.parts ? { ...body, parts: body.parts.slice(0, 1) } : body,
    ]),
  )
}

/** What is new in an exchange: what was said since the model spoke last, and its response. Earlier turns were in earlier exchanges. */
export function newTexts(events: ExchangeEvents, bodies: Bodies, contents: Contents): string {
  const asked = bodies.request && recordedBytes(bodies.request, contents)
  const body = bodies.delivered ?? bodies.response
  const bytes = body && recordedBytes(body, contents)
  const { request } = (events.opening?.data ?? {}) as { request?: { format?: string } }
  const texts = [
    asked ? textOf(newTurns(request?.format, asked), asked) : '',
    bytes ? textOf(readResponseTurns(bytes).turns, bytes) : '',
  ]
  return texts.map((text) => text.slice(0, longestWords)).join('\n')
}

function textOf(turns: readonly Turn[], bytes: Buffer): string {
  if (turns.length === 0) return bytes.subarray(0, longestWords).toString('utf8')
  return turns.map(({ name, content }) => (name === undefined ? content : `${name} ${content}`)).join('\n')
}

function newTurns(id: string | undefined, bytes: Buffer): Turn[] {
  const body = parseObject(bytes.toString('utf8'))
  const turns = (body && findFormat(id)?.requestTurns(body).turns) ?? []
  const last = turns.findLastIndex(({ role }) => role === 'assistant')
  return turns.slice(last + 1)
}
