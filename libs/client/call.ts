import type { Contract, Endpoint, Sendable, Wanted } from '@airs-cp/control-api'
import { type CallOptions, pathSegment, type Query, type Transport } from './transport.ts'

/** An endpoint of the control APIs by method and path, such as `GET /v1/policies/:name`. */
export type CallRoute = keyof Contract & string

type EndpointOf<Route extends CallRoute> = Contract[Route] extends infer Found extends Endpoint
  ? Found
  : never

/** What an endpoint sends, as its JSON is. */
export type ResponseOf<Route extends CallRoute> = Wanted<EndpointOf<Route>['response']>

/** The query of an endpoint, as it is written. */
export type QueryOf<Route extends CallRoute> = Wanted<EndpointOf<Route>['query']>

/** The JSON body of an endpoint, as it is written: what has a default may be left out. */
export type BodyOf<Route extends CallRoute> = Sendable<Wanted<EndpointOf<Route>['body']>>

type ParamsOf<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | ParamsOf<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never

type Sent<Route extends CallRoute> = (ParamsOf<Route> extends never
  ? { params?: undefined }
  : { params: Record<ParamsOf<Route>, string | number> }) &
  (EndpointOf<Route> extends { query: object } ? { query?: QueryOf<Route> } : { query?: undefined }) &
  (EndpointOf<Route> extends { bodyTypes: readonly (infer Type)[] }
    ? { body: { type: Type; text: string } }
    : EndpointOf<Route> extends { body: object }
      ? { json: BodyOf<Route> }
      : { body?: undefined }) & {
    headers?: Record<string, string>
    signal?: AbortSignal | undefined
  }

/** Whatever an endpoint needs must be there; an endpoint that needs nothing can be called with its name alone. */
export type CallArguments<Route extends CallRoute> =
  Record<never, never> extends Sent<Route> ? [sent?: Sent<Route>] : [sent: Sent<Route>]

/**
 * Calls an endpoint of the contract. Its types follow from the contract, which is not loaded for it: a command that
 * asks one thing starts fast. The response's type is the API's word: it is not validated a second time.
 * @throws ApiClientError, UnreachableError
 */
export type Call = <Route extends CallRoute>(
  route: Route,
  ...sent: CallArguments<Route>
) => Promise<ResponseOf<Route>>

export function createCall({ json }: Pick<Transport, 'json'>): Call {
  return (route, ...[sent]) => {
    const { params = {}, ...options } = (sent ?? {}) as CallOptions & {
      params?: Record<string, string | number>
      query?: Query
    }
    const [method, path] = route.split(' ') as ['GET', string]
    return json(method, pathOf(path, params), options)
  }
}

/** `/v1/policies/:name` with its parameters. */
export function pathOf(path: string, params: Record<string, string | number>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => pathSegment(String(params[name])))
}
