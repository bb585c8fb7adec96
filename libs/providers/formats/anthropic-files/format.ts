import { anthropicErrorBody, anthropicErrorFrames } from '../anthropic-messages/error.ts'
import { placeFormat } from '../place-format.ts'

/** Anthropic's files, at the paths of OpenAI's: the client's headers say whose are meant. */
export const anthropicFiles = placeFormat({
  id: 'anthropic.files',
  api: 'anthropic',
  routes: [],
  request: [],
  response: [
    ['/filename', 'unknown', 'text'],
    ['/data/*/filename', 'unknown', 'text'],
  ],
  overrides: { errorBody: anthropicErrorBody, errorFrames: anthropicErrorFrames },
})
