import { inputTurns } from '../../conversation/input-turns.ts'
import { placeFormat } from '../place-format.ts'

/** `POST /v1/moderations`: a text, texts, or texts and images. The response has scores only. */
export const openaiModerations = placeFormat({
  id: 'openai.moderations',
  api: 'openai',
  routes: ['POST /v1/moderations'],
  request: [
    ['/input', 'user', 'text'],
    ['/input/*/text', 'user', 'text'],
  ],
  response: [],
  opaque: [{ path: '/input/*/image_url/url', kind: 'image', holds: 'url' }],
  overrides: {
    operationName: 'moderation',
    isRepeatable: true,
    requestTurns: ({ input }) => ({ turns: inputTurns(input) }),
  },
})
