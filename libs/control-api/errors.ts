import { z } from 'zod'

/** Every error of a control API. `code` is for programs and stays; `message` is for people. */
export const apiErrorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('For programs, such as `not_found`'),
      message: z.string().describe('For people: what is wrong, and what to do'),
      details: z.unknown().optional().describe('Of `invalid_request`: each problem with its place'),
    }),
  })
  .meta({ id: 'Error' })
