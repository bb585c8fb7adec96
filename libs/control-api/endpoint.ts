import type { z } from 'zod'
import type { Role } from './roles.ts'
import type { RouteName } from './routes.ts'

export type { Method, RouteName } from './routes.ts'

/** One endpoint of a control API. Its method and path are its name: `'GET /v1/policies/:name'`. */
export type Endpoint = {
  summary: string
  /** Least role that a token needs; `anyone`: no token is asked for. */
  role: Role | 'anyone'
  /** Of the path, by name. */
  params?: z.ZodObject
  query?: z.ZodObject
  /** Request headers that it heeds, in lower case. */
  headers?: z.ZodObject
  body?: z.ZodType
  /** Media types of the body; JSON when absent. A body of another type reaches the handler as text. */
  bodyTypes?: readonly string[]
  /** Most bytes of the body, where that is less than elsewhere. */
  maxBodyBytes?: number
  /** Of the JSON that it sends; absent for 204, and for what is not JSON. */
  response?: z.ZodType
  /** When it succeeds; 200 when absent. */
  status?: 200 | 201 | 202 | 204
  /** The handler writes the response by itself, as one of these media types: a file, a stream, a text kept byte for byte. */
  writes?: readonly string[]
  /** Further statuses that are a response and no error; `written`: in a media type of `writes`. */
  otherwise?: Readonly<Record<number, z.ZodType | 'written'>>
  /** Response headers worth knowing, with what they say. */
  responseHeaders?: Readonly<Record<string, string>>
  /** Further statuses with the codes of their errors, beside those that every endpoint of its kind has. */
  errors?: Readonly<Record<number, readonly string[]>>
}

export type Endpoints = { readonly [Route in RouteName]?: Endpoint }

/** Keeps the literal types, so that handlers and client can be bound to them. */
export function endpoints<const Defined extends Record<string, Endpoint>>(defined: Defined): Defined {
  return defined
}

/** What a handler gets: parsed, with defaults filled in. */
export type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** What a client sends, before it is parsed. */
export type Wanted<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined

/** What a handler may return for a response: JSON writes a `Date` as the text of an instant. */
export type Sendable<Value> = Value extends string
  ? string extends Value
    ? Value | Date
    : Value
  : Value extends readonly (infer Item)[]
    ? readonly Sendable<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Sendable<Value[Key]> }
      : Value
