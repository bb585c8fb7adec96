/** Another one in each request: what was scanned before is not scanned again. */
const ownWord = 'qqqqqq'

const paragraph =
  `Thanks for the quick reply about ${ownWord}! ` +
  'I looked at the report that you sent on Tuesday, and most of it is clear to me. ' +
  'What I do not understand is why the second quarter looks so different from the first, although nothing changed ' +
  'in how we count. Could you compare both, name the three largest causes, and say how sure you are of each? '

/** A chat request of exactly `bytes` bytes; `ending` closes the last message. */
export function chatRequest({
  bytes,
  stream = false,
  tokens = false,
  ending = '',
}: {
  bytes: number
  stream?: boolean
  /** As an agent asks: it brings a tool, and the response comes token by token. */
  tokens?: boolean
  ending?: string
}): string {
  const withText = (text: string) =>
    JSON.stringify({
      model: 'gpt-4o-mini',
      temperature: 0.2,
      ...((stream || tokens) && { stream: true }),
      ...(tokens && { seed: tokenSeed, tools: [tool] }),
      messages: [
        { role: 'system', content: 'You are a helpful assistant of the accounting department.' },
        { role: 'user', content: text },
      ],
    })
  const room = bytes - withText(ending).length
  if (room < 0) throw new Error(`A request of ${bytes} bytes is too small: ${bytes - room} is the least`)
  return withText(paragraph.repeat(Math.ceil(room / paragraph.length)).slice(0, room) + ending)
}

/** Bodies of the same size that each have texts of their own: of request number `n` every paragraph has another word. */
export function bodiesOf(request: string): (n: number) => Buffer {
  const template = Buffer.from(request)
  const places: number[] = []
  for (let at = template.indexOf(ownWord); at >= 0; at = template.indexOf(ownWord, at + 1)) places.push(at)
  return (n) => {
    const body = Buffer.from(template)
    const word = wordOf(n)
    for (const place of places) body.write(word, place, 'latin1')
    return body
  }
}

const letters = 'abdefgilmnoprstu'

/** As long as `ownWord`, another for each of sixteen million numbers. */
function wordOf(n: number): string {
  return Array.from({ length: ownWord.length }, (_, digit) => letters[(n >>> (4 * digit)) & 15]).join('')
}

/** By this the fake provider knows that a response is to come token by token. */
export const tokenSeed = 6420
const tool = {
  type: 'function',
  function: {
    name: 'get_report',
    description: 'Reads a report of the accounting department.',
    parameters: { type: 'object', properties: { quarter: { type: 'string' } } },
  },
}

/** What the fake provider responds with: the size of a usual short response, some 610 bytes. */
export const reply = JSON.stringify({
  id: 'chatcmpl-BnkPp0gXhWvW2tVw6cYyVnJt8sQ1r',
  object: 'chat.completion',
  created: 1_763_900_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content:
          'The second quarter differs for three reasons: two large orders moved into it, returns fell, and one region was counted for the first time. I am sure of the first, fairly sure of the others.',
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 412, completion_tokens: 42, total_tokens: 454 },
  system_fingerprint: 'fp_0a1b2c3d4e',
})

/** The same as an event stream: frames that the fake provider sends one by one. */
export const responseFrames: string[] = [
  ...Array.from({ length: 20 }, (_, index) => chunk({ content: `piece ${index} ` }, null)),
  chunk({}, 'stop'),
  'data: [DONE]\n\n',
]

const said =
  'The second quarter differs for three reasons: two large orders moved into it, returns fell, and one region was counted for the ' +
  'first time. I am sure of the first, fairly sure of the others. '

/** A response of 64 tokens. */
export const tokenFrames: string[] = [
  ...(said.repeat(2).match(/\s?\S+/g) ?? []).slice(0, 64).map((content) => chunk({ content }, null)),
  chunk({}, 'stop'),
  'data: [DONE]\n\n',
]

function chunk(delta: object, finishReason: string | null): string {
  const json = {
    id: 'chatcmpl-BnkPp0gXhWvW2tVw6cYyVnJt8sQ1r',
    object: 'chat.completion.chunk',
    created: 1_763_900_000,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  }
  return `data: ${JSON.stringify(json)}\n\n`
}
