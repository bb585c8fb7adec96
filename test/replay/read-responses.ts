import OpenAI from 'openai'
import type { Ask, Said } from './said.ts'

/** What the official client library makes of a response of OpenAI's Responses API. */
export async function readWithResponses({ baseUrl, headers, body, stream }: Ask): Promise<Said> {
  const client = new OpenAI({
    baseURL: `${baseUrl}/v1`,
    apiKey: 'sk-replay',
    defaultHeaders: headers,
    maxRetries: 0,
    logLevel: 'off',
  })
  const request = body as unknown as OpenAI.Responses.ResponseCreateParamsNonStreaming
  const response = stream
    ? await client.responses
        .stream({ ...request, stream: true } as Parameters<typeof client.responses.stream>[0])
        .finalResponse()
    : await client.responses.create({ ...request, stream: false })
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ name: item.name, args: JSON.parse(item.arguments || '{}') as unknown }]
      : [],
  )
  const reasoning = response.output.flatMap((item) =>
    item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [],
  )
  const refuses = response.output.some(
    (item) => item.type === 'message' && item.content.some(({ type }) => type === 'refusal'),
  )
  return {
    text: response.output_text,
    reasoning: reasoning.join(''),
    calls,
    end: endOf(response.incomplete_details?.reason, refuses, calls.length > 0),
  }
}

function endOf(incomplete: string | undefined, refuses: boolean, hasCalls: boolean): Said['end'] {
  if (incomplete === 'max_output_tokens') return 'length'
  if (incomplete === 'content_filter' || refuses) return 'refusal'
  return hasCalls ? 'calls' : 'stop'
}
