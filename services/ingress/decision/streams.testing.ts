import { type FormatId, type JsonObject, sseText } from '@airs-cp/providers'

/** One string of a response, in the pieces in which the model reports it. */
export type ToldString = { kind: string; pieces: string[] }

/** A frame of a stream as a provider sends it. */
export type SentFrame = {
  raw: string
  /** The string that it brings a piece of, by its place in the response, and the piece. */
  piece?: { of: number; text: string }
  /** The string that it completes. */
  completes?: number
}

/** How a client reads a stream. */
export type ReadStream = {
  /** By the place in the response: what the pieces make, joined, then every repetition of the whole. */
  strings: string[][]
  /** How the response ended, as the format reports it. */
  ending: unknown
  /** Why it was blocked. */
  reason: unknown
  events: JsonObject[]
}

/** A format as a provider speaks it and as a client hears it, without any code of ours. */
export type Dialect = {
  id: FormatId
  /** Kinds that are signed, so that they may be judged and not changed. */
  signedKinds?: string[]
  /** Its stream is a JSON list. */
  list?: true
  /** What has said how it ended may go on all the same. */
  goesOn?: true
  /** Every frame with text says how the response ended, as those of some servers do. */
  repeats?: true
  kinds: string[]
  blockedEnding: unknown
  /** @param turns which of the strings that are not complete yet goes on, where the format can send several at once. */
  send(strings: ToldString[], turns: number[]): Iterable<SentFrame>
  read(stream: string): ReadStream
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire, read by the test that asserts on it.
type Event = any

function eventsOf(stream: string): Event[] {
  return stream
    .split(/\n\n/)
    .flatMap((block) => block.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data))
}

/** The pieces of several strings, taken in turns. */
function* inTurns(
  strings: ToldString[],
  turns: number[],
): Generator<{ of: number; text: string; isLast: boolean }> {
  const left = strings.map(({ pieces }, of) => ({ of, pieces: [...pieces] }))
  for (let turn = 0; left.some(({ pieces }) => pieces.length > 0); turn++) {
    const open = left.filter(({ pieces }) => pieces.length > 0)
    const { of, pieces } = open[turns[turn % turns.length]! % open.length]!
    yield { of, text: pieces.shift()!, isLast: pieces.length === 0 }
  }
}

const spelled = (text: string) => ({ content: [{ token: text, logprob: -1, bytes: null, top_logprobs: [] }] })

function chat({ repeats }: Pick<Dialect, 'repeats'> = {}): Dialect {
  const unfinished = repeats ? 'stop' : null
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const frame = (index: number, delta: JsonObject, finish_reason = unfinished, logprobs = {}) =>
    sseText({ ...head, choices: [{ index, delta, finish_reason, ...logprobs }] })
  const call = (kind: string, text: string, reported: JsonObject) =>
    kind === 'custom'
      ? { index: 0, ...reported, custom: { ...(reported.id ? { name: 'note' } : {}), input: text } }
      : { index: 0, ...reported, function: { ...(reported.id ? { name: 'note' } : {}), arguments: text } }
  const isCall = (kind: string) => kind === 'arguments' || kind === 'custom'
  const delta = (kind: string, text: string) => {
    if (isCall(kind)) return { tool_calls: [call(kind, text, {})] }
    if (kind === 'transcript') return { audio: { transcript: text } }
    if (kind === 'reasoning_details')
      return { reasoning_details: [{ index: 0, type: 'reasoning.text', text }] }
    return kind === 'parts' ? { content: [{ type: 'text', text }] } : { [kind]: text }
  }
  const textIn = (reported: Event): string => {
    if (reported.content && Array.isArray(reported.content))
      return reported.content.map((it: Event) => it.text).join('')
    if (reported.tool_calls)
      return reported.tool_calls
        .map((it: Event) => (it.function?.arguments ?? it.custom?.input ?? '') as string)
        .join('')
    if (reported.reasoning_details) return reported.reasoning_details.map((it: Event) => it.text).join('')
    const plain =
      reported.content ?? reported.refusal ?? reported.reasoning_content ?? reported.audio?.transcript
    return typeof plain === 'string' ? plain : ''
  }
  return {
    id: 'openai.chat',
    kinds: [
      ...['content', 'refusal', 'reasoning_content', 'arguments', 'custom', 'transcript'],
      ...['reasoning_details', 'parts'],
    ],
    signedKinds: ['reasoning_details'],
    goesOn: true,
    ...(repeats && { repeats }),
    blockedEnding: 'content_filter',
    *send(strings: ToldString[], turns: number[]) {
      for (const [index, { kind }] of strings.entries())
        yield {
          raw: frame(index, {
            role: 'assistant',
            ...(isCall(kind) ? { tool_calls: [call(kind, '', { id: `call_${index}` })] } : {}),
          }),
        }
      for (const { of, text, isLast } of inTurns(strings, turns)) {
        const { kind } = strings[of]!
        const logprobs = kind === 'content' ? { logprobs: spelled(text) } : {}
        yield { raw: frame(of, delta(kind, text), unfinished, logprobs), piece: { of, text } }
        if (isLast) yield { raw: frame(of, {}, 'stop'), ...(!repeats && { completes: of }) }
      }
      yield { raw: ': ping\n\n' }
      yield { raw: sseText({ ...head, choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }) }
      yield { raw: 'data: [DONE]\n\n' }
    },
    read(stream: string) {
      const events = eventsOf(stream)
      const strings: string[][] = []
      let ending: unknown
      let reason: unknown
      for (const event of events)
        for (const choice of event.choices) {
          const index = choice.index as number
          strings[index] ??= ['']
          if (choice.finish_reason === 'content_filter') reason = choice.delta.refusal
          else strings[index][0] += textIn(choice.delta)
          ending = choice.finish_reason ?? ending
        }
      return { strings, ending, reason, events }
    },
  }
}

