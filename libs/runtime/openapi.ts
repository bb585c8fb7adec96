import { z } from 'zod'
import type { Role } from './auth.ts'

export type Operation = {
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  role: Role
  summary: string
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  bodyTypes?: string[]
  answer?: z.ZodType
  status?: number
}

/** OpenAPI 3.1 document of a control API, made from the schemas that validate its requests. */
export function openApi(title: string, operations: Operation[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][operation.method] = describe(operation)
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  }
}

function describe({ summary, role, params, query, body, bodyTypes, answer, status }: Operation): unknown {
  return {
    summary,
    description: `Needs a token with role ${role}.`,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          (bodyTypes ?? ['application/json']).map((type) => [type, { schema: jsonSchema(body) }]),
        ),
      },
    }),
    responses: {
      [status ?? 200]: {
        description: 'Done',
        ...(answer && { content: { 'application/json': { schema: jsonSchema(answer) } } }),
      },
      default: { description: 'An error: {"error":{"code","message"}}' },
    },
  }
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): unknown[] {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, unknown>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}

function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
