import type { DemoSession, Play, Step } from './company.ts'

export type Sent = {
  exchange: string | undefined
  session: string
  app: string
  status: number
  decision: string
  /** `left`: the client did; `broken`: the connection was. */
  end: 'whole' | 'left' | 'broken'
}

type Message = Record<string, unknown>

/** How the two APIs write a conversation. */
type Speech = {
  path: string
  credential(key: string): Record<string, string>
  body(session: DemoSession, messages: Message[]): Message
  user(text: string): Message
  assistant(text: string, play: Play, call: string): Message
  toolResult(text: string, call: string): Message
  read(body: string, isStream: boolean): Said
}

/** What a response said, and the id of the call of a tool in it. */
type Said = { text: string; call?: string | undefined }

const frames = (body: string): Message[] =>
  body
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Message)

const chat: Speech = {
  path: '/v1/chat/completions',
  credential: (key) => ({ authorization: `Bearer ${key}` }),
  body: ({ app, model, user }, messages) => ({
    model,
    messages: [{ role: 'system', content: app.system }, ...messages],
    user,
    ...(app.stream && { stream: true, stream_options: { include_usage: true } }),
    ...(app.tools.length > 0 && {
      tools: app.tools.map((name) => ({
        type: 'function',
        function: { name, description: descriptionOf(name), parameters: { type: 'object', properties: {} } },
      })),
    }),
  }),
  user: (content) => ({ role: 'user', content }),
  assistant: (content, { tool }, id) =>
    tool
      ? {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id, type: 'function', function: { name: tool.name, arguments: JSON.stringify(tool.args) } },
          ],
        }
      : { role: 'assistant', content },
  toolResult: (content, id) => ({ role: 'tool', tool_call_id: id, content }),
  read(body, isStream) {
    type Part = { content?: string | null; tool_calls?: { id?: string }[] }
    type Choice = { delta?: Part; message?: Part }
    const partOf = (message: Message, of: keyof Choice) =>
      ((message.choices ?? []) as Choice[])[0]?.[of] ?? {}
    const parts = isStream
      ? frames(body).map((frame) => partOf(frame, 'delta'))
      : [partOf(JSON.parse(body) as Message, 'message')]
    return {
      text: parts.map(({ content }) => content ?? '').join(''),
      call: parts.flatMap(({ tool_calls: calls = [] }) => calls[0]?.id ?? [])[0],
    }
  },
}

const messages: Speech = {
  path: '/v1/messages',
  credential: (key) => ({ 'x-api-key': key }),
  body: ({ app, model, user }, conversation) => ({
    model,
    max_tokens: 1_024,
    system: app.system,
    messages: conversation,
    metadata: { user_id: user },
    ...(app.stream && { stream: true }),
    ...(app.tools.length > 0 && {
      tools: app.tools.map((name) => ({
        name,
        description: descriptionOf(name),
        input_schema: { type: 'object', properties: {} },
      })),
    }),
  }),
  user: (content) => ({ role: 'user', content }),
  assistant: (text, { tool }, id) => ({
    role: 'assistant',
    content: tool ? [{ type: 'tool_use', id, name: tool.name, input: tool.args }] : [{ type: 'text', text }],
  }),
  toolResult: (content, id) => ({
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: id, content }],
  }),
  read(body, isStream) {
    type Block = { type?: string; text?: string; id?: string }
    const blocks = isStream
      ? frames(body).flatMap(
          ({ content_block: block, delta }) => ((block ?? delta) as Block | undefined) ?? [],
        )
      : (((JSON.parse(body) as Message).content ?? []) as Block[])
    return {
      text: blocks.map(({ text = '' }) => text).join(''),
      call: blocks.find(({ type }) => type === 'tool_use')?.id,
    }
  },
}

function descriptionOf(tool: string): string {
  return `${tool[0]!.toUpperCase()}${tool.slice(1).replaceAll('_', ' ')}`
}

/** What the mock is to do, as its header has it. */
function directivesOf({ text, tool, status, cut, latencyMs }: Play): string {
  const parts = [
    `latency=${latencyMs}`,
    ...(text === undefined ? [] : [`text=${JSON.stringify(text)}`]),
    ...(tool ? [`tool=${tool.name} args=${JSON.stringify(tool.args)}`] : []),
    ...(status === undefined ? [] : [`status=${status}`]),
    ...(cut === undefined ? [] : [`cut=${cut}`]),
  ]
  return Buffer.from(parts.join(' ')).toString('hex')
}

/** After so many refusals in a row an app gives up. */
const mostRefusals = 2

/** Sends a session's exchanges, one after the other, each with what was said before. */
export async function sendSession(
  session: DemoSession,
  {
    endpoint,
    key,
    provider,
    signal,
    onSent,
  }: {
    endpoint: string
    key: string | undefined
    provider: string | undefined
    signal: AbortSignal
    onSent: (sent: Sent) => void
  },
): Promise<void> {
  const { app } = session
  const speech = app.api === 'chat' ? chat : messages
  const conversation: Message[] = []
  let refusals = 0
  let lastCall = ''
  for (const [index, step] of session.steps.entries()) {
    if (signal.aborted || refusals >= mostRefusals) return
    const asked =
      step.toolResult === undefined ? speech.user(step.user!) : speech.toolResult(step.toolResult, lastCall)
    const { sent, said } = await send(session, step, speech, [...conversation, asked], {
      url: `${endpoint}${speech.path}`,
      headers: {
        'content-type': 'application/json',
        'x-session-id': session.id,
        'x-airs-tags': `demo,app:${app.name},team:${app.team}`,
        ...(app.agent && { 'x-airs-agent': app.agent }),
        ...(provider && { 'x-airs-provider': provider }),
        ...(key && speech.credential(key)),
        'x-mock-directives': directivesOf(step.play),
      },
      signal,
    })
    onSent(sent)
    const hasResponded = sent.status === 200 && sent.end === 'whole'
    refusals = sent.status === 403 ? refusals + 1 : 0
    if (hasResponded) {
      lastCall = said.call ?? `call_${session.id.slice(-8)}_${index}`
      conversation.push(asked, speech.assistant(said.text, step.play, lastCall))
    } else if (step.toolResult !== undefined && sent.status !== 403) return
  }
}

async function send(
  session: DemoSession,
  step: Step,
  speech: Speech,
  conversation: Message[],
  { url, headers, signal }: { url: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<{ sent: Sent; said: Said }> {
  const { app } = session
  const leaving = new AbortController()
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(speech.body(session, conversation)),
    signal: AbortSignal.any([signal, leaving.signal]),
  })
  const sent: Sent = {
    exchange: response.headers.get('x-airs-exchange-id') ?? undefined,
    session: session.id,
    app: app.name,
    status: response.status,
    decision: response.headers.get('x-airs-decision') ?? '-',
    end: 'whole',
  }
  if (step.leaves && response.ok) {
    const reader = response.body!.getReader()
    await reader.read().catch(() => undefined)
    leaving.abort()
    return { sent: { ...sent, end: 'left' }, said: { text: '' } }
  }
  try {
    const body = await response.text()
    return { sent, said: response.ok ? speech.read(body, app.stream) : { text: '' } }
  } catch (error) {
    if (signal.aborted) throw error
    return { sent: { ...sent, end: 'broken' }, said: { text: '' } }
  }
}