function completions({ repeats }: Pick<Dialect, 'repeats'> = {}): Dialect {
  const head = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm' }
  const frame = (index: number, text: string, finish_reason: string | null = null) =>
    sseText({ ...head, choices: [{ index, text, logprobs: { tokens: [text] }, finish_reason }] })
  return {
    id: 'openai.completions',
    kinds: ['text'],
    goesOn: true,
    ...(repeats && { repeats }),
    blockedEnding: 'content_filter',
    *send(strings: ToldString[], turns: number[]) {
      for (const { of, text, isLast } of inTurns(strings, turns)) {
        const raw = frame(of, text, isLast || repeats ? 'stop' : null)
        yield { raw, piece: { of, text }, ...(isLast && !repeats && { completes: of }) }
      }
      yield { raw: 'data: [DONE]\n\n' }
    },
    read(stream: string) {
      const events = eventsOf(stream)
      const strings: string[][] = []
      let ending: unknown
      let reason: unknown
      for (const event of events)
        for (const { index, text, finish_reason } of event.choices) {
          strings[index as number] ??= ['']
          strings[index as number]![0] += text
          ending = finish_reason ?? ending
          if (finish_reason === 'content_filter') reason = event.airs.message
        }
      return { strings, ending, reason, events }
    },
  }
}

function messages({ repeats }: Pick<Dialect, 'repeats'> = {}): Dialect {
  const frame = (event: JsonObject) => sseText(event, String(event.type))
  const blocks: Record<string, { block: JsonObject; delta: string; field: string }> = {
    text: { block: { type: 'text', text: '' }, delta: 'text_delta', field: 'text' },
    thinking: { block: { type: 'thinking', thinking: '' }, delta: 'thinking_delta', field: 'thinking' },
    arguments: {
      block: { type: 'tool_use', id: 't', name: 'note', input: {} },
      delta: 'input_json_delta',
      field: 'partial_json',
    },
    compaction: { block: { type: 'compaction' }, delta: 'compaction_delta', field: 'content' },
  }
  return {
    id: 'anthropic.messages',
    kinds: Object.keys(blocks),
    signedKinds: ['thinking'],
    ...(repeats && { repeats }),
    blockedEnding: 'refusal',
    *send(strings: ToldString[]) {
      const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} }
      yield { raw: frame({ type: 'message_start', message }) }
      yield { raw: frame({ type: 'ping' }) }
      for (const [index, { kind, pieces }] of strings.entries()) {
        const { block, delta, field } = blocks[kind]!
        yield { raw: frame({ type: 'content_block_start', index, content_block: block }) }
        for (const text of pieces) {
          yield {
            raw: frame({ type: 'content_block_delta', index, delta: { type: delta, [field]: text } }),
            piece: { of: index, text },
          }
          if (repeats)
            yield { raw: frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} }) }
        }
        yield { raw: frame({ type: 'content_block_stop', index }), completes: index }
      }
      yield { raw: frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} }) }
      yield { raw: frame({ type: 'message_stop' }) }
    },
    read(stream: string) {
      const events = eventsOf(stream)
      const strings: string[][] = []
      const open = new Set<unknown>()
      let ending: unknown
      let reason: unknown
      for (const event of events) {
        const index = event.index as number
        if (event.type === 'content_block_start') {
          open.add(index)
          strings[index] = ['']
        } else if (event.type === 'content_block_stop') open.delete(index)
        else if (event.type === 'content_block_delta') {
          const { type, ...fields } = event.delta
          if (!open.has(index)) throw new Error(`a ${String(type)} for block ${index}, which is not open`)
          strings[index]![0] += Object.values(fields).join('')
        } else if (event.type === 'message_delta') {
          const { stop_reason, stop_details } = event.delta
          ending = stop_reason
          reason = stop_details?.explanation
        }
      }
      if (open.size > 0) ending = `open blocks: ${[...open].join()}`
      return { strings, ending, reason, events }
    },
  }
}

