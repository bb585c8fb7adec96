import {
  type Endpoint,
  type Parsed,
  type Role,
  type Sendable,
  sortedRoutes,
  splitRoute,
} from '@airs-cp/control-api'
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express'
import type { z } from 'zod'
import { ApiError } from './api-error.ts'
import type { Caller } from './auth.ts'

/** What a handler gets: the caller, and the request as its endpoint's schemas have parsed it. */
export type HandlerContext<E extends Endpoint> = {
  caller: Caller
  params: Parsed<E['params']>
  query: Parsed<E['query']>
  headers: Parsed<E['headers']>
  body: Parsed<E['body']>
  request: Request
  response: Response
}

type Returned<E extends Endpoint> = E extends { writes: readonly string[] }
  ? Promise<void>
  : E extends { response: infer Schema extends z.ZodType }
    ? Promise<Sendable<z.output<Schema>>>
    : Promise<void>

export type Handler<E extends Endpoint> = (context: HandlerContext<E>) => Returned<E>

/** One handler for each endpoint; one that is missing, or that returns another shape, does not compile. */
export type Handlers<Defined> = {
  [Route in keyof Defined]: Defined[Route] extends Endpoint ? Handler<Defined[Route]> : never
}

type Surroundings = {
  /** Checks the token before the body is read: who may not do it sends nothing that is looked at. */
  admit: (role: Role) => RequestHandler
  observe: (method: string, path: string) => RequestHandler
  bodyLimitBytes: number
}

/** Adds the endpoints of a resource to a router. What a handler returns is sent as JSON, under the endpoint's status. */
export function implement<const Defined extends Record<string, Endpoint>>(
  router: Router,
  endpoints: Defined,
  handlers: Handlers<Defined>,
  { admit, observe, bodyLimitBytes }: Surroundings,
): void {
  for (const route of sortedRoutes(endpoints)) {
    const endpoint: Endpoint = endpoints[route]!
    const handle = handlers[route] as unknown as (context: unknown) => Promise<unknown>
    const { method, path } = splitRoute(route)
    const { role, status = 200, otherwise = {}, writes } = endpoint
    router[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](
      path,
      observe(method, path),
      ...(role === 'anyone' ? [] : [admit(role)]),
      ...(endpoint.body
        ? bodyParsers(endpoint.bodyTypes, Math.min(bodyLimitBytes, endpoint.maxBodyBytes ?? bodyLimitBytes))
        : []),
      async (request: Request, response: Response) => {
        const value = await handle({
          caller: response.locals.caller,
          params: parse(endpoint.params, request.params, 'path'),
          query: parse(endpoint.query, request.query, 'query'),
          headers: parse(endpoint.headers, request.headers, 'headers'),
          body: parse(endpoint.body, request.body, 'body'),
          request,
          response,
        })
        if (writes) return
        if (value === undefined) response.status(204).end()
        else response.status(response.statusCode in otherwise ? response.statusCode : status).json(value)
      },
    )
  }
}

/** Of requests that nobody vouches for. */
const openBodyLimitBytes = 16 * 1024

/** Adds endpoints that need no token. */
export function addOpenEndpoints<const Defined extends Record<string, Endpoint & { role: 'anyone' }>>(
  app: Router,
  endpoints: Defined,
  handlers: Handlers<Defined>,
): void {
  const pass: RequestHandler = (_request, _response, next) => next()
  implement(app, endpoints, handlers, {
    admit: () => pass,
    observe: () => pass,
    bodyLimitBytes: openBodyLimitBytes,
  })
}

/** @throws ApiError 415, 413 */
function bodyParsers(types: readonly string[] | undefined, limit: number): RequestHandler[] {
  const accepted = [...(types ?? ['application/json'])]
  const refuseOther = (request: Request, _response: Response, next: NextFunction) => {
    if (request.is(accepted) !== false) return next()
    const given = request.headers['content-type']
    throw new ApiError(
      415,
      'media_type_unsupported',
      `This needs Content-Type ${accepted.join(' or ')}${given ? `, and not ${given}` : ''}`,
    )
  }
  return [refuseOther, types ? express.text({ type: accepted, limit }) : express.json({ limit })]
}

/** @throws ApiError 400 with each problem and its place. */
function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined
  const unusable = where === 'headers' ? undefined : findUnstorable(value)
  if (unusable !== undefined)
    throw new ApiError(
      400,
      'invalid_request',
      `The ${where} is not valid: ${unusable || 'it'} has a NUL character or half of a surrogate pair, which no text has`,
    )
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => ({ at: issue.path.join('.'), message: issue.message }))
  const text = problems.map(({ at, message }) => (at ? `${at}: ${message}` : message)).join('; ')
  throw new ApiError(400, 'invalid_request', `The ${where} is not valid: ${text}`, problems)
}

/** Where a text stands that Postgres cannot store, as names joined by dots; undefined: nowhere. */
function findUnstorable(value: unknown, place = ''): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? place : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, child] of Object.entries(value)) {
    const within = findUnstorable(name, place) ?? findUnstorable(child, place ? `${place}.${name}` : name)
    if (within !== undefined) return within
  }
  return undefined
}
