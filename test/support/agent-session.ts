/** How a session grows that a coding agent leads. */
export type AgentSession = {
  turns: number
  /** Of the last request. */
  finalBytes: number
  /** Of the definitions of tools, which stand behind the messages; the system prompt has a third of it. */
  toolBytes?: number
  seed?: number
  /** How many of the last messages of the user have a marker for the provider's cache, which moves along with the session. */
  markers?: number
  /** At these turns a message in the middle of the history is another one. */
  editsAt?: readonly number[]
  /** At these turns a summary replaces the history. */
  compactsAt?: readonly number[]
  /** At these turns the session goes on from a quarter of its messages before. */
  branchesAt?: readonly number[]
  /** Stands in each message of the user. */
  says?: string
  /** What the mock provider is to respond, in the last message. */
  asks?: string
}

type Block = Record<string, unknown>
type Message = { role: string; content: Block[] }

/**
 * The bodies of an agent's requests in Anthropic's format, as they come one after the other: each repeats what was said before. The
 * same for the same options.
 */
export function agentSession({
  turns,
  finalBytes,
  toolBytes = Math.min(16_384, finalBytes / 8),
  seed = 1,
  markers = 2,
  editsAt = [],
  compactsAt = [],
  branchesAt = [],
  says = '',
  asks = 'mock:text=ok',
}: AgentSession): Buffer[] {
  const words = createWords(seed)
  const turnBytes = Math.max(400, (finalBytes - toolBytes * 1.4) / turns - 330)
  const system = [{ type: 'text', text: words(toolBytes / 3), cache_control: { type: 'ephemeral' } }]
  const tools = Array.from({ length: 6 }, (_, at) => ({
    name: `tool_${at}`,
    description: words(toolBytes / 6 - 150),
    input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  }))
  let messages: Message[] = []
  const bodies: Buffer[] = []
  for (let turn = 0; turn < turns; turn++) {
    if (compactsAt.includes(turn))
      messages = [{ role: 'user', content: [{ type: 'text', text: `Summary: ${words(turnBytes)}` }] }]
    if (branchesAt.includes(turn)) messages = messages.slice(0, Math.floor(messages.length / 4) * 2)
    const middle = messages[Math.floor(messages.length / 2)]
    if (editsAt.includes(turn) && middle)
      middle.content = [{ ...middle.content[0], text: `Edited: ${words(turnBytes / 4)}` }]
    messages.push(...turnOf(turn, messages.length > 0, turnBytes, words, says))
    const body = {
      model: 'claude-sonnet-4',
      max_tokens: 8_192,
      system,
      messages: [...marked(messages, markers), { role: 'user', content: [{ type: 'text', text: asks }] }],
      tools,
      stream: false,
    }
    bodies.push(Buffer.from(JSON.stringify(body)))
  }
  return bodies
}

/** A call of a tool with its result, and what the user says of it. */
function turnOf(
  turn: number,
  hasHistory: boolean,
  bytes: number,
  words: (bytes: number) => string,
  says: string,
): Message[] {
  const id = `toolu_${String(turn).padStart(20, '0')}`
  const said = { type: 'text', text: `${says}${words(bytes / 6)}` }
  if (!hasHistory) return [{ role: 'user', content: [said] }]
  return [
    {
      role: 'assistant',
      content: [said, { type: 'tool_use', id, name: 'tool_1', input: { path: words(20) } }],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: id,
          content: `"quoted"\n\tüber ${says} ${words((bytes * 2) / 3)}`,
        },
      ],
    },
  ]
}

function marked(messages: readonly Message[], markers: number): Message[] {
  const ofUser = messages.flatMap(({ role }, at) => (role === 'user' ? [at] : []))
  const last = new Set(ofUser.slice(Math.max(0, ofUser.length - markers)))
  return messages.map((message, at) =>
    last.has(at) && markers > 0
      ? {
          ...message,
          content: message.content.map((block) => ({ ...block, cache_control: { type: 'ephemeral' } })),
        }
      : message,
  )
}

const syllables = 'ka lo mi re su ta ve no pi dra gel hun ster wol qui ban der fol zen ur'.split(' ')

function createWords(seed: number): (bytes: number) => string {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % below
  }
  return (bytes) => {
    let text = ''
    while (text.length < bytes) {
      for (let at = random(3); at >= 0; at--) text += syllables[random(syllables.length)]
      text += random(12) === 0 ? '.\n' : ' '
    }
    return text.slice(0, Math.max(1, Math.floor(bytes)))
  }
}
