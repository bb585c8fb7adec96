import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'
import { callerSchema } from './caller.ts'

const sessionSchema = z
  .object({
    ...callerSchema.shape,
    csrf: z.string().describe('What a page sends as `X-CSRF-Token` with each change'),
    expiresAt: time,
  })
  .meta({ id: 'ConsoleSession' })

export const login = endpoints({
  'GET /session': {
    role: 'anyone',
    summary: 'The session of the browser that sends its cookie',
    response: z.object({
      session: sessionSchema.nullable().describe('Null: there is none, or it has ended'),
    }),
  },
  'POST /session': {
    role: 'anyone',
    summary: 'Log in to the console with a token, or with the code of a login link, which works once',
    body: z.union([
      z.strictObject({ token: z.string().min(1).max(1_000) }),
      z.strictObject({ code: z.string().min(1).max(200) }),
    ]),
    maxBodyBytes: 4_096,
    status: 201,
    response: sessionSchema,
    responseHeaders: { 'Set-Cookie': 'The session: HttpOnly, SameSite=Strict' },
    errors: {
      400: ['invalid_request'],
      401: ['code_unknown', 'token_unknown', 'token_expired'],
      413: ['body_too_large'],
      415: ['media_type_unsupported'],
      502: ['service_unreachable'],
    },
  },
  'DELETE /session': {
    role: 'anyone',
    summary: 'Log out: the session of the cookie ends',
    status: 204,
    errors: { 403: ['csrf_token_wrong'] },
  },
  'POST /session/links': {
    role: 'anyone',
    summary: 'Make a login link for the token in `Authorization`. It works once, within an hour',
    status: 201,
    response: z.object({ url: z.string(), expiresAt: time }).meta({ id: 'LoginLink' }),
    errors: { 401: ['token_missing', 'token_unknown', 'token_expired'], 502: ['service_unreachable'] },
  },
})
