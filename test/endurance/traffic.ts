import { randomUUID } from 'node:crypto'

export type Sent = { exchanges: number; failed: string[]; latenciesMs: number[] }

/** Turns of a conversation before a new one begins: the last requests carry some 60 KB of history. */
const longestConversation = 40
const paragraph =
  'Thanks for the quick reply! I looked at the report that you sent on Tuesday, and most of it is clear to me. ' +
  'Could you compare both quarters, name the three largest causes, and say how sure you are of each? '

type Message = { role: string; content: string | null }
type Kind = 'plain' | 'stream' | 'tool' | 'conversation'

/** Of ten exchanges. */
const mix: readonly Kind[] = [
  'plain',
  'stream',
  'plain',
  'tool',
  'conversation',
  'plain',
  'stream',
  'plain',
  'conversation',
  'plain',
]

/** One client after the other sends the next exchange as soon as its last has ended, until `exchanges` are sent or `endMs` has come. */
export async function sendTraffic(
  url: string,
  { exchanges, clients, endMs }: { exchanges: number; clients: number; endMs: number },
): Promise<Sent> {
  const sent: Sent = { exchanges: 0, failed: [], latenciesMs: [] }
  let begun = 0
  async function client(): Promise<void> {
    let history: Message[] = []
    let session = randomUUID()
    while (begun < exchanges && performance.now() < endMs) {
      const at = begun++
      const kind = mix[at % mix.length]!
      if (history.length >= 2 * longestConversation) {
        history = []
        session = randomUUID()
      }
      const own = {
        role: 'user',
        content: `${directives(kind)}${paragraph.repeat(1 + (at % 6))} Number ${at}.`,
      }
      const messages = kind === 'conversation' ? [...history, own] : [own]
      const beganMs = performance.now()
      try {
        const text = await send(url, messages, kind, kind === 'conversation' ? session : undefined)
        sent.latenciesMs.push(performance.now() - beganMs)
        sent.exchanges++
        if (kind === 'conversation') history = [...messages, { role: 'assistant', content: text }]
      } catch (error) {
        sent.failed.push(`${kind} ${at}: ${error}`)
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return sent
}

function directives(kind: Kind): string {
  if (kind === 'stream') return 'mock:chunks=40 size=2000 '
  if (kind === 'tool') return 'mock:tool=get_report args={"quarter":"2"} '
  return 'mock:size=700 '
}

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_report',
      parameters: { type: 'object', properties: { quarter: { type: 'string' } } },
    },
  },
]

/** @returns the text of the response. @throws when it is none. */
async function send(
  url: string,
  messages: Message[],
  kind: Kind,
  session: string | undefined,
): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(session && { 'x-airs-session': session }) },
    body: JSON.stringify({
      model: 'mock',
      messages,
      ...(kind === 'stream' && { stream: true }),
      ...(kind === 'tool' && { tools }),
    }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text.slice(0, 200)}`)
  if (kind === 'stream') {
    if (!text.trimEnd().endsWith('[DONE]')) throw new Error('the stream did not end')
    return text
  }
  const { choices } = JSON.parse(text) as {
    choices: { message: { content: string | null; tool_calls?: unknown[] } }[]
  }
  const { content, tool_calls } = choices[0]!.message
  if (kind === 'tool' && !tool_calls) throw new Error('no tool was called')
  return content ?? ''
}
