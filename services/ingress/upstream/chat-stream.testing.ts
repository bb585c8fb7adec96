import { sseText } from '@airs-cp/providers'

/** A frame of OpenAI's chat that says something. */
export const frameOf = (content: string) => sseText({ choices: [{ index: 0, delta: { content } }] })

/** The JSON of the frames of a stream; what has none, such as the mark of its end, is left out. */
export const framesIn = (stream: string) =>
  stream
    .split('\n\n')
    .filter((block) => block.startsWith('data: {'))
    .map((block) => JSON.parse(block.slice('data: '.length)))

/** What a stream of such frames says. */
export const textIn = (stream: string): string =>
  framesIn(stream)
    .map(({ choices }) => choices[0].delta.content)
    .join('')