function responses(): Dialect {
  const kinds: Record<
    string,
    { item: JsonObject; part?: [list: string, index: string, type: string]; field: string; event: string }
  > = {
    text: {
      item: { type: 'message', role: 'assistant' },
      part: ['content', 'content_index', 'output_text'],
      field: 'text',
      event: 'response.output_text',
    },
    refusal: {
      item: { type: 'message', role: 'assistant' },
      part: ['content', 'content_index', 'refusal'],
      field: 'refusal',
      event: 'response.refusal',
    },
    summary: {
      item: { type: 'reasoning' },
      part: ['summary', 'summary_index', 'summary_text'],
      field: 'text',
      event: 'response.reasoning_summary_text',
    },
    arguments: {
      item: { type: 'function_call', name: 'note', call_id: 'c' },
      field: 'arguments',
      event: 'response.function_call_arguments',
    },
    custom: {
      item: { type: 'custom_tool_call', name: 'note', call_id: 'c' },
      field: 'input',
      event: 'response.custom_tool_call_input',
    },
  }
  const partOf = (kind: string, text: string): JsonObject => {
    const { part, field } = kinds[kind]!
    const reported = { type: part![2], [field]: text }
    return kind === 'text' ? { ...reported, annotations: [], logprobs: [] } : reported
  }
  const itemOf = (kind: string, index: number, text: string, status: string): JsonObject => {
    const { item, part, field } = kinds[kind]!
    const reported = { id: `it_${index}`, status, ...item }
    if (!part) return { ...reported, [field]: text }
    return { ...reported, [part[0]]: status === 'completed' ? [partOf(kind, text)] : [] }
  }
  const textOf = (item: Event): string => {
    const { text, refusal } = (item.content ?? item.summary)?.[0] ?? {}
    return String(text ?? refusal ?? item.arguments ?? item.input)
  }
  return {
    id: 'openai.responses',
    kinds: Object.keys(kinds),
    blockedEnding: 'content_filter',
    *send(strings: ToldString[], turns: number[]) {
      let sequence_number = 0
      const frame = (type: string, event: JsonObject) =>
        sseText({ type, sequence_number: sequence_number++, ...event }, type)
      const response = { id: 'r', object: 'response', model: 'm', status: 'in_progress', output: [] }
      yield { raw: frame('response.created', { response }) }
      for (const [index, { kind }] of strings.entries()) {
        const { part } = kinds[kind]!
        const place = { item_id: `it_${index}`, output_index: index }
        const item = itemOf(kind, index, '', 'in_progress')
        yield { raw: frame('response.output_item.added', { output_index: index, item }) }
        const type =
          kind === 'summary' ? 'response.reasoning_summary_part.added' : 'response.content_part.added'
        if (part) yield { raw: frame(type, { ...place, [part[1]]: 0, part: partOf(kind, '') }) }
      }
      for (const { of, text, isLast } of inTurns(strings, turns)) {
        const { kind, pieces } = strings[of]!
        const { event, field, part } = kinds[kind]!
        const place = { item_id: `it_${of}`, output_index: of, ...(part ? { [part[1]]: 0 } : {}) }
        yield { raw: frame(`${event}.delta`, { ...place, delta: text, logprobs: [] }), piece: { of, text } }
        if (!isLast) continue
        const whole = pieces.join('')
        yield { raw: frame(`${event}.done`, { ...place, [field]: whole }), completes: of }
        const type =
          kind === 'summary' ? 'response.reasoning_summary_part.done' : 'response.content_part.done'
        if (part) yield { raw: frame(type, { ...place, part: partOf(kind, whole) }) }
        const item = itemOf(kind, of, whole, 'completed')
        yield { raw: frame('response.output_item.done', { output_index: of, item }) }
      }
      const output = strings.map(({ kind, pieces }, index) =>
        itemOf(kind, index, pieces.join(''), 'completed'),
      )
      yield { raw: frame('response.completed', { response: { ...response, status: 'completed', output } }) }
    },
    read(stream: string) {
      const events = eventsOf(stream)
      const strings: string[][] = []
      let ending: unknown
      let reason: unknown
      for (const event of events) {
        const at = strings[event.output_index as number]
        const type = String(event.type)
        if (type === 'response.output_item.added') strings[event.output_index as number] = ['']
        else if (type.endsWith('.delta')) at![0] += String(event.delta)
        else if (type === 'response.output_item.done') at!.push(textOf(event.item))
        else if (type.endsWith('_part.done')) at!.push(textOf({ content: [event.part] } as never))
        else if (type.endsWith('.done'))
          at!.push(String(event.text ?? event.refusal ?? event.arguments ?? event.input))
        else if (type === 'response.completed' || type === 'response.incomplete') {
          const { output, incomplete_details, status } = event.response
          for (const [index, item] of output.entries()) strings[index]!.push(textOf(item))
          ending = incomplete_details?.reason ?? status
          reason = event.airs?.message
        }
      }
      return { strings, ending, reason, events }
    },
  }
}

