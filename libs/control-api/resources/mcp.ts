import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { reason, sha256, time } from '../fields.ts'
import { activationSchema } from './policies.ts'

const params = z.object({ server: z.string().min(1).max(63) })

const serverSchema = z
  .object({
    name: z
      .string()
      .describe('As in `/mcp/NAME` of the ingress. Its calls are exchanges of provider `mcp:NAME`'),
    urls: z
      .array(z.string())
      .describe('Where ingresses that run send its calls; empty: none has it in its configuration'),
    tools: z.int().describe('How many are known'),
    changed: z.int().describe('How many of them wait for approval'),
    refused: z.int(),
  })
  .meta({ id: 'McpServer' })

const toolSchema = z
  .object({
    server: z.string(),
    tool: z.string(),
    state: z
      .enum(['pinned', 'changed', 'refused'])
      .describe(
        '`pinned`: defined as expected; `changed`: otherwise, and waiting for approval; `refused`: a person has refused this definition',
      ),
    expected: z.string().nullable().describe('SHA-256 of the definition; null: it was never pinned'),
    found: z.string().describe('The same of the definition that was seen last'),
    pinnedBy: z.enum(['first-use', 'approval', 'configuration']),
    expectedExchange: z
      .string()
      .nullable()
      .describe('The exchange that brought the expected definition, where that is known'),
    foundExchange: z.string(),
    foundAt: time,
    decidedBy: z.string().nullable().describe('Who has approved or refused last'),
    decidedAt: time.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'McpTool' })

const decision = {
  role: 'operator',
  params,
  body: z.strictObject({
    tool: z.string().min(1).max(1_000),
    sha256: sha256.describe('The definition that is decided on, as `found` or `expected` has it'),
    reason: reason.default(''),
  }),
  response: toolSchema.extend({ ingresses: activationSchema }),
} as const

export const mcp = endpoints({
  'GET /v1/mcp/servers': {
    role: 'viewer',
    summary: 'Servers of the Model Context Protocol behind the gateway',
    response: z.object({ servers: z.array(serverSchema) }),
  },
  'GET /v1/mcp/servers/:server/tools': {
    role: 'viewer',
    summary: 'Tools of a server: how each is expected to be defined, and how it is',
    params,
    response: z.object({ tools: z.array(toolSchema) }),
    errors: { 404: ['not_found'] },
  },
  'POST /v1/mcp/servers/:server/approvals': {
    ...decision,
    summary: 'Expect a tool to be defined so from now on. Responds when every ingress does',
    errors: { 404: ['not_found'], 409: ['definition_changed', 'pinned_by_configuration'] },
  },
  'POST /v1/mcp/servers/:server/refusals': {
    ...decision,
    summary:
      'Refuse a definition of a tool: defined so it is neither listed nor called. Responds when every ingress refuses it',
    errors: { 404: ['not_found'], 409: ['definition_changed'] },
  },
})
