import { openaiResponses } from '../formats/openai-responses/format.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { sseText } from '../sse.ts'
import { type MockEndpoint, type MockFrame, promptTokens } from './mock-endpoint.ts'
import { type MockResponse, piecesOf } from './mock-response.ts'
import { contentText } from './openai-chat-endpoint.ts'

export const openaiResponsesEndpoint: MockEndpoint = {
  format: openaiResponses,
  prompt(body) {
    const items = [...objectsOf(body.input)].map(([, item]) => item)
    const lastUser = items.findLastIndex(({ role }) => role === 'user')
    return {
      model: stringOf(body.model) ?? 'mock',
      inputTokens: promptTokens(openaiResponses, body),
      text: stringOf(body.input) ?? contentText(items[lastUser]?.content),
      toolResults: items
        .slice(lastUser + 1)
        .filter(({ type }) => type === 'function_call_output')
        .map(({ output }) => contentText(output)),
    }
  },
  plain: (reply, body) => finished(reply, body),
  *frames(reply, body) {
    let sequence = 0
    const event = (type: string, data: JsonObject, chunk = false): MockFrame => ({
      text: sseText({ type, sequence_number: sequence++, ...data }, type),
      chunk,
    })
    const begun = { ...head(reply, body), status: 'in_progress', output: [], usage: null }
    yield event('response.created', { response: begun })
    yield event('response.in_progress', { response: begun })
    for (const [output_index, item] of outputItems(reply).entries()) {
      const place = { item_id: item.id, output_index }
      const inPart = { ...place, content_index: 0 }
      const pieces = (text: unknown) => piecesOf(stringOf(text) ?? '', reply.directives.chunks)
      if (item.type === 'message') {
        const empty = outputText('')
        const part = outputText(reply.text)
        const added = { ...item, status: 'in_progress', content: [] }
        yield event('response.output_item.added', { output_index, item: added })
        yield event('response.content_part.added', { ...inPart, part: empty })
        for (const delta of pieces(reply.text)) {
          yield event('response.output_text.delta', { ...inPart, delta, logprobs: [] }, true)
        }
        yield event('response.output_text.done', { ...inPart, text: reply.text, logprobs: [] })
        yield event('response.content_part.done', { ...inPart, part })
      } else {
        const added = { ...item, status: 'in_progress', arguments: '' }
        yield event('response.output_item.added', { output_index, item: added })
        for (const delta of pieces(item.arguments)) {
          yield event('response.function_call_arguments.delta', { ...place, delta }, true)
        }
        yield event('response.function_call_arguments.done', { ...place, arguments: item.arguments })
      }
      yield event('response.output_item.done', { output_index, item })
    }
    const response = finished(reply, body)
    const type = response.status === 'completed' ? 'response.completed' : 'response.incomplete'
    yield event(type, { response })
  },
}

function finished(reply: MockResponse, body: JsonObject): JsonObject {
  const cut = reply.finish === 'length' || reply.finish === 'max_output_tokens'
  return {
    ...head(reply, body),
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: outputItems(reply),
    usage: {
      input_tokens: reply.inputTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: reply.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: reply.inputTokens + reply.outputTokens,
    },
  }
}

/** The response repeats the request's settings, or reports their defaults. */
function head(reply: MockResponse, body: JsonObject): JsonObject {
  return {
    id: `resp_${reply.seed}`,
    object: 'response',
    created_at: reply.createdSeconds,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: reply.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: isObject(body.text) ? body.text : { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
  }
}

function outputItems(reply: MockResponse): JsonObject[] {
  const items: JsonObject[] = reply.tools.map(({ id, name, args }) => ({
    id: `fc_${id}`,
    type: 'function_call',
    status: 'completed',
    arguments: args,
    call_id: `call_${id}`,
    name,
  }))
  if (reply.text === '' && items.length > 0) return items
  const content = [outputText(reply.text)]
  const id = `msg_${reply.seed}`
  return [{ id, type: 'message', status: 'completed', role: 'assistant', content }, ...items]
}

function outputText(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}
