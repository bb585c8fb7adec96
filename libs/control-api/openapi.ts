import { z } from 'zod'
import { allEndpoints } from './contract.ts'
import type { Endpoint } from './endpoint.ts'
import { apiErrorSchema } from './errors.ts'
import { roles } from './roles.ts'
import { splitRoute } from './routes.ts'

type Json = Record<string, unknown>

const json = 'application/json'
const meanings: Record<number, string> = {
  200: 'Done',
  201: 'Made',
  202: 'Begun',
  204: 'Done; nothing to say',
  206: 'A part of it',
  400: 'The request is not valid',
  401: 'No token, or one that is not known',
  403: 'The role of the token does not suffice',
  404: 'It does not exist',
  409: 'Not in this state',
  410: 'It existed and is gone',
  412: 'It is not what the request expects',
  413: 'The body is too large',
  415: 'The body has another media type',
  416: 'The range is outside the file',
  422: 'The content cannot be used',
  502: 'A service behind it does not respond',
  503: 'Something is not ready',
}

/**
 * The OpenAPI 3.1 document of the whole, as the console's origin serves it.
 * @param closed responses allow no field that is not described: for tests. Clients must bear new fields.
 */
export function openApi({ version, closed = false }: { version: string; closed?: boolean }): Json {
  const components: Json = {}
  const paths: Record<string, Json> = {}
  const schemaOf = (schema: z.ZodType, direction: 'request' | 'response') =>
    jsonSchema(schema, closed && direction === 'response' ? 'output' : 'input', components)
  const error = { [json]: { schema: schemaOf(apiErrorSchema, 'response') } }
  for (const { route, endpoint, resource } of allEndpoints()) {
    const { method, path } = splitRoute(route)
    const templated = path.replace(/:(\w+)/g, '{$1}')
    paths[templated] ??= {}
    paths[templated][method.toLowerCase()] = {
      operationId: operationId(method, path),
      tags: [resource],
      summary: endpoint.summary,
      ...(endpoint.role === 'anyone'
        ? { security: [] }
        : { description: `Needs a token with role ${endpoint.role}.`, 'x-airs-role': endpoint.role }),
      ...withParameters(endpoint, schemaOf),
      ...(endpoint.body && { requestBody: requestBody(endpoint, schemaOf) }),
      responses: responses(endpoint, schemaOf, error),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'AIRS-CP control APIs',
      version,
      description: `Everything under one origin. Tokens have a role, which includes those before it: ${Object.entries(
        roles,
      )
        .map(([name, may]) => `\`${name}\` ${may}`)
        .join(
          '; ',
        )}. JSON fields are camelCase; recorded events and exported rows keep the names under which they were recorded.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(allEndpoints().map(({ resource }) => resource))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

type SchemaOf = (schema: z.ZodType, direction: 'request' | 'response') => Json

function responses(endpoint: Endpoint, schemaOf: SchemaOf, error: Json): Json {
  const { status = 200, response, writes, otherwise = {}, responseHeaders } = endpoint
  const schema = response && schemaOf(response, 'response')
  // A schema beside server-sent events would be read as that of each event.
  const isDescribed = (type: string) => schema && type !== 'text/event-stream'
  const written = Object.fromEntries(
    (writes ?? []).map((type) => [type, isDescribed(type) ? { schema } : {}]),
  )
  const content = writes ? written : schema && { [json]: { schema } }
  const headers = Object.fromEntries(
    Object.entries(responseHeaders ?? {}).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  )
  const described: Json = {
    [status]: {
      description: meanings[status],
      ...(content && { content }),
      ...(responseHeaders && { headers }),
    },
  }
  for (const [code, other] of Object.entries(otherwise))
    described[code] = {
      description: meanings[Number(code)],
      content: other === 'written' ? written : { [json]: { schema: schemaOf(other, 'response') } },
    }
  for (const [code, codes] of Object.entries(errorsOf(endpoint)))
    described[code] = {
      description: `${meanings[Number(code)]}: ${codes.map((one) => `\`${one}\``).join(', ')}`,
      content: error,
    }
  return {
    ...described,
    '5XX': { description: 'A part of AIRS-CP is unavailable, or failed', content: error },
  }
}

/** Its own errors, and those that every endpoint of its kind has. */
function errorsOf({ role, params, query, headers, body, errors = {} }: Endpoint): Record<number, string[]> {
  const found: Record<number, string[]> = {}
  const add = (status: number, ...codes: readonly string[]) => {
    found[status] = [...(found[status] ?? []), ...codes]
  }
  if (params || query || headers || body) add(400, 'invalid_request')
  if (role !== 'anyone') {
    add(401, 'token_missing', 'token_unknown', 'token_expired')
    add(403, 'role_missing')
  }
  if (body) {
    add(413, 'body_too_large')
    add(415, 'media_type_unsupported')
  }
  for (const [status, codes] of Object.entries(errors)) add(Number(status), ...codes)
  return found
}

function requestBody({ body, bodyTypes = [json] }: Endpoint, schemaOf: SchemaOf): Json {
  const schema = schemaOf(body!, 'request')
  return { required: true, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])) }
}

function withParameters({ params, query, headers }: Endpoint, schemaOf: SchemaOf): Json {
  const parameters = [
    ...parametersIn(params, 'path', schemaOf),
    ...parametersIn(query, 'query', schemaOf),
    ...parametersIn(headers, 'header', schemaOf),
  ]
  return parameters.length > 0 ? { parameters } : {}
}

function parametersIn(schema: z.ZodObject | undefined, place: string, schemaOf: SchemaOf): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field as z.ZodType, 'request')
    return {
      name,
      in: place,
      ...(description !== undefined && { description }),
      required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
      schema: rest,
    }
  })
}

/** Schemas with a name move to the components, and stand as references where they are used. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  const named = rest.id as string | undefined
  for (const [name, definition] of Object.entries($defs as Json)) components[name] = referring(definition)
  if (named === undefined) return referring(rest) as Json
  components[named] = referring(rest)
  return { $ref: `#/components/schemas/${named}` }
}

/** With references to components, and without what zod notes for itself. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      if (key === 'pattern' && 'format' in value) return []
      if ((key === 'minimum' || key === 'maximum') && Math.abs(child) === Number.MAX_SAFE_INTEGER) return []
      if (key === 'id' && typeof child === 'string') return []
      if (key === '$ref' && typeof child === 'string')
        return [[key, child.replace(/^#\/\$defs\//, '#/components/schemas/')]]
      return [[key, referring(child)]]
    }),
  )
}

/** `GET /v1/policies/:name/versions` is `getPoliciesNameVersions`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace('/v1/', '/')
    .split(/[/:.-]+/)
    .filter(Boolean)
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}
