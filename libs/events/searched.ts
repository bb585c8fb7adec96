import { z } from 'zod'
import { actionSchema, actions } from './decision.ts'
import { exchangeStates } from './exchange-state.ts'

const verdictActions = actions.filter((action) => action !== 'allow')
const verdictParts = ['enforced', 'observed'] as const
const verdictPattern = new RegExp(
  `^(?:(?:${verdictActions.join('|')})(?::(?:${verdictParts.join('|')}))?|${verdictParts.join('|')})$`,
)

/** What both a search of exchanges and an export of them can be narrowed by. */
export const searched = {
  agent: z.string().min(1).max(300),
  policy: z.string().min(1).max(300),
  verdict: z
    .string()
    .regex(
      verdictPattern,
      `is an action of ${verdictActions.join(', ')}, or ${verdictParts.join(' or ')}, or both, such as block:observed`,
    ),
  decision: actionSchema,
  status: z.string().regex(/^[1-5](\d\d|xx)$/, 'is a status such as 403, or a class such as 4xx'),
  state: z.enum(exchangeStates),
  /** Id or name of a client key. */
  key: z.string().min(1).max(300),
  credential: z.string().regex(/^[0-9a-f]{8,32}$/, 'is a fingerprint, or its first 8 characters or more'),
  text: z.string().min(1).max(500),
}