function gemini({ repeats }: Pick<Dialect, 'repeats'> = {}): Dialect {
  const frame = (index: number, parts: JsonObject[], rest: JsonObject = {}) =>
    sseText({
      ...{ candidates: [{ content: { role: 'model', parts }, index, ...rest }], modelVersion: 'm' },
      ...(repeats && { usageMetadata: { promptTokenCount: 1 } }),
    })
  return {
    id: 'gemini.generate-content',
    kinds: ['text', 'thought'],
    goesOn: true,
    ...(repeats && { repeats }),
    blockedEnding: 'PROHIBITED_CONTENT',
    *send(strings: ToldString[], turns: number[]) {
      for (const { of, text, isLast } of inTurns(strings, turns)) {
        const parts = [strings[of]!.kind === 'thought' ? { text, thought: true } : { text }]
        const logprobsResult = { chosenCandidates: [{ token: text, logProbability: -1 }] }
        const finish = isLast || repeats ? { finishReason: 'STOP' } : {}
        const raw = frame(of, parts, { logprobsResult, ...finish })
        yield { raw, piece: { of, text }, ...(isLast && !repeats && { completes: of }) }
      }
    },
    read(stream: string) {
      const events = eventsOf(stream)
      const strings: string[][] = []
      let ending: unknown
      let reason: unknown
      for (const event of events)
        for (const { content, index, finishReason, finishMessage } of event.candidates) {
          strings[index as number] ??= ['']
          for (const { text } of content.parts) strings[index as number]![0] += text
          ending = finishReason ?? ending
          reason = finishMessage ?? reason
        }
      return { strings, ending, reason, events }
    },
  }
}

/** Gemini's stream as a list of JSON, laid out as Google does. */
function geminiList(finishing: Pick<Dialect, 'repeats'> = {}): Dialect {
  const { send, read, ...events } = gemini(finishing)
  return {
    ...events,
    list: true,
    *send(strings: ToldString[], turns: number[]) {
      let before = '['
      for (const { raw, ...frame } of send(strings, turns)) {
        yield { raw: before + JSON.stringify(JSON.parse(raw.slice('data: '.length)), null, 2), ...frame }
        before = ',\r\n'
      }
      yield { raw: '\n]' }
    },
    read: (list) => read((JSON.parse(list) as JsonObject[]).map((one) => sseText(one)).join('')),
  }
}

export const dialects: Dialect[] = [
  gemini(),
  geminiList(),
  chat(),
  completions(),
  messages(),
  responses(),
  { ...responses(), id: 'openai.stored-responses' },
  ...[gemini, geminiList, chat, completions, messages].map((of) => of({ repeats: true })),
]
